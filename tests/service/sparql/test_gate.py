"""The gate: what it refuses, what it must never refuse, and that no text breaks it."""

# ruff: noqa: E501  (a query a line reads best)

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.errors import Problem
from service.settings import Settings
from service.sparql.gate import Limits, Report, inspect

LIMITS = Limits.of(Settings())


def refusal(text: str) -> Problem:
    with pytest.raises(Problem) as caught:
        inspect(text, LIMITS)
    return caught.value


SANE = {
    "keyword in string": 'SELECT * { ?s ?p "SERVICE <http://x> { }" FILTER(?p != \'LOAD\') }',
    "keyword in long string": 'ASK { ?s ?p """a "SERVICE" { \\" """ , \'\'\'it\'s { ( \'\'\' }',
    "keyword in comment": "SELECT * # SERVICE <x> { (\n{ ?s ?p ?o } # }",
    "keyword in IRI": "SELECT * { <http://e/SERVICE> ?p ?o }",
    "hash in IRI": "ASK { <http://e/#SERVICE> ?p ?o }",
    "keyword as variable": "SELECT ?service $insert { ?service ?from $insert }",
    "keyword as prefix": "PREFIX service: <http://e/> SELECT * { service:a service:SERVICE service:FROM }",
    "service graph name": "PREFIX service: <http://e/> SELECT * { GRAPH service:a { ?s ?p ?o } }",
    "keyword as local name": "PREFIX ex: <http://e/> DESCRIBE ex:SERVICE ex:LOAD ex:from",
    "less than": "SELECT * { ?s ?p ?o FILTER(?o<5&&?o>3) }",
    "big IN": "SELECT * { ?s ?p ?o FILTER(?o IN (" + ",".join(map(str, range(5000))) + ")) }",
    "big VALUES": "SELECT * { VALUES (?a ?b) {" + "(<http://e/a> 1)" * 2000 + "} ?a ?p ?b }",
    "big VALUES of one": 'SELECT * { VALUES ?a {"x"@en 2 true UNDEF ' + "<http://e/a>" * 2000 + "} ?a ?p ?b }",
    "paths": "SELECT * { ?s (<e:p>/<e:q>)*|^<e:r>|!(<e:s>|^<e:t>) ?o }",
    "lists and bnodes": "SELECT * { (1 2 [ <e:p> ( ?x ) ]) <e:p> [] ; <e:q> [ a ?c ] , _:b.1 }",
    "subselect": "SELECT (COUNT(*) AS ?n) { { SELECT ?s { ?s ?p ?o } ORDER BY ?s LIMIT 3 } } GROUP BY ?s HAVING(?n > 1)",
    "exists": "ASK { ?s ?p ?o FILTER NOT EXISTS { ?s a ?c FILTER regex(?c, 'x', \"i\") } }",
    "construct": "CONSTRUCT { ?s ?p [ ?q ?o ] } FROM <http://e/g> WHERE { ?s ?p ?o } LIMIT 5",
    "triple terms": 'VERSION "1.2" SELECT * { <<( ?s ?p ?o )>> ?q ?r . ?a ?b ?c {| ?d ?e |} }',
    "escapes": 'PREFIX e: <http://e/> ASK { e:a\\-b e:%20c "\\u0041\\"" , <http://e/\\u0041> , 1.5e3, -.5, +2 }',
    "languages": 'ASK { ?s ?p "a"@en-GB , "b"^^<http://e/t> , "c"^^<http://e/t> . ?s ?p true }',
    "glued": "PREFIX e:<http://e/>SELECT*{?s?p?o.?s a e:C;e:p ?q,e:r .FILTER(?o>1)}",
    "aggregates": "SELECT (GROUP_CONCAT(DISTINCT ?o; SEPARATOR=', ') AS ?a) { ?s ?p ?o BIND(?o AS ?q) } ORDER BY DESC(?a)",
    "from": "PREFIX from: <http://e/> SELECT * FROM from:a FROM NAMED from:b { GRAPH ?g { ?s ?p ?o } }",
}  # fmt: skip


@pytest.mark.parametrize("name", SANE)
def test_sane_queries_pass(name: str) -> None:
    report = inspect(SANE[name], LIMITS)
    assert report.form in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
    ox.Store().query(SANE[name])  # and they are queries


def test_queries_of_the_release_pass() -> None:
    files = sorted(Path("kb/queries").rglob("*.rq"))
    for file in files:
        assert inspect(file.read_text(encoding="utf-8"), LIMITS).form


