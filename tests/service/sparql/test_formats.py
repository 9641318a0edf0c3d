"""Which format a request gets."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from service.errors import Problem
from service.sparql import formats


@pytest.mark.parametrize(
    ("kind", "accept", "name"),
    [
        ("SELECT", None, "json"),
        ("SELECT", "*/*", "json"),
        ("SELECT", "", "json"),
        ("SELECT", "application/*", "json"),
        ("SELECT", "text/csv", "csv"),
        ("SELECT", "text/*", "csv"),
        ("SELECT", "text/csv;q=0.5, application/sparql-results+xml", "xml"),
        ("SELECT", "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "xml"),
        ("SELECT", "application/json", "json"),
        ("SELECT", "application/sparql-results+json;q=0, */*", "xml"),
        ("SELECT", "text/csv, */*;q=0.1", "csv"),
        ("SELECT", "text/csv;q=0.5, text/csv;header=present", "csv"),
        ("ASK", "application/sparql-results+xml; charset=utf-8", "xml"),
        ("CONSTRUCT", None, "turtle"),
        ("CONSTRUCT", "application/json", "jsonld"),
        ("DESCRIBE", "application/rdf+xml;q=0.7, application/n-triples;q=0.8", "ntriples"),
        ("CONSTRUCT", "text/turtle;q=0.1, application/trig;q=0.2, text/csv", "trig"),
    ],
)
def test_accept(kind: str, accept: str | None, name: str) -> None:
    assert formats.choose(kind, accept).name == name


@pytest.mark.parametrize(
    ("kind", "asked", "name"),
    [
        ("SELECT", "csv", "csv"),
        ("SELECT", "TSV", "tsv"),
        ("SELECT", "application/sparql-results xml", "xml"),
        ("CONSTRUCT", "json", None),
        ("CONSTRUCT", "jsonld", "jsonld"),
        ("CONSTRUCT", "nt", "ntriples"),
        ("SELECT", "turtle", None),
        ("SELECT", "pdf", None),
    ],
)
def test_format_parameter_wins(kind: str, asked: str, name: str | None) -> None:
    if name:
        assert formats.choose(kind, "text/html", asked).name == name
        return
    with pytest.raises(Problem) as caught:
        formats.choose(kind, "*/*", asked)
    assert caught.value.status == 406


def test_what_cannot_be_had_says_what_can() -> None:
    with pytest.raises(Problem) as caught:
        formats.choose("SELECT", "image/png")
    assert "text/csv (format=csv)" in caught.value.advice


def test_media_types_are_the_engines() -> None:
    for one in formats.TABLES:
        assert getattr(ox.QueryResultsFormat, one.engine).media_type.partition(";")[0] == one.media_type
    for one in formats.GRAPHS:
        assert getattr(ox.RdfFormat, one.engine).media_type == one.media_type
