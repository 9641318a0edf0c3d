"""Connectors: a contract on the shape of each knowledge base, and on what they answer when things go wrong.

The answers are written here after the shapes that docs/linking.md names; titles and numbers in them are made
up where they are not those of our two projects.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kb.addresses import OutboundError
from kb.build import build
from kb.linking import foreign_data, quarantine
from kb.linking.connectors import CONNECTORS, PAGE_ROWS, Connector, asker
from kb.linking.foreign_data import EURIO, Reading, UnreadableError
from kb.linking.quarantine import QuarantineError
from kb.outbound import Rules
from ontology import namespaces as ns
from ontology.complaints import SourceError
from service.cli import main
from tests.kb.conftest import Tiny
from tests.outside import Reply, outside

PROJECT = "http://data.europa.eu/s66/resource/projects/91b4e591-b2dd-357a-9556-45feba981888"
ROLE = "http://data.europa.eu/s66/resource/organisationroles/1"
ORGANISATION = "http://data.europa.eu/s66/resource/organisations/5ddbaa23-06d6-39f8-8b9f-9fd78d53f149"
LITERAL = "http://www.w3.org/2000/01/rdf-schema#Literal"
ROR = {
    "id": "https://ror.org/05mey9k78",
    "types": ["education"],
    "names": [
        {"value": "Tallinn University", "lang": "en", "types": ["ror_display", "label"]},
        {"value": "TLÜ", "lang": None, "types": ["acronym"]},
    ],
    "locations": [{"geonames_details": {"name": "Tallinn", "country_code": "EE"}}],
    "links": [{"type": "website", "value": "https://www.tlu.ee"}],
}
OPENAIRE = {
    "id": "corda__h2020::f4bb5e655a84174ee0df917421b9d4f6",
    "code": "101004676",
    "acronym": "iHub4Schools",
    "title": "A title",
    "startDate": "2021-01-01",
    "websiteUrl": "https://www.ihub4schools.eu/",
    "granted": {"currency": "EUR"},
}
TURTLE = b"""@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<http://vocabularies.unesco.org/thesaurus/concept17109> a skos:Concept ; skos:prefLabel "Mentoring"@en ,
  "Mentorat"@fr ; skos:altLabel "Mentorship"@en ;
  skos:broader <http://vocabularies.unesco.org/thesaurus/concept677> .
