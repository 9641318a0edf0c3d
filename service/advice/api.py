"""The advice API: a profile in, advice out; described by the OpenAPI document of the service."""

from __future__ import annotations

from typing import Any, Final

from apiflask import APIBlueprint, APIFlask
from flask import Response, jsonify, request

from recommender.profile import Profile, ProfileError, Vocabulary, parse
from service.advice import forms, schema
from service.advice.library import Library
from service.errors import PROBLEM_JSON, Part, Problem

ADVICE_PATH: Final = "/api/v1/advice"
SCHEMA_PATH: Final = "/api/v1/profile-schema"
COMPARE_PATH: Final = "/api/v1/compare"


def parse_or_refuse(document: object, vocabulary: Vocabulary) -> Profile:
    """The profile in a document. Raises Problem with the path of everything that is wrong."""
    try:
        return parse(document, vocabulary)
    except ProfileError as error:
        parts = tuple(Part(fault.path, fault.message, fault.allowed) for fault in error.faults)
        count = "One answer is" if len(parts) == 1 else f"{len(parts)} answers are"
        raise Problem(
            422,
            "profile-invalid",
            "The profile can't be read",
            f"{count} not as the profile's schema says.",
            f"See `errors` for each path, and {SCHEMA_PATH} for what is allowed.",
            errors=parts,
        ) from error


def blueprint(library: Library) -> APIBlueprint:
    """The routes of the API."""
    bp = APIBlueprint("advice_api", __name__, tag="Advice")

    @bp.post(ADVICE_PATH)
    @bp.doc(summary="Advice for a school", operation_id="advise")
    def advice() -> Response:
        """Methods that fit, a way through the phases, and the passages that say so. Nothing is stored."""
        shelf = library.shelf()
        profile = parse_or_refuse(_body(), shelf.vocabulary)
        return _private(jsonify(library.advise(profile, shelf)))

    @bp.post(COMPARE_PATH)
    @bp.doc(summary="What changes from one profile to another", operation_id="compare")
    def compare() -> Response:
        """Which answers differ, which methods come, go and move, and why. Nothing is stored."""
        shelf, body = library.shelf(), _body()
        if body.keys() != {"before", "after"}:
            raise forms.not_a_profile('A comparison is a JSON object of two profiles, "before" and "after".')
        before, after = (parse_or_refuse(body[name], shelf.vocabulary) for name in ("before", "after"))
        return _private(jsonify(library.compare(before, after, shelf)))

    @bp.get(SCHEMA_PATH)
    @bp.doc(summary="What a profile may hold", operation_id="profileSchema")
    def profile_schema() -> Response:
        """A JSON Schema of a profile with the options of the release that is served."""
        shelf = library.shelf()
        response = jsonify(schema.profile_schema(shelf.vocabulary))
        response.mimetype = "application/schema+json"
        response.headers["X-Mentorgraph-Release"] = shelf.catalogue.release
        return response

    return bp


def _body() -> dict[str, Any]:
    """The JSON object of the request. Raises Problem."""
    if request.content_length and request.mimetype != "application/json":
        raise Problem(
            415,
            "unsupported-media-type",
            "Not JSON",
            f"The body is {request.mimetype or 'of no stated type'}; a profile is application/json.",
            "Send the header Content-Type: application/json.",
        )
    return forms.decode(request.get_data(as_text=True))


def describe(app: APIFlask, library: Library) -> None:
    """Put the schemas, examples and errors of these routes into the OpenAPI document."""

    app.config["OPENAPI_VERSION"] = "3.1.0"  # whose schemas are those of JSON Schema 2020-12

    @app.spec_processor
    def complete(spec: dict[str, Any] | str) -> dict[str, Any] | str:
        assert isinstance(spec, dict)
        profile = schema.profile_schema(library.shelf().vocabulary)
        schemas = spec.setdefault("components", {}).setdefault("schemas", {})
        schemas |= {"Profile": profile, "Advice": schema.ADVICE, "Problem": schema.PROBLEM}
        schemas["Comparison"] = schema.COMPARISON
        asked = spec["paths"][ADVICE_PATH]["post"]
        examples = {
            name: {"summary": summary, "value": value} for name, (summary, value) in schema.EXAMPLES.items()
        }
        asked["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _reference("Profile"), "examples": examples}},
        }
        asked["responses"] = {
            "200": _response("The advice", "application/json", _reference("Advice")),
            "default": _response("What is wrong", PROBLEM_JSON, _reference("Problem")),
        }
        two = {name: _reference("Profile") for name in schema.COMPARED}
        pair = {"type": "object", "properties": two, "required": [*two], "additionalProperties": False}
        compared = spec["paths"][COMPARE_PATH]["post"]
        compared["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": pair, "example": schema.COMPARED}},
        }
        compared["responses"] = {
            "200": _response("The comparison", "application/json", _reference("Comparison")),
            "default": _response("What is wrong", PROBLEM_JSON, _reference("Problem")),
        }
        spec["paths"][SCHEMA_PATH]["get"]["responses"] = {
            "200": _response("The schema", "application/schema+json", {"type": "object"}),
            "default": _response("What is wrong", PROBLEM_JSON, _reference("Problem")),
        }
        return spec


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _response(description: str, media_type: str, described: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {media_type: {"schema": described}}}


def _private(response: Response) -> Response:
    """Keep a school's answers out of every cache."""
    response.headers["Cache-Control"] = "no-store"
    return response