SERVICE_FORMS = [
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "select*{service silent<http://127.0.0.1:9/>{}}",
    "SELECT * { SERVICE ?x { } VALUES ?x { <http://127.0.0.1:9/> } }",
    "ASK { FILTER EXISTS { SERVICE <http://127.0.0.1:9/> { } } }",
    "SELECT * { ?s ?p ?o MINUS { { SELECT * { SERVICE <http://127.0.0.1:9/> { } } } } }",
    "PREFIX x: <http://127.0.0.1:9/> SELECT * { SERVICE#comment\nx:a { } }",
    'SELECT * { ?s ?p "\\"}" . SERVICE <http://127.0.0.1:9/> { } }',
    "SELECT * { ?s ?p ''' \\''' ''' SERVICE <http://127.0.0.1:9/> { } }",
    # SPARQL reads these as other tokens, the engine's parser as SERVICE
    "PREFIX : <http://127.0.0.1:9/> SELECT * { SERVICE:a { } }",
    "PREFIX x: <http://127.0.0.1:9/> SELECT * { SERVICEx:a { } }",
    "PREFIX x: <http://127.0.0.1:9/> SELECT * { SERVICESILENTx:a { } }",
    "SELECT * { ?s ?p trueSERVICE<http://127.0.0.1:9/> { } }",
    "SELECT * { ?s ?p 1SERVICE<http://127.0.0.1:9/> { } }",
    "PREFIX x: <http://127.0.0.1:9/> SELECT * { ?s ?p trueSERVICEx:a { } }",
    "SELECT * { \\u0053ERVICE <http://127.0.0.1:9/> { } }",
]


@pytest.mark.parametrize("text", SERVICE_FORMS)
def test_service_is_refused(text: str) -> None:
    problem = refusal(text)
    assert (problem.status, problem.code) == (403, "service-refused")
    assert problem.where is not None


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <http://x/>",
        "INSERT DATA { <http://a> <http://b> 1 }",
        "PREFIX e: <http://e/> delete where { ?s ?p ?o }",
        "#c\nCLEAR ALL",
        "WITH <http://g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ],
)
def test_updates_are_refused(text: str) -> None:
    assert (refusal(text).status, refusal(text).code) == (403, "update-refused")


DEEP = {
    "parentheses": lambda n: "SELECT * { FILTER(" + "(" * n + "1" + ")" * n + ") }",
    "groups": lambda n: "SELECT * " + "{" * n + "}" * n,
    "exists": lambda n: "SELECT * {" + "FILTER EXISTS {" * n + "}" * n + "}",
    "calls": lambda n: "SELECT (" + "CONCAT(" * n + '"a"' + ")" * n + " AS ?x) {}",
    "optional": lambda n: "SELECT * {" + "OPTIONAL {" * n + "}" * n + "}",
    "subselect": lambda n: "SELECT * " + "{ SELECT * " * n + "{}" + "}" * n,
    "not": lambda n: "ASK { FILTER(" + "!" * n + "true) }",
    "minus": lambda n: "ASK { FILTER(1 > " + "- " * n + "1) }",
    "mixed prefixes": lambda n: "ASK { FILTER(" + "!(-" * n + "1" + ")" * n + ") }",
    "bnodes": lambda n: "ASK { ?s ?p " + "[ <http://p> " * n + "1" + "]" * n + "}",
    "lists": lambda n: "ASK { ?s ?p " + "(" * n + ")" * n + "}",
    "paths": lambda n: "ASK { ?s " + "(" * n + "<http://p>" + ")*" * n + " ?o }",
    "inverse paths": lambda n: "ASK { ?s " + "^" * n + "<http://p> ?o }",
    "triple terms": lambda n: "ASK { " + "<<( ?s ?p " * n + "1" + ")>>" * n + " ?q ?r }",
    "unclosed": lambda n: "SELECT * " + "{(" * n,
    "wrongly closed": lambda n: "SELECT * " + "{ ] ) " * n,
}


@pytest.mark.parametrize("name", DEEP)
@pytest.mark.parametrize("levels", [101, 1000, 5000])
def test_nesting_is_refused(name: str, levels: int) -> None:
    text = DEEP[name](levels)
    problem = refusal(text)
    if len(text) <= LIMITS.max_query_bytes:
        assert problem.limit is not None
        assert problem.code == "query-too-complex"
        assert problem.limit.name in ("max_depth", "max_triple_patterns")


@pytest.mark.parametrize("name", [name for name in DEEP if not name.endswith("closed")])
def test_reasonable_nesting_passes(name: str) -> None:
    assert inspect(DEEP[name](10), LIMITS)


