"""“Same or similar elsewhere” on a thing's page, and the pages of a set of links and of one link."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from kb.links import parse, quads
from kb.sources import Project
from ontology import namespaces as ns
from service.pages.elsewhere import read

HTML = {"Accept": "text/html"}
HEADING = "Same or similar elsewhere"


def page(client: FlaskClient, iri: str) -> str:
    answer = client.get("/" + iri.removeprefix(ns.BASE), headers=HTML, follow_redirects=True)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("thing", "words", "target"),
    [
        ("organisation/university-of-helsinki", "about the same", "https://ror.org/040af2s02"),
        ("country/lithuania", "the same", "http://publications.europa.eu/resource/authority/country/LTU"),
        ("role/teacher", "narrower", "http://data.europa.eu/esco/occupation/03d79393-7b30-4159-945b-01963eddd302"),
    ],
)  # fmt: skip
def test_a_page_shows_the_links_of_its_thing(
    client: FlaskClient, thing: str, words: str, target: str
) -> None:
    text = page(client, ns.ID + thing)
    (_, section) = text.split(HEADING)
    assert f'{words}: <a href="{target}" rel="external noopener noreferrer">' in section
    assert "% sure" in section
    assert "nnotated" not in text, "how a link is told is not said about the thing"


def test_a_thing_without_links_has_no_such_part(client: FlaskClient) -> None:
    assert HEADING not in page(client, ns.ID + "organisation/indire")


def test_a_set_and_a_link_have_pages(client: FlaskClient) -> None:
    table = parse(next(path for path in Project.default().link_files() if "ror" in path.name))
    assert "Research Organization Registry" in page(client, table.iri)
    mapping = next(q.subject for q in quads(table) if str(q.subject).startswith(f"<{table.iri}/"))
    assert "https://ror.org/" in page(client, str(mapping).strip("<>"))


def test_what_is_no_share_is_no_confidence() -> None:
    """Other people's data may hold anything under the same names."""
    (one,) = read([{}])
    assert (one.confidence, one.href, one.relation) == (None, "", "linked")
