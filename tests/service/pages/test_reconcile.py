"""The reconciliation service, asked as OpenRefine asks it; every answer fits the protocol's own schemas."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from referencing import Registry, Resource

from ontology import namespaces as ns
from service.reconcile import asking

HELSINKI = "id/organisation/university-of-helsinki"
# What OpenRefine 3 sends: a form, the batch as JSON in the field `queries`.
FORM = {"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8", "Accept": "*/*"}


def validate(document: object, name: str) -> None:
    """Against a schema of version 0.2; left out, not failed, where the schemas are not at hand."""
    folder = os.environ.get("MENTORGRAPH_STANDARDS")
    if not folder:
        return
    schemas = Path(folder) / "reconciliation-0.2"
    read = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in schemas.glob("*.json")}
    resources = [(file, Resource.from_contents(read[file], _any_dialect())) for file in ("type.json",)]
    schema = {key: value for key, value in read[f"{name}.json"].items() if key not in ("$schema", "$id")}
    faults = list(
        Draft202012Validator(schema, registry=Registry().with_resources(resources)).iter_errors(document)
    )
    assert [fault.message for fault in faults] == []


def _any_dialect() -> Any:
    from referencing.jsonschema import DRAFT202012

    return DRAFT202012


def ask(client: FlaskClient, **queries: object) -> dict[str, list[dict[str, Any]]]:
    """The results of a batch, by key."""
    validate(queries, "reconciliation-query-batch")
    answer = client.post("/reconcile", data={"queries": json.dumps(queries)}, headers=FORM)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    validate(answer.json, "reconciliation-result-batch")
    assert answer.json is not None
    assert list(answer.json) == list(queries)
    return {key: found["result"] for key, found in answer.json.items()}


def test_openrefine_adds_the_service(client: FlaskClient) -> None:
    answer = client.get("/reconcile", headers={"Accept": "application/json, text/javascript, */*; q=0.01"})
    assert answer.mimetype == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    said = answer.json
    validate(said, "manifest")
    assert said is not None
    assert "0.2" in said["versions"]
    assert said["identifierSpace"] + HELSINKI == ns.ID + "organisation/university-of-helsinki"
    assert {"id": "Organisation", "name": "organisation"} in said["defaultTypes"]
    # It puts identifiers into these addresses as encodeURIComponent writes them.
    for service in ("view", "preview"):
        target = said[service]["url"].replace("{{id}}", quote(HELSINKI, safe=""))
        assert client.get(target).status_code == {"view": 303, "preview": 200}[service]


def test_openrefine_guesses_types_then_reconciles_a_column(client: FlaskClient) -> None:
    guess = ask(
        client,
        q0={"query": "University of Helsinki", "limit": 3},
        q1={"query": "Tallinn University", "limit": 3},
        q2={"query": "no such body anywhere", "limit": 3},
    )
    assert guess["q0"][0]["type"] == [{"id": "Organisation", "name": "organisation"}]
    found = ask(
        client,
        q0={"query": "university of helsinki", "type": "Organisation", "type_strict": "should", "limit": 5},
        q1={"query": "Univeristy of Helsinki", "type": "Organisation", "type_strict": "should"},
        q2={"query": "University of Oslo", "type": "Organisation", "type_strict": "should"},
        q3={"query": "Tallinn University", "type": "Country", "type_strict": "should"},
    )
    assert (found["q0"][0]["id"], found["q0"][0]["match"]) == (HELSINKI, True)
    assert found["q1"][0]["id"] == HELSINKI
    assert not found["q1"][0]["match"], "a slip of the pen is for a person to judge"
    assert not any(one["match"] for one in found["q2"]), "it is not among ours"
    assert not any(one["match"] for one in found["q3"])
    assert all(0 <= one["score"] <= 100 for result in found.values() for one in result)
    assert found["q0"][0]["features"]


def test_two_things_of_one_name_are_no_match(client: FlaskClient) -> None:
    (found,) = ask(client, q0={"query": "peer learning"}).values()
    assert len([one for one in found if one["score"] == found[0]["score"]]) > 1
    assert not any(one["match"] for one in found)


def test_an_identifier_is_a_match(client: FlaskClient) -> None:
    found = ask(
        client,
        ours={"query": ns.ID + "organisation/university-of-helsinki"},
        ror={"query": "https://ror.org/040af2s02"},
        wrong={"query": "https://ror.org/040af2s03"},
        other_type={"query": "https://ror.org/040af2s02", "type": "Method"},
    )
    assert [(one["id"], one["match"]) for one in found["ours"]] == [(HELSINKI, True)]
    assert [(one["id"], one["match"]) for one in found["ror"]] == [(HELSINKI, True)]
    assert found["other_type"] == []
    assert not any(one["match"] for one in found["wrong"])


def test_properties_speak_for_and_against(client: FlaskClient) -> None:
    name = {"query": "Dologani Publik School", "type": "School"}

    def school(**more: object) -> dict[str, Any]:
        found = ask(client, q={**name, **more})["q"][0]
        assert found["id"] == "id/school/dologani-public-school"
        return found

    def there(value: object) -> dict[str, Any]:
        return school(properties=[{"pid": "inCountry", "v": value}])

    same = [there("Georgia"), there({"id": "id/country/georgia", "name": "Georgia"}), there(["FI", "GE"])]
    other, unknown = there("Finland"), school()
    assert len({one["score"] for one in same}) == 1
    assert same[0]["score"] > unknown["score"] > other["score"]
    assert {"id": "same_value", "value": 1.0} in same[0]["features"]
    assert not other["match"]


def test_openrefine_suggests(client: FlaskClient) -> None:
    entities = client.get("/reconcile/suggest/entity?prefix=Univ&type=Organisation&type_strict=any").json
    validate(entities, "suggest-entities-response")
    assert entities is not None
    assert HELSINKI in [one["id"] for one in entities["result"]]
    types = client.get("/reconcile/suggest/type?prefix=Organ").json
    validate(types, "suggest-types-response")
    assert types is not None
    assert types["result"][0]["id"] == "Organisation"
    properties = client.get("/reconcile/suggest/property?prefix=in%20coun").json
    validate(properties, "suggest-properties-response")
    assert properties is not None
    assert [one["id"] for one in properties["result"]] == ["inCountry"]
    for kind, identifier in (("entity", HELSINKI), ("type", "Organisation"), ("property", "inCountry")):
        flyout = client.get(f"/reconcile/flyout/{kind}?id={quote(identifier, safe='')}").json
        assert flyout is not None
        assert flyout["id"] == identifier
        assert flyout["html"].startswith("<p><strong>")


def test_openrefine_adds_columns_from_reconciled_values(client: FlaskClient) -> None:
    proposed = client.get("/reconcile/properties?type=Organisation&limit=20").json
    validate(proposed, "data-extension-property-proposal")
    assert proposed is not None
    assert {"acronym", "https://schema.org/sameAs"} <= {one["id"] for one in proposed["properties"]}
    wanted: dict[str, Any] = {
        "ids": [HELSINKI, "id/pilot/georgia", "id/organisation/none-such"],
        "properties": [
            {"id": "acronym"},
            {"id": "inCountry"},
            {"id": "https://schema.org/sameAs", "settings": {"limit": "1"}},
            {"id": "noSuchProperty"},
        ],
    }
    validate(wanted, "data-extension-query")
    answer = client.post("/reconcile", data={"extend": json.dumps(wanted)}, headers=FORM).json
    validate(answer, "data-extension-response")
    assert answer is not None
    assert [one["id"] for one in answer["meta"]] == [one["id"] for one in wanted["properties"]]
    rows = answer["rows"]
    assert rows[HELSINKI]["acronym"] == [{"str": "UH"}]
    assert len(rows[HELSINKI]["https://schema.org/sameAs"]) == 1
    assert rows["id/pilot/georgia"]["inCountry"] == [{"id": "id/country/georgia", "name": "Georgia"}]
    assert rows["id/organisation/none-such"]["acronym"] == []
    assert all(row["noSuchProperty"] == [] for row in rows.values())


def test_the_preview_may_be_framed_and_runs_nothing(client: FlaskClient) -> None:
    answer = client.get("/reconcile/preview?id=" + quote(HELSINKI, safe=""))
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "<script" not in answer.text
    page = client.get("/id/organisation/university-of-helsinki.html")
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_browsers_of_other_origins_may_ask(client: FlaskClient) -> None:
    answer = client.options("/reconcile", headers={"Origin": "http://localhost:3333"})
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("queries", "{"),
        ("queries", "[" * 100_000),
        ("queries", "[]"),
        ("queries", '{"q0": 7}'),
        ("queries", '{"q0": {"query": ["x"]}}'),
        ("queries", '{"q0": {"query": "x", "limit": -1}}'),
        ("queries", '{"q0": {"query": "x", "limit": true}}'),
        ("queries", '{"q0": {"query": "x", "limit": NaN}}'),
        ("queries", '{"q0": {"query": "x", "type": [7]}}'),
        ("queries", '{"q0": {"query": "x", "properties": {"pid": "a"}}}'),
        ("queries", '{"q0": {"query": "x", "properties": [{"pid": "a"}]}}'),
        ("queries", '{"q0": {"query": "x", "properties": [{"pid": "a", "v": [null]}]}}'),
        ("queries", '{"q0": {"query": "x", "limit": ' + "9" * 5000 + "}}"),
        ("extend", "{}"),
        ("extend", '{"ids": [1], "properties": []}'),
        ("extend", '{"ids": [], "properties": [{"pid": "a"}]}'),
        ("callback", "alert"),
        ("other", "x"),
    ],
)
def test_what_the_protocol_does_not_allow_is_refused(client: FlaskClient, field: str, text: str) -> None:
    answer = client.post("/reconcile", data={field: text}, headers=FORM)
    assert answer.status_code == 400, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*", "a page of another origin can read why"
    assert json.loads(answer.text)["code"] == "reconciliation-invalid"


def test_too_much_at_once_is_refused_with_the_limit(client: FlaskClient) -> None:
    many = {f"q{n}": {"query": "x"} for n in range(asking.MAX_QUERIES + 1)}
    ids = {"ids": [str(n) for n in range(asking.MAX_IDS + 1)], "properties": []}
    for field, document in (("queries", many), ("extend", ids)):
        answer = client.post("/reconcile", data={field: json.dumps(document)}, headers=FORM)
        assert answer.status_code == 413
        assert json.loads(answer.text)["limit"]["value"] in (asking.MAX_QUERIES, asking.MAX_IDS)


HOSTILE_NAMES = [
    "",
    " ",
    "\x00",
    "\ud800",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "id/../../x",
    "http://[",
    "'\"}}{{7*7}}",
    "a" * asking.MAX_NAME,
    "a b " * 125,
    "a" * 100_000,
    "\u202eevil",
    "∞" * 400,
    "日本語",
]


def test_hostile_names_have_answers_like_any_other(client: FlaskClient) -> None:
    batch = {f"q{n}": {"query": name} for n, name in enumerate(HOSTILE_NAMES)}
    for result in ask(client, **batch).values():
        assert not any(one["match"] for one in result)
    for name in HOSTILE_NAMES[:-5]:
        written = quote(name, safe="", errors="surrogatepass")
        assert client.get(f"/reconcile/suggest/entity?prefix={written}").status_code == 200
        assert client.get(f"/reconcile/properties?type={written}%20%3C").status_code == 200
        for path in ("view?id=", "preview?id=", "flyout/entity?id="):
            answer = client.get(f"/reconcile/{path}{written}")
            assert answer.status_code == 404, (path, name)


def test_hostile_keys_and_identifiers_come_back_as_they_came(client: FlaskClient) -> None:
    for key in ("\ud800", "<b>", "a" * 1000, ""):
        batch = json.dumps(
            {key: {"query": "trust", "type": "\ud800 <", "properties": [{"pid": key, "v": key}]}}
        )
        answer = client.post("/reconcile", data={"queries": batch}, headers=FORM)
        assert (answer.status_code, answer.json) == (200, {key: {"result": []}})
        wanted = json.dumps({"ids": [key], "properties": [{"id": key}]})
        answer = client.post("/reconcile", data={"extend": wanted}, headers=FORM)
        assert answer.status_code == 200
        assert answer.json is not None
        assert answer.json["rows"] == {key: {key: []}}


def test_hostile_labels_are_only_text(hostile_site: Flask) -> None:
    client = hostile_site.test_client()
    batch = {"q0": {"query": "script alert", "limit": 25}, "q1": {"query": "method", "limit": 25}}
    found = [one for result in ask(client, **batch).values() for one in result]
    for one in found:
        for path in ("preview", "flyout/entity"):
            answer = client.get(f"/reconcile/{path}?id={quote(one['id'], safe='')}")
            text = answer.text if path == "preview" else (answer.json or {}).get("html", "")
            assert "<script" not in text
            assert "<img" not in text


def test_several_clients_at_once_get_the_same(site: Flask) -> None:
    answers: list[object] = []

    def run() -> None:
        with site.test_client() as client:
            answers.append(ask(client, q0={"query": "Collegial tutoring", "type": "Method"}))

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    assert all(one == answers[0] for one in answers)