"""
ESCO = (
    "conceptType,conceptUri,preferredLabel,altLabels,description\n"
    "Occupation,http://data.europa.eu/esco/occupation/3d0f86c1,learning mentor,"
    '"student mentor\nlearning guide",Helps\n'
)


def sparql(*rows: dict[str, str]) -> bytes:
    """Results as Virtuoso gives them: literals with a type of their own."""

    def term(value: str) -> dict[str, str]:
        if value.startswith("http"):
            return {"type": "uri", "value": value}
        return {"type": "typed-literal", "value": value, "datatype": LITERAL}

    bindings = [{name: term(value) for name, value in row.items()} for row in rows]
    return json.dumps({"head": {"vars": []}, "results": {"bindings": bindings}}).encode()


def said(reading: Reading) -> set[str]:
    return {str(triple) for triple in reading.triples}


def test_cordis_keeps_its_own_iris_and_takes_typed_literals() -> None:
    row = {"project": PROJECT, "id": "641185", "title": "CEMCAP", "role": ROLE, "roleLabel": "coordinator"}
    reading = foreign_data.cordis(sparql({**row, "org": ORGANISATION, "name": "SINTEF"}, row))
    assert reading.things == {PROJECT, ORGANISATION}
    assert f'<{PROJECT}> <{EURIO}identifier> "641185"' in said(reading)
    assert f"<{ROLE}> <{EURIO}isRoleOf> <{ORGANISATION}>" in said(reading)
    assert f'<{ROLE}> <{EURIO}roleLabel> "coordinator"' in said(reading)
    assert reading.left_out == []


def test_cordis_without_a_title_is_left_out_and_named() -> None:
    reading = foreign_data.cordis(sparql({"project": PROJECT, "id": "641185"}))
    assert reading.things == set()
    assert reading.left_out == [f"{PROJECT}: no name"]


def test_cordis_dump() -> None:
    record = {"id": 101004676, "acronym": "iHub4Schools", "title": "T", "startDate": "2021-01-01"}
    reading = foreign_data.cordis(
        json.dumps([{**record, "grantDoi": "10.3030/101004676"}, {"id": "x"}]).encode()
    )
    iri = "https://cordis.europa.eu/project/id/101004676"
    assert f'<{iri}> <{EURIO}startDate> "2021-01-01"^^<{ns.XSD}date>' in said(reading)
    assert f"<{iri}> <{ns.SCHEMA}sameAs> <https://doi.org/10.3030/101004676>" in said(reading)
    assert len(reading.left_out) == 1


@pytest.mark.parametrize(
    "data",
    [
        json.dumps([OPENAIRE]),
        json.dumps({"header": {"numFound": 1}, "results": [OPENAIRE]}),
        json.dumps(OPENAIRE) + "\n" + json.dumps({**OPENAIRE, "id": "corda__h2020::2"}) + "\n",
    ],
)
def test_openaire_as_list_answer_and_lines(data: str) -> None:
    reading = foreign_data.openaire(data.encode())
    iri = foreign_data.OPENAIRE_PROJECT + "corda__h2020::f4bb5e655a84174ee0df917421b9d4f6"
    assert iri in reading.things
    assert f'<{iri}> <{ns.DCT}identifier> "101004676"' in said(reading)
    assert f"<{iri}> <{ns.FOAF}page> <https://www.ihub4schools.eu/>" in said(reading)


def test_openaire_organisation() -> None:
    record = {
        "id": "openorgs____::b84450",
        "legalName": "Athena",
        "legalShortName": "ARC",
        "country": {"code": "GR"},
    }
    reading = foreign_data.openaire(json.dumps([record]).encode())
    assert len(reading.things) == 1
    assert any(f'<{ns.SCHEMA}addressCountry> "GR"' in one for one in said(reading))


def test_wikibase() -> None:
    entity = "https://linkedopendata.eu/entity/Q1"
    rows = [{"project": entity, "label": "Mentoring", "cc": cc} for cc in ("EE", "FI")]
    reading = foreign_data.wikibase(sparql(*rows))
    assert sum("addressCountry" in one for one in said(reading)) == 2
    assert reading.things == {entity}


def test_esco_skos_and_ror_keep_all_names_with_their_languages() -> None:
    esco = foreign_data.esco(ESCO.encode("utf-8-sig"))
    assert sum("altLabel" in one for one in said(esco)) == 2
    skos = foreign_data.skos(TURTLE)
    assert any('"Mentorat"@fr' in one for one in said(skos))
    assert any("broader> <http://vocabularies.unesco.org/thesaurus/concept677>" in one for one in said(skos))
    for form in (ROR, [ROR], {"number_of_results": 1, "items": [ROR]}):
        ror = foreign_data.ror(json.dumps(form).encode())
        assert ror.things == {"https://ror.org/05mey9k78"}
        assert any('altLabel> "TLÜ"' in one for one in said(ror))


def test_rdf_of_anybody_keeps_out_our_iris_and_blank_nodes() -> None:
    text = (
        f'<http://x.example/a> <http://x.example/p> "v" .\n<{ns.ID}method/x> <http://x.example/p> "lie" .\n'
    )
    reading = foreign_data.rdf((text + '_:b <http://x.example/p> "v" .\n').encode())
    assert said(reading) == {'<http://x.example/a> <http://x.example/p> "v"'}
    assert len(reading.left_out) == 2


@pytest.mark.parametrize("name", sorted(CONNECTORS))
@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE html><html><body>Service unavailable</body></html>",
        b'{"results": {"bindings": [{"project": {"va',
        b'{"results": 5}',
        b"[1, 2]",
        b'[{"id": ["101"], "title": 5, "names": 3}]',
        b"\xff\xfe\x00broken",
        b"",
        b"<a> <b",
        b"[" * 100_000,
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "b">]><rdf:RDF/>',
    ],
    ids=["web page", "cut", "number", "numbers", "types", "bytes", "empty", "cut RDF", "nesting", "entities"],
)
def test_whatever_is_not_of_the_shape_is_refused_whole(name: str, data: bytes, tmp_path: Path) -> None:
    with pytest.raises(UnreadableError) as caught:
        quarantine.keep(tmp_path / "q", CONNECTORS[name], "https://x.example/", [data])
    assert str(caught.value).strip()
    assert not (tmp_path / "q").exists()


def asked(connector: Connector, serve: object, wanted: list[str], rules: Rules | None = None) -> list[bytes]:
    with outside(serve) as server:  # type: ignore[arg-type]
        local = rules or Rules(total_s=5, private_hosts=frozenset({"127.0.0.1"}))
        assert connector.pages is not None
        return list(connector.pages(server.url("/api/"), wanted, asker(local, 0.0)))


def test_pages_are_asked_for_until_one_is_not_full() -> None:
    offsets = []

    def serve(reply: Reply) -> None:
        query = parse_qs(reply.asked.body.decode())["query"][0]
        offsets.append(int(query.rpartition("OFFSET ")[2]))
        number = PAGE_ROWS if len(offsets) == 1 else 3
        rows = [{"project": f"{PROJECT}{len(offsets)}-{n}", "id": "1", "title": "T"} for n in range(number)]
        reply.answer(sparql(*rows), "application/sparql-results+json")

    pages = asked(CONNECTORS["cordis"], serve, ["101004676"])
    assert offsets == [0, PAGE_ROWS]
    assert len(foreign_data.rows(pages[1])) == 3


@pytest.mark.parametrize(
    ("serve", "code"),
    [
        (lambda reply: reply.answer(b"<html></html>", "text/html"), "media-type"),
        (lambda reply: reply.answer(b"no", status=403), "status"),
        (lambda reply: reply.answer(b"slow down", status=429, Retry_After="7"), "status"),
        (lambda reply: reply.head(302, Location="http://10.0.0.1/secret"), "private-address"),
        (lambda reply: reply.answer(b"x" * 3_000_000, "application/json"), "too-large"),
    ],
    ids=["web page", "forbidden", "too many", "redirect into a private network", "without end"],
)
def test_what_a_server_does_wrong_is_told(serve: object, code: str) -> None:
    rules = Rules(total_s=5, max_bytes=1 << 20, private_hosts=frozenset({"127.0.0.1"}))
    with pytest.raises(OutboundError) as caught:
        asked(CONNECTORS["ror"], serve, ["05mey9k78"], rules)
    assert caught.value.code == code
    if "429" in str(caught.value):
        assert "7 seconds" in str(caught.value)


def test_a_drip_feed_ends() -> None:
    def serve(reply: Reply) -> None:
        reply.head(200, Content_Type="application/json")
        reply.drip(b"[" + b" " * 10_000, 0.05)

    with pytest.raises(OutboundError) as caught:
        asked(CONNECTORS["ror"], serve, ["x"], Rules(total_s=0.5, private_hosts=frozenset({"127.0.0.1"})))
    assert caught.value.code == "timeout"


@pytest.mark.parametrize("name", ["cordis", "openaire", "eu-knowledge-graph", "ror", "sparql"])
def test_who_asks_for_nothing_is_told_what_to_give(name: str) -> None:
    with pytest.raises(UnreadableError):
        asked(CONNECTORS[name], lambda reply: reply.answer(b""), [])


def test_words_and_numbers_cannot_leave_their_literals() -> None:
    with pytest.raises(UnreadableError):
        asked(CONNECTORS["cordis"], lambda reply: reply.answer(b""), ['1")} SELECT'])
    queries = []

    def serve(reply: Reply) -> None:
        queries.append(parse_qs(reply.asked.body.decode())["query"][0])
        reply.answer(sparql(), "application/sparql-results+json")

    asked(CONNECTORS["eu-knowledge-graph"], serve, ['a") } DROP ALL #\\', "school\nmentor"])
    assert r"a\") } drop all #\\" in queries[0]
    ox.Store().query(queries[0])  # still one query


@pytest.fixture
def waiting(tmp_path: Path) -> tuple[Path, quarantine.Fetched]:
    folder = tmp_path / "quarantine"
    pages = [json.dumps(ROR).encode()]
    return folder, quarantine.keep(folder, CONNECTORS["ror"], "https://api.ror.org/v2/organizations/", pages)


def test_quarantine_keeps_the_raw_answer_its_hash_and_provenance(
    waiting: tuple[Path, quarantine.Fetched],
) -> None:
    folder, fetched = waiting
    assert json.loads((folder / fetched.id / "raw-000").read_bytes()) == ROR
    assert fetched.state == quarantine.WAITING
    assert [path.name for path in folder.iterdir()] == [fetched.id]
    quads = quarantine.data(folder, fetched.id)
    graph = ox.NamedNode(quarantine.FOREIGN + "ror")
    assert {quad.graph_name for quad in quads} == {graph}
    stated = {(q.subject, q.predicate.value) for q in quads}
    for predicate in ("wasDerivedFrom", "generatedAtTime", "wasGeneratedBy"):
        assert (graph, ns.PROV + predicate) in stated


def test_the_same_answer_again_is_the_same_fetch(
    waiting: tuple[Path, quarantine.Fetched], tmp_path: Path
) -> None:
    folder, fetched = waiting
    quarantine.decide(folder, fetched.id, quarantine.REJECTED, "a person", "not needed", tmp_path / "foreign")
    again = quarantine.keep(folder, CONNECTORS["ror"], fetched.address, [json.dumps(ROR).encode()])
    assert (again.id, again.state, again.by) == (fetched.id, quarantine.REJECTED, "a person")


def test_only_accepted_data_enter_a_build_and_leave_it_when_rejected(
    waiting: tuple[Path, quarantine.Fetched], tiny: Tiny, tmp_path: Path
) -> None:
    folder, fetched = waiting
    foreign = tiny.project.foreign

    def in_release() -> set[str]:
        made = build(tiny.project, tmp_path / "releases").release
        text = gzip.decompress(made.dataset.read_bytes()).decode()
        return {line for line in text.splitlines() if f"<{quarantine.FOREIGN}ror> ." in line}

    assert in_release() == set()
    with pytest.raises(QuarantineError):
        quarantine.decide(folder, fetched.id, quarantine.ACCEPTED, " ", "because", foreign)
    quarantine.decide(folder, fetched.id, quarantine.ACCEPTED, "a person", "read it", foreign)
    lines = in_release()
    assert any('"Tallinn University"@en' in line for line in lines)
    assert any("Accepted by a person" in line for line in lines)
    quarantine.decide(folder, fetched.id, quarantine.REJECTED, "a person", "wrong after all", foreign)
    assert in_release() == set()


def test_a_file_of_foreign_statements_may_not_speak_of_our_things(tiny: Tiny, tmp_path: Path) -> None:
    foreign = tiny.project.foreign
    foreign.mkdir()
    line = f'<{ns.ID}method/tutoring> <{ns.SKOS}prefLabel> "lie" <{quarantine.FOREIGN}ror> .\n'
    (foreign / "ror.nq").write_text(line, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        build(tiny.project, tmp_path / "releases")
    assert caught.value.complaints[0].rule == "foreign"


def test_the_commands(tmp_path: Path) -> None:
    raw, folder = tmp_path / "ror.json", tmp_path / "q"
    raw.write_text(json.dumps(ROR), encoding="utf-8")
    where = ["--folder", str(folder)]
    done = CliRunner().invoke(main, ["link", "fetch", "ror", "--from", str(raw), *where])
    assert done.exit_code == 0
    identifier = done.stdout.strip()
    shown = CliRunner().invoke(main, ["link", "waiting", *where])
    assert identifier in shown.stdout
    assert "waiting" in shown.stdout
    quads = CliRunner().invoke(main, ["link", "waiting", identifier, *where])
    assert '"Tallinn University"@en' in quads.stdout
    refused = CliRunner().invoke(main, ["link", "reject", "ror-none", "--by", "me", "--reason", "no", *where])
    assert refused.exit_code == 1
    assert identifier in refused.output
    rejected = CliRunner().invoke(
        main, ["link", "reject", identifier, "--by", "me", "--reason", "no", *where]
    )
    assert "rejected by me" in rejected.output
    missing = CliRunner().invoke(
        main, ["link", "fetch", "esco", "--from", str(tmp_path / "none.csv"), *where]
    )
    assert missing.exit_code == 1
    assert "Nothing was kept" in missing.output
