"""The checklist: what passes, what is known to fail, and that each kind of row can fail."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from kb.linking import review
from kb.release import Release, open_release
from ontology import namespaces as ns
from service.cli import main
from service.fair import Answer, Fetch, Scene, Verdict, reviewed, run
from service.fair_commands import report
from service.fair_rows import ROWS

ROOT = Path(__file__).resolve().parents[3]
# Some links could not be checked by the second reader; the row fails until somebody has.
KNOWN_TO_FAIL = {46}
AFTER_PUBLICATION = {8, 10, 12, 15, 48}


def through(client: FlaskClient) -> Fetch:
    def fetch(path: str, accept: str) -> Answer:
        with client.get(path, headers={"Accept": accept}) as answer:
            names = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.status_code, names, answer.data)

    return fetch


def failing(scene: Scene, *numbers: int) -> set[int]:
    chosen = [row for row in ROWS if row.number in numbers]
    return {row.number for row, found in run(scene, chosen) if found.verdict == Verdict.FAIL}


def test_nothing_fails_that_can_be_decided_here(client: FlaskClient, release: Release) -> None:
    rows = report(Scene(release, through(client)))
    assert [row["row"] for row in rows] == list(range(1, 49))
    failed = {row["row"]: row["said"] for row in rows if row["verdict"] == Verdict.FAIL}
    assert failed.keys() <= KNOWN_TO_FAIL, failed
    assert {row["row"] for row in rows if row["verdict"] == Verdict.LATER} == AFTER_PUBLICATION
    assert all(row["title"] and row["said"] for row in rows)


def test_a_server_that_says_yes_to_all_fails(release: Release) -> None:
    def fetch(path: str, accept: str) -> Answer:
        return Answer(200, {"content-type": "text/html"}, b"<p>fine</p>")

    assert failing(Scene(release, fetch), 8, 36, 37, 38, 39, 40, 43) == {8, 36, 37, 38, 39, 40, 43}


def test_a_damaged_release_fails(release: Release, client: FlaskClient, tmp_path: Path) -> None:
    folder = tmp_path / release.id
    shutil.copytree(release.path, folder)
    broken = replace(open_release(folder), manifest={**release.manifest, "version": "9.9.9"})
    assert failing(Scene(broken, through(client)), 6, 17, 41) == {6, 17, 41}


def test_bad_statements_fail(release: Release, client: FlaskClient) -> None:
    scene = Scene(release, through(client))
    scene.store.update(
        f"""PREFIX owl: <{ns.OWL}> PREFIX sssom: <{ns.SSSOM}> PREFIX dcat: <{ns.DCAT}> PREFIX smm: <{ns.SMM}>
        INSERT DATA {{
          <{ns.ID}x.ttl> a dcat:Dataset .
          <{ns.ID}m> a sssom:Mapping ; owl:annotatedProperty owl:sameAs ;
            owl:annotatedTarget <http://ror.org/1> .
          GRAPH <{ns.PASSAGE}nowhere/L1> {{ <{ns.ID}a> smm:text "x" }}
        }}"""
    )
    assert failing(scene, 2, 13, 44, 46, 47) == {2, 13, 44, 46, 47}


def test_judged_samples_count(release: Release, client: FlaskClient, tmp_path: Path) -> None:
    scene = Scene(release, through(client))
    tables = sorted((ROOT / "kb" / "links").glob("*.sssom.tsv"))
    for path in tables:
        drawn = review.written(review.sample(review.read_table(path), 50, 0))
        judged = re.sub(r"^\t", "yes\t", drawn, flags=re.MULTILINE)
        (tmp_path / f"{path.name.removesuffix('.sssom.tsv')}.tsv").write_text(judged, encoding="utf-8")
    assert reviewed(scene, tmp_path).verdict == Verdict.PASS
    last = tmp_path / f"{tables[-1].name.removesuffix('.sssom.tsv')}.tsv"
    last.write_text(last.read_text(encoding="utf-8").replace("\nyes\t", "\n\t", 1), encoding="utf-8")
    assert "links are judged" in reviewed(scene, tmp_path).text
    last.unlink()
    assert "1 sets await" in reviewed(scene, tmp_path).text


def test_the_command_tells_a_bad_address(release: Release) -> None:
    result = CliRunner().invoke(main, ["fair", "--release", str(release.path), "--url", "ftp://x"])
    assert result.exit_code == 1
    assert "is no address of a server" in result.output


RULE = re.compile(r"^RewriteRule (\S+) https://mentorgraph\.example(\S*) \[R=(\d+),L\]$")


def redirects() -> list[tuple[re.Pattern[str], str, int]]:
    """The rules of the file for w3id.org; it fails on a line that is not understood."""
    found = []
    for line in (ROOT / "docs" / "w3id" / ".htaccess").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "Options ", "RewriteEngine ")):
            match = RULE.match(line)
            assert match, line
            found.append((re.compile(match[1]), re.sub(r"\$(\d)", r"\\\1", match[2]), int(match[3])))
    return found


@pytest.mark.parametrize(
    ("iri", "accept", "status"),
    [
        (ns.BASE, "text/html", 200),
        (ns.ONTOLOGY, "text/turtle", 303),
        (ns.ONTOLOGY, "image/png", 406),
        (ns.SMM + "Method", "application/ld+json", 303),
        (ns.ONTOLOGY + "/0.1.0", "text/turtle", 303),
        (ns.ONTOLOGY + ".ttl", "*/*", 200),
        (ns.ID + "organisation/university-of-helsinki", "text/html", 303),
        (ns.ID + "organisation/university-of-helsinki.jsonld", "*/*", 200),
        (ns.ID + "document/mensi-d2.1", "application/rdf+xml", 303),
        (ns.ID + "passage/ihub4schools-d3.2/L437-439", "text/turtle", 303),
        (ns.ID + "links/organisations-ror", "text/turtle", 303),
        (ns.GRAPH_RELEASE, "text/turtle", 303),
        (ns.ID + "method/no-such-method", "text/turtle", 404),
        (ns.BASE + "sparql?query=ASK%20%7B%7D", "application/sparql-results+json", 200),
        (ns.BASE + "download/void.ttl", "*/*", 200),
        (ns.BASE + "problem#query-timeout", "text/html", 200),
    ],
)
def test_w3id_leads_to_what_the_server_answers(
    client: FlaskClient, iri: str, accept: str, status: int
) -> None:
    path, _, query = iri.removeprefix(ns.BASE).partition("#")[0].partition("?")
    to = next((m.expand(t) for pattern, t, _ in redirects() if (m := pattern.match(path))), None)
    assert to is not None, f"no rule leads from {iri}"
    with client.get(f"{to}?{query}" if query else to, headers={"Accept": accept}) as answer:
        assert answer.status_code == status


def test_every_iri_of_the_release_has_a_rule(release: Release, client: FlaskClient) -> None:
    scene = Scene(release, through(client))
    iris = scene.column(f'SELECT DISTINCT ?s {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), "{ns.BASE}")) }}')
    rules = redirects()
    lost = [
        iri
        for iri in iris
        if not any(p.match(iri.removeprefix(ns.BASE).partition("#")[0]) for p, _, _ in rules)
    ]
    assert lost == []
