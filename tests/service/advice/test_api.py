"""The API does what its schemas say, its examples run, and every refusal has the one error shape."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.fields import BY_PATH
from recommender.profile import ProfileError, parse
from service.advice import schema
from service.advice.api import ADVICE_PATH, SCHEMA_PATH
from service.advice.library import Library, Shelf
from service.errors import PROBLEM_JSON
from tests.recommender.strategies import documents
from tests.service.advice.conftest import LocalEngine

SHARED = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=60,
)


def post(client: FlaskClient, document: Any) -> Any:
    return client.post(ADVICE_PATH, json=document)


def valid(document: Any, described: dict[str, Any]) -> bool:
    return not list(jsonschema.Draft202012Validator(described).iter_errors(document))


@pytest.mark.parametrize("name", schema.EXAMPLES)
def test_examples_run_and_answer_as_described(name: str, client: FlaskClient) -> None:
    response = post(client, schema.EXAMPLES[name][1])
    assert response.status_code == 200
    assert response.mimetype == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    jsonschema.validate(response.json, schema.ADVICE)


def test_the_advice_names_the_release_and_repeats_the_profile(
    client: FlaskClient, engine: LocalEngine
) -> None:
    document = {"schools": "one", "time": {"hours": 4}, "country": "FI"}
    advice = post(client, document).json
    assert advice["release"] == engine.release_id
    assert advice["profile"] == {**document, "country": "finland"}


@SHARED
@given(data=st.data())
def test_what_the_parser_takes_the_schema_takes(data: st.DataObject, shelf: Shelf) -> None:
    document = data.draw(documents(shelf.vocabulary))
    assert valid(document, schema.profile_schema(shelf.vocabulary))


@SHARED
@given(data=st.data())
def test_schema_and_parser_agree_on_wrong_documents(data: st.DataObject, shelf: Shelf) -> None:
    document = data.draw(documents(shelf.vocabulary))
    path = data.draw(st.sampled_from([*BY_PATH, "time", "people", "nonsense", "maturity.elements.nonsense"]))
    wrong = data.draw(st.sampled_from(["nonsense", -1, 3.5, True, [], ["x"], {}, {"x": 1}, "x" * 3000, None]))
    place = document
    *above, last = path.split(".")
    for part in above:
        place[part] = place.get(part) if isinstance(place.get(part), dict) else {}
        place = place[part]
    place[last] = wrong
    try:
        parse(document, shelf.vocabulary)
        taken = True
    except ProfileError:
        taken = False
    assert taken == valid(document, schema.profile_schema(shelf.vocabulary)), document


@settings(SHARED, max_examples=12)
@given(data=st.data())
def test_any_profile_gets_an_answer_as_described(
    data: st.DataObject, client: FlaskClient, shelf: Shelf
) -> None:
    response = post(client, data.draw(documents(shelf.vocabulary)))
    assert response.status_code == 200
    jsonschema.validate(response.json, schema.ADVICE)


def test_faults_are_named_by_path_in_the_one_error_shape(client: FlaskClient) -> None:
    response = post(client, {"gaol": "x", "time": {"hours": "six"}, "schools": "two"})
    assert response.status_code == 422
    assert response.mimetype == PROBLEM_JSON
    jsonschema.validate(response.json, schema.PROBLEM)
    errors = {error["path"]: error for error in response.json["errors"]}
    assert set(errors) == {"gaol", "time.hours", "schools"}
    assert errors["gaol"]["detail"] == "There is no such field. Did you mean goal?"
    assert errors["schools"]["allowed"] == ["one", "several", "unknown"]


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "not-a-profile"),
        (b"[1]", "application/json", 400, "not-a-profile"),
        (b"", "application/json", 400, "not-a-profile"),
        (b"[" * 100_000, "application/json", 400, "not-a-profile"),
        (b"\xff\xfe", "application/json", 400, "not-a-profile"),
        (b"goal=x", "application/x-www-form-urlencoded", 415, "unsupported-media-type"),
        (b"{}" + b" " * (1 << 21), "application/json", 413, "request-entity-too-large"),
    ],
)
def test_refusals(client: FlaskClient, body: bytes, kind: str, status: int, code: str) -> None:
    response = client.post(ADVICE_PATH, data=body, content_type=kind)
    assert response.status_code == status
    assert response.mimetype == PROBLEM_JSON
    assert response.json
    assert response.json["code"] == code
    jsonschema.validate(response.json, schema.PROBLEM)


def test_other_methods_are_refused(client: FlaskClient) -> None:
    response = client.get(ADVICE_PATH)
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]


def test_the_profile_schema_is_served_and_is_a_schema(client: FlaskClient, shelf: Shelf) -> None:
    response = client.get(SCHEMA_PATH)
    assert response.mimetype == "application/schema+json"
    assert response.headers["X-Mentorgraph-Release"] == shelf.catalogue.release
    described = json.loads(response.data)
    jsonschema.Draft202012Validator.check_schema(described)
    assert described == json.loads(json.dumps(schema.profile_schema(shelf.vocabulary)))
    assert "digipeda-workshop" in json.dumps(described["properties"]["tried_before"])


def test_openapi_describes_the_routes_and_its_examples(client: FlaskClient) -> None:
    spec = client.get("/api/v1/openapi.json").json
    assert spec
    assert spec["openapi"].startswith("3.1")
    described = spec["paths"][ADVICE_PATH]["post"]
    assert described["summary"] == "Advice for a school"
    content = described["requestBody"]["content"]["application/json"]
    assert set(content["examples"]) == set(schema.EXAMPLES)
    assert content["schema"] == {"$ref": "#/components/schemas/Profile"}
    for example in content["examples"].values():
        assert valid(example["value"], spec["components"]["schemas"]["Profile"])
    assert PROBLEM_JSON in described["responses"]["default"]["content"]
    assert SCHEMA_PATH in spec["paths"]


def test_the_catalogue_is_read_once_for_each_release(engine: LocalEngine) -> None:
    library = Library(engine, 4)
    first = library.shelf()
    asked = engine.queries
    assert library.shelf() is first
    assert engine.queries == asked
    engine.release_id, before = "another", engine.release_id
    try:
        again = library.shelf()
        assert again is not first
        assert again.catalogue.release == "another"
    finally:
        engine.release_id = before
