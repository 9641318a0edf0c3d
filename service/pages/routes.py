"""The addresses of the pages: things, passages, browsing, and what surrounds them."""

from __future__ import annotations

import pyoxigraph as ox
from flask import Blueprint, Response, redirect, render_template, request

from kb import queries
from ontology import namespaces as ns
from service.errors import Problem
from service.pages import (
    catalogue,
    elsewhere,
    front,
    iris,
    negotiation,
    passages,
    responses,
    schema_org,
    thing,
)
from service.pages.assets import Assets
from service.pages.knowledge import Knowledge
from service.pages.responses import Manners
from service.pages.texts import Texts

GRAPHS = {
    ns.GRAPH_EDITORIAL: (
        "Our own words",
        "Labels, definitions and groupings that we wrote; no document says them so.",
    ),
    ns.GRAPH_INFERRED: (
        "What follows",
        "Statements that no document makes and that follow from others by the ontology.",
    ),
    ns.GRAPH_DOCUMENTS: (
        "Description of the documents",
        "Title, authors, date and address of each document.",
    ),
    ns.GRAPH_CONCLUSIONS: (
        "Description of our conclusions",
        "From which passages we concluded something, and why.",
    ),
}


def blueprint(knowledge: Knowledge, texts: Texts, manners: Manners, assets: Assets) -> Blueprint:
    pages = Blueprint("pages", __name__)

    def _front(template: str, context: dict[str, object]) -> str:
        return render_template(template, schema_org=schema_org.dataset(knowledge), **context)

    @pages.get("/")
    def home() -> Response:
        return manners.page(lambda: _front("home.html", front.home(knowledge)))

    @pages.get("/id/<path:name>")
    def thing_(name: str) -> Response:
        """A thing: by its IRI to the form that suits, by suffix that form."""
        stem, suffix = iris.split_suffix(name)
        if not iris.is_name(stem):
            raise unknown(f"/id/{name}")
        if not suffix:
            return _thing_itself(knowledge, stem)
        if suffix == "html":
            return manners.page(lambda: _thing_page(knowledge, texts, iris.thing_iri(stem)))
        one = negotiation.BY_SUFFIX[suffix]
        iri = iris.thing_iri(stem)
        return manners.data(one, iri, lambda: _thing_data(knowledge, iri, one))

    @pages.get("/passage/<path:name>")
    def passage(name: str) -> Response:
        """A short address for a passage's page."""
        if not iris.is_name(f"passage/{name}"):
            raise unknown(f"/passage/{name}")
        return _redirect(f"/id/passage/{iris.split_suffix(name)[0]}.html")

    @pages.get("/browse")
    def browse() -> Response:
        return manners.page(lambda: render_template("browse.html", shelves=catalogue.shelves(knowledge)))

    @pages.get("/browse/<slug>")
    def browse_kind(slug: str) -> Response:
        return manners.page(lambda: _listing(knowledge, slug))

    @pages.get("/about")
    def about() -> Response:
        return manners.page(lambda: _front("about.html", front.about(knowledge)))

    @pages.get("/privacy")
    def privacy() -> Response:
        return manners.page(lambda: render_template("privacy.html"))

    @pages.get("/assets/<name>")
    def asset(name: str) -> Response:
        return assets.serve(name)

    return pages


def unknown(path: str) -> Problem:
    return Problem(
        status=404,
        code="unknown-thing",
        title="Nothing is known by this name",
        detail=f"This release says nothing about {path[:200]}.",
        advice="Check the spelling, search for a word of its name, or browse by kind at /browse.",
    )


def _redirect(path: str) -> Response:
    response = redirect(path, 303)
    assert isinstance(response, Response)
    return response


def _thing_itself(knowledge: Knowledge, name: str) -> Response:
    one = negotiation.choose(request.headers.get("Accept"))
    if not knowledge.exists(iris.thing_iri(name)):
        raise unknown(f"/id/{name}")
    return responses.see_other(f"/id/{name}", one)


def _thing_data(knowledge: Knowledge, iri: str, one: negotiation.Representation) -> bytes:
    if not knowledge.exists(iri):
        raise unknown(iri)
    return knowledge.data("thing-as-data", one.media_type, thing=iri)


def _thing_page(knowledge: Knowledge, texts: Texts, iri: str) -> str:
    material = knowledge.material(iri)
    if material is None:
        return _graph_page(knowledge, iri)
    vocabulary = material.vocabulary
    classes = material.names.of(iri).classes
    context: dict[str, object] = {}
    hidden: frozenset[str] = frozenset()
    template = "thing.html"
    if vocabulary.is_a(classes, ns.SMM + "Passage") or vocabulary.is_a(classes, ns.SMM + "Conclusion"):
        template, hidden = "passage.html", passages.SHOWN_APART
        context = passages.passage(material, knowledge, texts)
    elif vocabulary.is_a(classes, ns.SMM + "Document"):
        template, hidden = "document.html", passages.SHOWN_ON_DOCUMENTS
        context = passages.document(iri, knowledge, request.args.get("section"))
    built = thing.build(material, hidden)
    known = catalogue.kinds(knowledge)
    links = elsewhere.read(knowledge.rows("links-of-thing", thing=iri))
    lead = built.lead[0].shown.text if built.lead else ""
    return render_template(
        template,
        thing=built,
        schema_org=schema_org.thing(iri, built.title, lead, built.kinds, links),
        elsewhere=links,
        title=built.title,
        trail=_trail(built, known),
        data_forms=negotiation.DATA,
        browse_href=lambda one: catalogue.browse_href(one, known),
        **context,
    )


def _trail(built: thing.Thing, known: dict[str, catalogue.Kind]) -> list[tuple[str, str]]:
    steps = [("Explore", "/browse")]
    for _, iri in built.kinds[:1]:
        slug = catalogue.slug_of(iri)
        if slug in known:
            steps.append((known[slug].plural, known[slug].href))
    return steps


def _graph_page(knowledge: Knowledge, iri: str) -> str:
    """The page of a graph that nothing is said about, or 404."""
    size = knowledge.graph_size(iri)
    if not size:
        raise unknown(iris.address_of(iri))
    title, explanation = GRAPHS.get(iri, (iris.local_name(iri), "Statements kept together under this name."))
    if iri.startswith(ns.PASSAGES):
        document = knowledge.documents.get(ns.DOCUMENT + iri.removeprefix(ns.PASSAGES))
        title = f"Description of the passages of {document.short}" if document else title
        explanation = "Where each passage of the document stands: section, lines and the words to find it by."
    return render_template(
        "graph.html",
        title=title,
        explanation=explanation,
        size=size,
        iri=iri,
        path=iris.address_of(iri),
        data_forms=negotiation.DATA,
        query_href=iris.query_address(queries.load("service/graph-statements").bind(thing=ox.NamedNode(iri))),
    )


def _listing(knowledge: Knowledge, slug: str) -> str:
    kind = catalogue.kinds(knowledge).get(slug)
    if kind is None:
        raise unknown(f"/browse/{slug}")
    page = request.args.get("page", "1")
    found = catalogue.listing(knowledge, kind, int(page[:6]) if page.isascii() and page.isdigit() else 1)
    return render_template(
        "listing.html",
        title=kind.plural,
        definition=kind.definition,
        total=kind.count,
        path=kind.href,
        narrower=found.narrower,
        groups=found.groups,
        page=found.page,
        pages=found.pages,
    )
