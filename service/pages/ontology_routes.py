"""The addresses of the ontology, of the release's files, and of what finds them."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, render_template, request

from ontology import namespaces as ns
from service.errors import Problem
from service.pages import diagram, iris, negotiation, ontology_files, responses, term_page, terms
from service.pages.knowledge import Knowledge
from service.pages.ontology_files import Files
from service.pages.responses import Manners
from service.settings import Settings

FILES = {
    "dataset.nq.gz": "application/gzip",
    "ontology.ttl": "text/turtle; charset=utf-8",
    "void.ttl": "text/turtle; charset=utf-8",
    "manifest.json": "application/json",
}


def blueprint(knowledge: Knowledge, manners: Manners, settings: Settings) -> Blueprint:
    pages = Blueprint("ontology", __name__)

    def folder() -> Path:
        found = ontology_files.folder_of(settings.release, knowledge.release_id)
        # an outside store may hold a release that has no folder here
        return found.parent / knowledge.release_id if settings.is_remote else found

    def files() -> Files:
        return knowledge.remember("ontology files", lambda: ontology_files.read(folder()))

    @pages.get("/ontology")
    def ontology() -> Response:
        """The ontology's IRI, and that of each of its terms: on to the form that suits."""
        return responses.see_other("/ontology", negotiation.choose(request.headers.get("Accept")))

    @pages.get("/ontology.<suffix>")
    def ontology_as(suffix: str) -> Response:
        one = negotiation.BY_SUFFIX.get(suffix)
        if one is None:
            raise Problem(
                404, "not-found", "No such form of the ontology", f"There is no ontology.{suffix[:20]}."
            )
        if suffix == "html":
            return manners.page(
                lambda: render_template(
                    "ontology.html", data_forms=negotiation.DATA, **terms.page(knowledge, files())
                )
            )
        return manners.data(one, ns.ONTOLOGY, lambda: knowledge.data("ontology-as-data", one.media_type))

    @pages.get("/ontology/<version>")
    def ontology_version(version: str) -> Response:
        """The ontology's version IRI: on to the ontology while the release has that version."""
        served = (knowledge.ontology_header.get(ns.OWL + "versionInfo") or [""])[0]
        if not served or version != served:
            raise _no_version(version, served)
        return responses.see_other("/ontology", negotiation.choose(request.headers.get("Accept")))

    @pages.get("/ontology/term/<name>")
    def term(name: str) -> Response:
        """The page of a class, property or individual."""
        found = term_page.page(name, knowledge, files()) if iris.is_term(name) else None
        if found is None:
            raise _no_term(name)
        return manners.page(lambda: render_template("term.html", **found))

    @pages.get("/ontology/diagram.svg")
    def drawing() -> Response:
        """The main classes and how they relate."""
        vocabulary = knowledge.vocabulary
        return manners.drawing(lambda: diagram.svg(diagram.of(vocabulary), vocabulary))

    @pages.get("/download/<name>")
    def download(name: str) -> Response:
        """A file of the release."""
        if name not in FILES or not (folder() / name).is_file():
            offers = ", ".join(FILES)
            raise Problem(
                404,
                "not-found",
                "No such file",
                f"This release has no file {name[:100]}.",
                f"There are: {offers}.",
            )
        return manners.file(folder() / name, FILES[name])

    @pages.get("/.well-known/void")
    def void() -> Response:
        """Where clients look for the description of a data set (https://www.w3.org/TR/void/#well-known)."""
        response = Response(status=303)
        response.headers["Location"] = "/download/void.ttl"
        return responses.open_to_all(response)

    return pages


def _no_version(asked: str, served: str) -> Problem:
    return Problem(
        404,
        "not-found",
        "No such version of the ontology",
        f"This release has version {served or 'none'} of the ontology, not {asked[:40]}.",
        "Take /ontology for the version that is served; earlier releases have earlier versions.",
    )


def _no_term(name: str) -> Problem:
    return Problem(
        404,
        "unknown-thing",
        "No such term",
        f"The ontology has no term {name[:100]}.",
        "Look for it in the lists of all terms at /ontology.html.",
    )
