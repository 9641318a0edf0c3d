"""The tokens of SPARQL."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.sparql.tokens import UnclosedStringError, place, tokens


def kinds(text: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<http://e/#a>", [("iri", "<http://e/#a>")]),
        ("?a<?b", [("var", "?a"), ("op", "<"), ("var", "?b")]),
        ("<a b>", [("op", "<"), ("word", "a"), ("word", "b"), ("op", ">")]),
        ("e:a.b.", [("pname", "e:a.b"), ("op", ".")]),
        ("e:%41\\-:x", [("pname", "e:%41\\-:x")]),
        (":", [("pname", ":")]),
        ("_:a.b .", [("bnode", "_:a.b"), ("op", ".")]),
        ('"a\\"b"@en-GB', [("string", '"a\\"b"'), ("lang", "@en-GB")]),
        ('"""a"b""c\\""""', [("string", '"""a"b""c\\""""')]),
        ("''''a'''", [("string", "''''a'''")]),
        ("'' \"\"", [("string", "''"), ("string", '""')]),
        ("1.5e-3 2. .5", [("number", "1.5e-3"), ("number", "2"), ("op", "."), ("number", ".5")]),
        ("$a?b", [("var", "$a"), ("var", "?b")]),
        ("a#b\rc", [("word", "a"), ("word", "c")]),
        ("trueSERVICE", [("word", "trueSERVICE")]),
        ("{|x:y|}", [("op", "{|"), ("pname", "x:y"), ("op", "|}")]),
        ("ä:ö·", [("pname", "ä:ö·")]),
    ],
)
def test_tokens(text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(text) == expected


def test_a_keyword_in_escapes_is_known_by_its_key() -> None:
    assert [token.key for token in tokens("\\u0053er\\U00000056ice")] == ["SERVICE"]


@pytest.mark.parametrize(("text", "offset"), [("'a", 0), ('x "a\n"', 2), ('"""a""', 0), ("a 'b\\'", 2)])
def test_an_open_string_is_an_error(text: str, offset: int) -> None:
    with pytest.raises(UnclosedStringError) as caught:
        list(tokens(text))
    assert caught.value.offset == offset


def test_place_counts_from_one() -> None:
    assert place("ab\ncd", 0) == (1, 1)
    assert place("ab\ncd", 4) == (2, 2)


@given(st.text(alphabet="abc:<>\"'\\#?{}|.1@ \n", max_size=80))
def test_nothing_but_blanks_and_comments_is_lost(text: str) -> None:
    try:
        found = list(tokens(text))
    except UnclosedStringError:
        return
    end = 0
    for token in found:
        between = text[end : token.offset]
        assert "".join(line.split("#")[0] for line in between.split("\n")).strip() == ""
        assert text.startswith(token.text, token.offset)
        end = token.offset + len(token.text)