CHAINS = {
    "or": ("max_operators", lambda n: "ASK { FILTER(true" + "||true" * n + ") }"),
    "plus": ("max_operators", lambda n: "ASK { FILTER(1" + "+1" * n + ") }"),
    "union": ("max_operators", lambda n: "ASK { {}" + "UNION{}" * n + " }"),
    "optional": ("max_operators", lambda n: "ASK {" + "OPTIONAL{}" * n + " }"),
    "bind": ("max_operators", lambda n: "ASK {" + "".join(f"BIND(1 AS ?v{i})" for i in range(n)) + " }"),
    "projection": ("max_operators", lambda n: "SELECT " + "".join(f"(1 AS ?v{i})" for i in range(n)) + " {}"),
    "values": ("max_operators", lambda n: "ASK {" + "".join(f"VALUES ?v{i} {{1}}" for i in range(n)) + " }"),
    "patterns": ("max_triple_patterns", lambda n: "ASK {" + "?s ?p ?o." * n + " }"),
    "semicolons": ("max_triple_patterns", lambda n: "ASK { ?s ?p ?o" + ";?p ?o" * n + " }"),
    "commas": ("max_triple_patterns", lambda n: "ASK { ?s ?p ?o" + ",?o" * n + " }"),
    "bnode lists": ("max_triple_patterns", lambda n: "ASK { ?s ?p ?o" + ", [ a ?c ]" * n + " }"),
    "collection": ("max_triple_patterns", lambda n: "ASK { ?s ?p (" + " 1" * n + ") }"),
    "collection subject": ("max_triple_patterns", lambda n: "ASK { (" + " ?x" * n + ") ?p ?o }"),
    "graphs": ("max_triple_patterns", lambda n: "ASK {" + "GRAPH ?g {}" * n + "}"),
    "groups": ("max_triple_patterns", lambda n: "ASK {" + "{?s ?p ?o}" * n + "}"),
    "sequence": ("max_path_steps", lambda n: "ASK { ?s " + "/".join(["<http://p>"] * n) + " ?o }"),
    "alternatives": ("max_path_steps", lambda n: "ASK { ?s " + "|".join(["<http://p>"] * n) + " ?o }"),
    "path of paths": ("max_path_steps", lambda n: "ASK { ?s " + "/".join(["(<http://p>|^a)"] * n) + " ?o }"),
    "negated set": ("max_path_steps", lambda n: "ASK { ?s !(" + "|".join(["a"] * n) + ") ?o }"),
    "many short paths": (
        "max_triple_patterns",
        lambda n: "ASK {" + "?s <http://p>/<http://q> ?o ." * n + "}",
    ),
}


