"""Named queries with fields: each question as a page with a small form, and as an API at the same address.

`/query/<name>?country=finland` answers with a page or, by `Accept` or `format=`, with the result itself. What
a client sends becomes a term of the kind that the field declares (`kb.fields`), and is bound, never pasted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

import pyoxigraph as ox
from flask import Blueprint, Response, render_template, request

from kb import fields, queries
from kb.fields import Field, ValueProblem
from kb.queries import QueryFile, Term
from ontology import namespaces as ns
from service.errors import Part, Problem
from service.pages import iris
from service.pages.knowledge import Knowledge
from service.pages.query_page import QueryPage
from service.pages.responses import Manners
from service.sparql import formats, protocol
from service.sparql.protocol import Parameters

FOLDER = "questions/"
METHODS = "GET, HEAD, OPTIONS"
PARAMETERS = ("format", "timeout")
PAGE_PARAMETERS = (*PARAMETERS, "sort")
_HELP = {
    "text": f"Any text of up to {fields.MAX_TEXT} characters; upper and lower case are the same.",
    "number": "A number such as 3 or 2.5.",
    "thing": "The address of a thing here or the end of it, such as country/finland.",
}


@dataclass(frozen=True)
class Option:
    """A value of a field: what is sent, what it is called, and the larger thing that it belongs to."""

    key: str
    label: str
    group: str


@dataclass(frozen=True)
class Question:
    """A query file under the name that its address has, with its fields."""

    name: str
    query: QueryFile
    fields: tuple[Field, ...]

    @property
    def href(self) -> str:
        return f"/query/{self.name}"


@dataclass(frozen=True)
class Reading:
    """What the values of a request came to: a text to show at each field, the terms, and what is wrong."""

    shown: dict[str, str]
    terms: dict[str, Term]
    problem: Problem | None


@cache
def questions() -> dict[str, Question]:
    """Every named query, by name. Raises `kb.queries.QueryError` for badly declared fields."""
    found = [query for query in queries.all_queries() if query.name.startswith(FOLDER)]
    names = [query.name.removeprefix(FOLDER) for query in found]
    return {name: Question(name, one, fields.fields(one)) for name, one in zip(names, found, strict=True)}


def blueprint(knowledge: Knowledge, manners: Manners, query_page: QueryPage) -> Blueprint:
    pages = Blueprint("named_queries", __name__)
    pages.after_request(protocol.open_to_other_origins)

    @pages.get("/query/")
    def listing() -> Response:
        """All named queries: a page, or by `Accept` a list for programs."""
        offers = ["text/html", "application/json"]
        if request.accept_mimetypes.best_match(offers, default="text/html") == "application/json":
            response = manners.json(lambda: json.dumps(document(), ensure_ascii=False, indent=1))
        else:
            response = manners.page(lambda: render_template("queries.html", themes=themes()))
        response.vary.add("Accept")
        return response

    @pages.get("/query/<name>", provide_automatic_options=False)
    def named(name: str) -> Response:
        """A named query: its page, or its result for a program."""
        question = questions().get(name)
        if question is None:
            raise unknown(name)
        pairs = protocol.address_pairs()
        wanted = protocol.single(pairs, "format")
        timeout_s = protocol.timeout(protocol.single(pairs, "timeout"))
        is_page = wanted is None and formats.prefers_page(request.headers.get("Accept", ""))
        reading = read(question, pairs, knowledge, PAGE_PARAMETERS if is_page else PARAMETERS)
        if is_page:
            sort = protocol.single(pairs, "sort") or ""
            return _page(question, reading, bool(pairs), timeout_s, sort, query_page, knowledge)
        if reading.problem:
            raise reading.problem
        text = question.query.bind(**reading.terms)
        asked = Parameters(text, (), (), wanted, timeout_s)
        return protocol.answer(knowledge.engine, asked, text)

    @pages.route("/query/<name>", methods=["OPTIONS"])
    def preflight(name: str) -> Response:
        return protocol.preflight(METHODS)

    return pages


def document() -> dict[str, object]:
    """The list as JSON: each query with its question, address and fields."""
    return {
        "queries": [
            {
                "name": one.name,
                "title": one.query.title,
                "question": one.query.question,
                "theme": theme,
                "href": one.href,
                "fields": [
                    {"name": field.name, "kind": field.kind, "label": field.label, "default": field.default}
                    for field in one.fields
                ],
            }
            for theme, found in themes()
            for one in found
        ]
    }


def themes() -> list[tuple[str, list[Question]]]:
    """All questions by theme, those with fields first."""
    found: dict[str, list[Question]] = {}
    for question in sorted(questions().values(), key=lambda one: (not one.fields, one.query.title)):
        found.setdefault(question.query.theme, []).append(question)
    return sorted(found.items())


def read(
    question: Question,
    pairs: Sequence[tuple[str, str]],
    knowledge: Knowledge,
    others: Sequence[str] = PARAMETERS,
) -> Reading:
    """The values of a request as terms; a field without a value has its default. `others` may be sent too.

    Raises Problem 400 for a field with several values.
    """
    known = [field.name for field in question.fields]
    unknown_names = sorted({name for name, _ in pairs} - {*known, *others})
    allowed = (*known, *others)
    bad = [Part(name, f"The query has no parameter {name[:60]}.", allowed) for name in unknown_names]
    ill: list[Part] = []
    shown, terms = {}, {}
    for field in question.fields:
        text = protocol.single(list(pairs), field.name) or field.default
        shown[field.name] = text
        if not text:
            bad.append(
                Part(field.name, f"The parameter {field.name} is missing.", _allowed(field, knowledge))
            )
            continue
        try:
            term = to_term(field, text, knowledge)
        except ValueProblem as problem:
            shown[field.name] = "" if field.is_choice else text
            ill.append(Part(field.name, str(problem), problem.allowed or _allowed(field, knowledge)))
            continue
        terms[field.name] = term
        if field.is_choice:
            shown[field.name] = options(field, knowledge)[term.value].key
    return Reading(shown, terms, _problem(question, bad, ill) if bad or ill else None)


def to_term(field: Field, text: str, knowledge: Knowledge) -> Term:
    """What a value means. Raises `ValueProblem`."""
    if field.is_choice:
        return fields.choice(field, text, keys(field, knowledge))
    if field.kind == "thing":
        name = text.removeprefix(ns.ID)
        if not iris.is_name(name) or not knowledge.exists(ns.ID + name):
            raise ValueProblem(f"{field.name} is nothing that the release knows.")
        return ox.NamedNode(ns.ID + name)
    return fields.literal(field, text)


def keys(field: Field, knowledge: Knowledge) -> dict[str, str]:
    """IRI → key of the values that a field can have."""
    return {iri: option.key for iri, option in options(field, knowledge).items()}


def options(field: Field, knowledge: Knowledge) -> dict[str, Option]:
    """IRI → value of a field whose values the release lists, in the order to show them. Raises Problem."""
    return knowledge.remember(f"options {field.kind}", lambda: _read_options(field, knowledge))


def _read_options(field: Field, knowledge: Knowledge) -> dict[str, Option]:
    names = knowledge.names()
    if field.is_property:
        facts = names.learn(knowledge.rows("values-of-property", property=field.kind))
    else:
        facts = names.learn(knowledge.rows("things-of-class", **{"class": field.kind}))
    short = fields.keys(facts)
    ordered = sorted(facts, key=lambda iri: names.of(iri).sort_key)
    return {iri: Option(short[iri], names.of(iri).text, names.of(iri).group) for iri in ordered}


def _allowed(field: Field, knowledge: Knowledge) -> tuple[str, ...]:
    return tuple(keys(field, knowledge).values()) if field.is_choice else (_HELP[field.kind],)


def _problem(question: Question, bad: list[Part], ill: list[Part]) -> Problem:
    """400 where a parameter is missing or unknown, 422 where only values do not fit."""
    parts = (*bad, *ill)
    return Problem(
        400 if bad else 422,
        "query-parameters",
        "The parameters do not fit the query",
        " ".join(part.detail for part in parts),
        f"“errors” lists what each can be; {question.href} is a form for people.",
        errors=parts,
    )


def unknown(name: str) -> Problem:
    detail = f"There is no query named {name[:100]}."
    return Problem(404, "unknown-query", "No such query", detail, "/query/ lists all of them.")


def _page(
    question: Question,
    reading: Reading,
    is_sent: bool,
    timeout_s: float | None,
    sort: str,
    query_page: QueryPage,
    knowledge: Knowledge,
) -> Response:
    """The form, and the result where every field has a value; what is wrong stands at its field."""
    problem = reading.problem if is_sent else None
    outcome, text = None, ""
    if reading.problem is None:
        text = question.query.bind(**reading.terms)
        try:
            outcome = query_page.run(Parameters(text, (), (), None, timeout_s, sort=sort), text)
        except Problem as error:
            problem = error
    sent = [(field.name, reading.shown[field.name]) for field in question.fields]
    page = render_template(
        "query.html",
        question=question,
        options={
            field.name: grouped(options(field, knowledge)) for field in question.fields if field.is_choice
        },
        help=_HELP,
        shown=reading.shown,
        faults={part.path: part.detail for part in problem.errors} if problem else {},
        problem=problem,
        outcome=outcome,
        sent=sent,
        text=text,
        editor=iris.query_address(text),
        api=f"{question.href}?{urlencode([*sent, ('format', 'csv')])}",
    )
    response = Response(page, status=problem.status if problem else 200, mimetype="text/html")
    response.vary.add("Accept")
    response.headers["Cache-Control"] = "no-cache"
    return response


def grouped(found: Mapping[str, Option]) -> list[tuple[str, list[Option]]]:
    """Options under the larger things that they belong to; "" for those without one."""
    groups: dict[str, list[Option]] = {}
    for option in found.values():
        groups.setdefault(option.group, []).append(option)
    return list(groups.items())
