"""The pages of the adviser: a form that needs no script and no account, and the advice as a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, Response, make_response, render_template, request

from recommender.facts import slug
from recommender.fields import FIELDS, GROUPS, Field
from recommender.profile import ProfileError, Vocabulary, parse
from service.advice import export, forms, linked, links
from service.advice.api import parse_or_refuse
from service.advice.forms import Filled
from service.advice.library import Library
from service.advice.view import helpers
from service.errors import Problem

FILE = "file"  # the upload of a profile
LINK = "link"  # a link that holds a profile
BEFORE = "before"  # the answers before they were changed
BUDGET = ("time.hours", "time.months")  # what can be changed beside the plan


def blueprint(library: Library) -> Blueprint:
    """The routes of the pages."""
    bp = Blueprint("advice_pages", __name__)

    @bp.get("/advice")
    def form() -> Response:
        """The form: empty, or filled in by a link; with `run=1` in the link, the advice itself."""
        document = links.decode(request.args["answers"]) if "answers" in request.args else {}
        if request.args.get("run") == "1":
            return _advice(document, {})
        return _form(library, Filled(document))

    @bp.post("/advice")
    def advice() -> Response:
        """The advice for the answers of the form; or the form again, with what is wrong."""
        before = forms.decode(request.form[BEFORE]) if request.form.get(BEFORE) else {}
        return _advice(forms.read(request.form), before)

    def _advice(document: dict[str, Any], before: dict[str, Any]) -> Response:
        """The advice as a page; where the answers given before are known, with what changed since."""
        shelf = library.shelf()
        try:
            profile = parse(document, shelf.vocabulary)
        except ProfileError as error:
            return _form(library, Filled(document, error.faults), 422, before)
        found = library.advise(profile, shelf)
        earlier = parse_or_refuse(before, shelf.vocabulary) if before else profile
        fields = {field.path: field for field in FIELDS}
        page = render_template(
            "advice/result.html",
            advice=found,
            profile=json.dumps(found["profile"], ensure_ascii=False),
            link=links.encode(found["profile"]),
            compared=library.compare(earlier, profile, shelf) if earlier != profile else None,
            asked=[(question, fields[question["field"]]) for question in found["questions"]],
            vocabulary=shelf.vocabulary,
            filled=Filled(),
            answered=Filled(found["profile"]),
            budget=[fields[path] for path in BUDGET],
            **_in_plan(found, shelf.vocabulary),
            **helpers(),
        )
        return _private(page)

    @bp.post("/advice/form")
    def form_again() -> Response:
        """The form with the answers of an uploaded file, or of the advice that was just shown."""
        document = _given()
        return _form(library, Filled(document), before={} if FILE in request.files else document)

    @bp.post("/advice/compare")
    def compare() -> Response:
        """The advice just shown beside that for the answers of a file or link."""
        shelf = library.shelf()
        before = forms.decode(request.form.get(forms.PROFILE, ""))
        written = request.form.get(LINK, "").strip()
        after = links.decode(_answers_of(written)) if written else _given()
        one, other = (parse_or_refuse(document, shelf.vocabulary) for document in (before, after))
        page = render_template(
            "advice/compare.html", compared=library.compare(one, other, shelf), **helpers()
        )
        return _private(page)

    @bp.post("/advice/plan.md")
    def plan_as_text() -> Response:
        """The plan in Markdown."""
        return _file(export.markdown(_planned(library)), "text/markdown", "school-plan.md")

    @bp.post("/advice/plan.ics")
    def plan_as_tasks() -> Response:
        """The plan as tasks in the iCalendar format."""
        return _file(export.calendar(_planned(library)), "text/calendar", "school-plan.ics")

    @bp.post("/advice/plan.jsonld")
    def plan_as_data() -> Response:
        """The plan in JSON-LD, by our own ontology."""
        return _file(linked.jsonld(_planned(library)), "application/ld+json", "school-plan.jsonld")

    @bp.post("/advice/profile.json")
    def download() -> Response:
        """The answers as a file to keep."""
        text = json.dumps(_given(), ensure_ascii=False, indent=2) + "\n"
        return _file(text, "application/json", "school-profile.json")

    return bp


def _planned(library: Library) -> dict[str, Any]:
    """The advice document for the answers that are given."""
    shelf = library.shelf()
    return library.advise(parse_or_refuse(_given(), shelf.vocabulary), shelf)


def _in_plan(found: dict[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    """Names for the form that changes a plan: what is in it or left out of it, by slug and label."""
    answers = found["profile"].get("plan", {})
    kept, left_out = answers.get("keep", []), answers.get("leave_out", [])
    names = [slug(item["iri"]) for step in found["plan"] for item in step["suggestions"]]
    labels = vocabulary.options["methods"]
    chosen = {name: labels[name] for name in dict.fromkeys([*names, *kept, *left_out])}
    return {"chosen": chosen, "kept": kept, "left_out": left_out}


def _file(text: str, media_type: str, name: str) -> Response:
    """A file to keep, that no cache keeps."""
    response = Response(text, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _given() -> dict[str, Any]:
    """The profile in an uploaded file or in the hidden input. Raises Problem."""
    upload = request.files.get(FILE)
    if upload is None:
        return forms.decode(request.form.get(forms.PROFILE, ""))
    data = upload.read(forms.MAX_PROFILE_BYTES + 1)
    if len(data) > forms.MAX_PROFILE_BYTES:
        raise Problem(
            413,
            "profile-too-large",
            "The file is too large",
            f"A profile has at most {forms.MAX_PROFILE_BYTES} bytes.",
            "Choose a file that you downloaded here.",
        )
    try:
        return forms.decode(data.decode())
    except UnicodeDecodeError as error:
        raise forms.not_a_profile("The file is not text in UTF-8.") from error


def _answers_of(link: str) -> str:
    """The text that holds the answers in a link; the text itself where only that was copied."""
    return parse_qs(urlsplit(link).query).get("answers", [link])[0]


def _form(
    library: Library, filled: Filled, status: int = 200, before: Mapping[str, Any] | None = None
) -> Response:
    shelf = library.shelf()
    groups: list[tuple[str, list[Field]]] = [
        (title, [field for field in FIELDS if field.group == name]) for name, title in GROUPS.items()
    ]
    page = render_template(
        "advice/form.html",
        groups=groups,
        vocabulary=shelf.vocabulary,
        filled=filled,
        faults=forms.described(filled.faults),
        before=json.dumps(before, ensure_ascii=False) if before else "",
    )
    return _private(page, status)


def _private(page: str, status: int = 200) -> Response:
    """A page that no cache keeps, since it holds a school's answers."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