@pytest.mark.parametrize("name", CHAINS)
def test_chains_are_refused(name: str) -> None:
    limit, make = CHAINS[name]
    problem = refusal(make(getattr(LIMITS, limit) + 1))
    assert problem.limit is not None
    assert problem.limit.name == limit
    assert problem.where is not None
    assert problem.advice
    assert inspect(make(getattr(LIMITS, limit) // 8), LIMITS)


def test_length() -> None:
    text = "ASK {}" + "#" * LIMITS.max_query_bytes
    assert (refusal(text).status, refusal(text).code) == (413, "query-too-long")
    assert inspect(text[: LIMITS.max_query_bytes], LIMITS)


def test_length_counts_bytes() -> None:
    assert refusal("ASK {} #" + "ä" * (LIMITS.max_query_bytes // 2)).code == "query-too-long"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("SELECT * {\n ?s ?p 'x }", 2, 8),
        ("", 1, 1),
        ("# only\n", 2, 1),
        ("\nFROBNICATE {}", 2, 1),
        ("?x", 1, 1),
    ],
)
def test_what_is_no_query_says_where(text: str, line: int, column: int) -> None:
    problem = refusal(text)
    assert problem.code == "query-syntax"
    assert problem.where is not None
    assert (problem.where.line, problem.where.column) == (line, column)


def test_dataset_clauses_and_prefixes_are_found() -> None:
    report = inspect(
        "BASE <http://b/> PREFIX e: <http://e/>\n# FROM <x>\nSELECT ?from FROM e:a FROM <c> FROM NAMED e:b "
        "{ GRAPH ?g { ?s e:FROM 'FROM <d>' } }",
        LIMITS,
    )
    assert report.clauses == ((False, "e:a"), (False, "<c>"), (True, "e:b"))
    assert report.prefixes == {"e": "http://e/"}
    assert report.prologue.startswith("BASE <http://b/> PREFIX e: <http://e/>")


@pytest.mark.parametrize("clause", ["FROMe:g", "FROM<http://e/g>FROMNAMEDe:g", "FROMNAMED<http://e/g>"])
def test_glued_dataset_clauses_are_refused(clause: str) -> None:
    """The engine reads them; a dataset that the gate has not seen would be answered without the merge."""
    assert refusal("PREFIX e: <http://e/> SELECT * " + clause + " { ?s ?p ?o }").code == "query-syntax"


@pytest.mark.parametrize("call", ["RAND()", "now()", "UUID()", "STRUUID()", "BNODE()"])
def test_volatile_queries_are_known(call: str) -> None:
    assert inspect(f"SELECT ({call} AS ?x) {{}}", LIMITS).volatile
    assert not inspect(f"SELECT * {{ ?rand ?p '{call}' }}", LIMITS).volatile


def outcome_of(text: str) -> Report | Problem:
    try:
        return inspect(text, LIMITS)
    except Problem as problem:
        return problem


WORDS = [
    "SERVICE",
    "silent",
    "SELECT",
    "ASK",
    "CONSTRUCT",
    "WHERE",
    "FILTER",
    "OPTIONAL",
    "GRAPH",
    "VALUES",
    "BIND",
    "EXISTS",
    "UNION",
    "MINUS",
    "FROM",
    "NAMED",
    "PREFIX",
    "BASE",
    "true",
    "1e5",
    "1.",
    "@en",
    "_:b",
    "x:",
    "x:a",
    ":",
    "?v",
    "'s'",
    '"s"',
    "<http://127.0.0.1:9/>",
    "\\u0053",
    "%41",
    "IN",
    "NOT",
    "REGEX",
    "AS",
    "LATERAL",
    "a",
    "1",
    "<<",
    ">>",
    "{|",
    "|}",
    "||",
    "&&",
    "^^",
    "'''",
]
PIECES = st.sampled_from([*WORDS, *"{}()[]<>!-+^/|.,;*=?$@#:\\\"'", " ", "\n", '"""'])
SOUP = st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=200)


@settings(max_examples=400, deadline=None)
@given(SOUP)
@example("SELECT * { SERVICE:a { } }")
def test_any_text_gets_a_report_or_a_problem(text: str) -> None:
    for whole in (text, "SELECT * {" + text, "PREFIX x: <http://127.0.0.1:9/> ASK {" + text + "}"):
        outcome = outcome_of(whole)
        assert isinstance(outcome, Report) or (400 <= outcome.status < 500 and outcome.detail)


PREFIXES = "PREFIX : <http://127.0.0.1:9/> PREFIX x: <http://127.0.0.1:9/> "
BEFORE = st.sampled_from(
    """
    ?s ?p true|?s ?p 1|?s ?p 1.5|?s ?p 'a'@en|?s ?p x:a|?s ?p ?o|?s ?p _:b|{}|FILTER(1<2)|?s ?p 'a'|?s ?p <a:b>
    |OPTIONAL{}|BIND(1 AS ?z)|VALUES ?y{1}|?s a x:|?s ?p ()|?s ?p 1e5|?s ?p 'a'^^x:t|?s ?p x:a.b|?s ?p []|GRAPH x:g{}|
    """.strip().split("|")
)
GLUE = st.sampled_from(["", " ", ".", "\n", "#c\n", " . "])
TARGET = st.sampled_from(["x:a", ":a", ":", "<http://127.0.0.1:9/>", "?e", "x:"])


@settings(max_examples=300, deadline=None)
@given(
    BEFORE,
    GLUE,
    st.sampled_from(["SERVICE", "service", "SeRvIcE"]),
    GLUE,
    st.sampled_from(["", "SILENT"]),
    GLUE,
    TARGET,
)
def test_the_gate_refuses_whatever_the_engine_reads_as_service(
    before: str, glue1: str, word: str, glue2: str, silent: str, glue3: str, target: str
) -> None:
    """Oxigraph itself refuses port 9, so trying is harmless; what it tries, the gate must have refused."""
    text = f"{PREFIXES}SELECT * {{ {before}{glue1}{word}{glue2}{silent}{glue3}{target}{{ ?q ?q ?q }} }}"
    if isinstance(outcome_of(text), Problem):
        return
    try:
        list(ox.Store().query(text.replace("SILENT", "")))
    except SyntaxError:
        return
    except (OSError, RuntimeError) as error:
        pytest.fail(f"the engine read SERVICE in {text!r}: {error}")
