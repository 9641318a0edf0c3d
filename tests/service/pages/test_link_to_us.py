"""“Link to us”: lists of terms of every form, what is refused, and what can be taken along."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from kb.links import _expand
from ontology import namespaces as ns
from service.reconcile import uploads
from tests.service.pages.html import Page

HELSINKI = ns.ID + "organisation/university-of-helsinki"
SKOS = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix t: <https://example.org/terms/> .
t:1 a skos:Concept ; skos:prefLabel "Kollegiales Tutoring"@de ; skos:altLabel "Collegial tutoring"@en .
t:2 a skos:Concept ; skos:prefLabel "Volcanology"@en .
"""
TABLE = """iri,name,country
https://example.org/uh,University of Helsinki,FI
https://example.org/x,Acme Rockets,US
"""


def send(client: FlaskClient, suffix: str, **fields: object) -> str:
    answer = client.post(f"/link-to-us/matches.{suffix}", data=fields)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.text


def upload(text: str | bytes, name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(text if isinstance(text, bytes) else text.encode()), name


def test_the_page_tells_how_and_what(client: FlaskClient) -> None:
    answer = client.get("/link-to-us")
    page = Page.parse(answer.text)
    assert page.faults == []
    assert "http://localhost/reconcile" in page.words
    assert "Organisations in ROR" in page.words
    assert client.get("/link-to-us", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert "/link-to-us" in Page.parse(client.get("/").text).links


def test_pasted_lines_become_a_table(client: FlaskClient) -> None:
    answer = client.post(
        "/link-to-us", data={"terms": "University of Helsinki\n\n Acme  Rockets \npeer learning\n"}
    )
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    page = Page.parse(answer.text)
    assert page.faults == []
    assert "3 terms: 1 surely here" in page.words
    assert page.links["/id/organisation/university-of-helsinki.html"] == "University of Helsinki"
    # What can be taken along is asked for again with what the page holds.
    (again,) = [attrs["value"] for tag, attrs in page.tags if tag == "input" and attrs.get("name") == "terms"]
    found = json.loads(send(client, "json", terms=again))["terms"]
    assert [(one["term"], one["verdict"]) for one in found] == [
        ("University of Helsinki", "sure"),
        ("Acme Rockets", "none"),
        ("peer learning", "likely"),
    ]
    assert found[0]["candidates"][0]["iri"] == HELSINKI
    assert found[0]["candidates"][0]["reasons"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (TABLE, "terms.csv"),
        (TABLE.replace(",", "\t"), "Terms.TSV"),
        ("\ufeff" + TABLE, "terms.csv"),
        ("University of Helsinki;x\nAcme Rockets\n".replace(";", ","), "plain.csv"),
        ("University of Helsinki\r\nAcme Rockets", "terms.txt"),
    ],
)
def test_tables_and_lines(client: FlaskClient, text: str, name: str) -> None:
    rows = list(csv.DictReader(io.StringIO(send(client, "csv", file=upload(text, name)))))
    best = {row["term"]: row for row in reversed(rows)}
    assert (best["University of Helsinki"]["our_iri"], best["University of Helsinki"]["verdict"]) == (
        HELSINKI,
        "sure",
    )
    assert best["Acme Rockets"]["verdict"] in ("none", "unlikely")
    assert best["University of Helsinki"]["your_iri"] == ("https://example.org/uh" if "iri" in text else "")


def test_skos_is_read_and_mappings_come_back(client: FlaskClient, tmp_path: Path) -> None:
    text = send(client, "tsv", file=upload(SKOS, "terms.ttl"), kind="Method")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    (row,) = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    prefixes = {
        key.strip("# "): start.strip(' "')
        for key, start in (line.split(": ", 1) for line in text.splitlines() if line.startswith("#  "))
    }
    assert _expand(row["subject_id"], prefixes) == "https://example.org/terms/1"
    assert _expand(row["object_id"], prefixes) == ns.ID + "method/collegial-tutoring"


def test_classes_of_an_ontology(client: FlaskClient) -> None:
    ontology = (
        "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix e: <https://example.org/o#> .\n"
        "e:ProcessModel a owl:Class . e:Volcano a owl:Class ."
    )
    found = json.loads(send(client, "json", file=upload(ontology, "o.ttl"), kind="Class"))["terms"]
    verdicts = {one["iri"]: (one["verdict"], one["candidates"]) for one in found}
    assert verdicts["https://example.org/o#ProcessModel"][0] in ("sure", "likely")
    assert verdicts["https://example.org/o#ProcessModel"][1][0]["iri"] == ns.SMM + "ProcessModel"
    assert verdicts["https://example.org/o#Volcano"][0] in ("none", "unlikely")


def test_mappings_need_identifiers(client: FlaskClient) -> None:
    answer = client.post("/link-to-us/matches.tsv", data={"terms": "University of Helsinki"})
    assert (answer.status_code, json.loads(answer.text)["code"]) == (422, "terms-without-iris")


def test_no_cell_is_a_formula(client: FlaskClient) -> None:
    terms = '=HYPERLINK("http://evil","trust")\n@SUM(1)\n+1+cmd|\' /C calc\'!A0\n-trust'
    rows = list(csv.reader(io.StringIO(send(client, "csv", terms=terms))))
    assert len({row[0] for row in rows[1:]}) == 4
    assert not [cell for row in rows[1:] for cell in row if cell[:1] in "=+-@" and cell]
    page = client.post("/link-to-us", data={"terms": '<script>alert(1)</script> trust\n"><img src=x>'})
    assert Page.parse(page.text).faults == []
    assert "<img src=x" not in page.text


LONG = (
    "@prefix p: <https://example.org/"
    + "a" * 400_000
    + "> .\n@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
)


@pytest.mark.parametrize(
    ("data", "name", "status"),
    [
        (b"", "empty.txt", 422),
        (b"\xff\xfeU\x00", "utf16.txt", 422),
        (b"name\n\xe9cole", "latin.csv", 422),
        (b"\x00\x01\x02", "data.xlsx", 422),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>', "bomb.rdf", 422),
        (b"@prefix : <x", "broken.ttl", 422),
        (b"[" * 200_000, "nested.ttl", 422),
        (b"<a:s> <a:p> " + b"(" * 200_000, "lists.ttl", 413),
        (b"<a:s> <a:p> " + b"<<( <a:s> <a:p> " * 10_000, "quoted.ttl", 422),
        ((LONG + "p:s skos:prefLabel 'x' . " * 3000).encode(), "prefix.ttl", 413),
        (b"<a:s> <a:p> <a:o> .\n" * 25_000, "same.nt", 422),
        (b"iri,name\n,Trust\n", "row.csv", 422),
        (b"iri,country\nx,FI\n", "columns.csv", 422),
        (b'"' + b"a" * 200_000, "quote.csv", 422),
        (b"x" * (uploads.MAX_BYTES + 1), "large.txt", 413),
        ("\n".join(f"term {n}" for n in range(uploads.MAX_TERMS + 1)).encode(), "many.txt", 413),
    ],
)
def test_what_cannot_be_read_is_refused_and_says_why(
    client: FlaskClient, data: bytes, name: str, status: int
) -> None:
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    sent: dict[str, Any] = {
        "data": head.encode() + data + b"\r\n--x--\r\n",
        "content_type": "multipart/form-data; boundary=x",
    }
    answer = client.post("/link-to-us/matches.json", **sent)
    assert answer.status_code == status, answer.text
    problem = json.loads(answer.text)
    assert problem["code"] in ("terms-unreadable", "terms-too-many")
    assert problem["detail"]
    assert problem["advice"]
    page = client.post("/link-to-us", headers={"Accept": "text/html"}, **sent)
    assert page.status_code == status
    assert Page.parse(page.text).faults == []


def test_unknown_kinds_and_forms(client: FlaskClient) -> None:
    answer = client.post("/link-to-us/matches.json", data={"terms": "x", "kind": "Nothing <"})
    assert (answer.status_code, json.loads(answer.text)["code"]) == (422, "unknown-kind")
    assert client.post("/link-to-us/matches.exe", data={"terms": "x"}).status_code == 404
    assert client.post("/link-to-us", data={}).status_code == 422
