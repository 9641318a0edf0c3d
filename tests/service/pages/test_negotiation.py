"""Which representation a thing gets for which `Accept` (RFC 9110, 12.5.1)."""

from __future__ import annotations

import pytest

from service.errors import Problem
from service.pages import negotiation

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        (None, "html"),
        ("", "html"),
        ("*/*", "html"),
        (BROWSER, "html"),
        ("text/turtle", "ttl"),
        ("text/turtle;q=0.5, text/html;q=0.4", "ttl"),
        ("text/turtle;q=0.4, text/html;q=0.5", "html"),
        ("text/*;q=0.3, text/html;q=0", "ttl"),
        ("text/turtle;q=0.5, */*;q=0.1", "ttl"),
        ("application/ld+json", "jsonld"),
        ("application/json", "jsonld"),
        ("application/n-triples", "nt"),
        ("application/rdf+xml", "rdf"),
        ("application/xml", "rdf"),
        ("application/rdf+xml;q=0.9, application/n-triples;q=0.9", "nt"),
        ("image/png, text/turtle;q=0.1", "ttl"),
        # what rdflib sends
        ("application/rdf+xml,text/rdf+n3;q=0.9,application/xhtml+xml;q=0.5, */*;q=0.1", "rdf"),
    ],
)
def test_the_best_form_is_chosen(accept: str | None, suffix: str) -> None:
    assert negotiation.choose(accept).suffix == suffix


@pytest.mark.parametrize("accept", ["image/png", "text/html;q=0", "application/trig", "*/*;q=0"])
def test_what_cannot_be_given_is_refused_with_a_list(accept: str) -> None:
    with pytest.raises(Problem) as caught:
        negotiation.choose(accept)
    assert caught.value.status == 406
    assert all(one.media_type in caught.value.advice for one in negotiation.REPRESENTATIONS)
