"""Random statements in words beside the passages that make them, for a reader who compares the two."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pyoxigraph as ox

from kb.passages import Passage, local_name, surroundings
from kb.rules import Context
from kb.sources import Statement
from ontology import namespaces as ns

_LABELS = (ns.SKOS + "prefLabel", ns.SMM + "text", ns.DCT + "title")


def sample(context: Context, number: int, seed: int) -> list[str]:
    """``number`` statements of passages, each as a few lines of text; the same seed gives the same ones.

    Where texts are at hand, only what they can judge is drawn.
    """
    stated = [
        s for s in context.sources.statements if s.graph.startswith(ns.PASSAGE) and _judgeable(context, s)
    ]
    stated.sort(key=lambda s: str(s.quad))
    chosen = random.Random(seed).sample(stated, min(number, len(stated)))  # noqa: S311 - no secret
    return ["\n".join(_tell(context, statement)) for statement in chosen]


def _judgeable(context: Context, statement: Statement) -> bool:
    passage = context.passages.get(statement.graph)
    return not context.texts or passage is None or passage.document in context.texts


def _tell(context: Context, statement: Statement) -> Iterator[str]:
    subject = in_words(context, statement.subject)
    yield f"{subject} — {in_words(context, statement.predicate)} — {in_words(context, statement.object)}"
    yield f"  {statement.file}:{statement.line}"
    passage = context.passages.get(statement.graph)
    if passage is None:
        yield f"  in {ns.shorten(statement.graph)}, which is not described"
        return
    section = f", section {passage.section}" if passage.section else ""
    lines = f", {local_name(passage.first, passage.last)}" if passage.first else ""
    yield f"  {passage.document}{section}{lines}"
    yield from _quote(context, passage)


def _quote(context: Context, passage: Passage) -> Iterator[str]:
    text = context.texts.get(passage.document)
    if text is None or passage.last > len(text):
        yield f"  “{passage.anchor}” (the text is not at hand)" if passage.anchor else "  (no text)"
        return
    for number, line in surroundings(text, passage, context=4):
        if line.strip():  # some texts have an empty line after every line
            mark = "|" if passage.first <= number <= passage.last else " "
            yield f"  {number:>5} {mark} {line.strip()}"


def in_words(context: Context, term: ox.NamedNode | ox.Literal) -> str:
    """A term's label where it has one, else its local name as words; a literal's value."""
    if isinstance(term, ox.Literal):
        return f"“{term.value}”" + (f" ({term.language})" if term.language not in (None, "en") else "")
    declared = context.ontology.terms.get(term.value)
    if declared is not None and declared.label:
        return declared.label
    said = context.sources.by_subject.get(term.value, [])
    for predicate in _LABELS:
        for statement in said:
            if statement.predicate.value == predicate and getattr(statement.object, "language", "") == "en":
                return str(statement.object.value)
    return re.sub(r"[-_/]+", " ", ns.shorten(term.value))
