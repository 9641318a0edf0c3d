"""The pages of the adviser: a form that needs no script and no account, and the advice as a page."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from recommender.advice import advise
from recommender.fields import FIELDS, GROUPS, Field
from recommender.profile import ProfileError, parse
from service.advice import forms
from service.advice.document import advice_document
from service.advice.forms import Filled
from service.advice.library import Library
from service.advice.view import helpers
from service.errors import Problem

FILE = "file"  # the upload of a profile


def blueprint(library: Library) -> Blueprint:
    """The routes of the pages."""
    bp = Blueprint("advice_pages", __name__)

    @bp.get("/advice")
    def form() -> Response:
        """The empty form."""
        return _form(library, Filled())

    @bp.post("/advice")
    def advice() -> Response:
        """The advice for the answers of the form; or the form again, with what is wrong."""
        document = forms.read(request.form)
        shelf = library.shelf()
        try:
            profile = parse(document, shelf.vocabulary)
        except ProfileError as error:
            return _form(library, Filled(document, error.faults), 422)
        found = advice_document(advise(profile, shelf.catalogue), shelf.catalogue)
        fields = {field.path: field for field in FIELDS}
        page = render_template(
            "advice/result.html",
            advice=found,
            profile=json.dumps(found["profile"], ensure_ascii=False),
            asked=[(question, fields[question["field"]]) for question in found["questions"]],
            vocabulary=shelf.vocabulary,
            filled=Filled(),
            **helpers(),
        )
        return _private(page)

    @bp.post("/advice/form")
    def form_again() -> Response:
        """The form with the answers of an uploaded file, or of the advice that was just shown."""
        return _form(library, Filled(_given()))

    @bp.post("/advice/profile.json")
    def download() -> Response:
        """The answers as a file to keep."""
        text = json.dumps(_given(), ensure_ascii=False, indent=2) + "\n"
        response = Response(text, mimetype="application/json")
        response.headers["Content-Disposition"] = 'attachment; filename="school-profile.json"'
        response.headers["Cache-Control"] = "no-store"
        return response

    return bp


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


def _form(library: Library, filled: Filled, status: int = 200) -> Response:
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
    )
    return _private(page, status)


def _private(page: str, status: int = 200) -> Response:
    """A page that no cache keeps, since it holds a school's answers."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
