"""Candidates as an SSSOM table (https://w3id.org/sssom): CURIEs, and for every row its reasons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from importlib.metadata import version

from kb.linking.records import Candidate, Kind
from ontology import namespaces as ns

COLUMNS = (
    "subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification",
    "confidence", "match_string", "comment",
)  # fmt: skip
_SEMAPV = "https://w3id.org/semapv/vocab/"
_FIXED = {"semapv": _SEMAPV, "skos": ns.SKOS, "owl": ns.OWL, "schema": ns.SCHEMA}
_NAMESPACE = re.compile(r"(?P<start>.*[#/:])(?P<rest>[^#/:]+)", re.DOTALL)


def to_table(candidates: Sequence[Candidate], kind: Kind, source: str, target: str) -> str:
    """The table as text; `source` and `target` say where both sides came from. It has no date of its own."""
    prefixes = _prefixes(iri for c in candidates for iri in (c.source.iri, c.target.iri))
    header = {
        "sssom_version": "1.1",
        "mapping_set_id": f"{ns.LINKS}candidates/{kind}",
        "mapping_set_title": f"Candidates for links: {kind}",
        "mapping_set_description": f"{_cell(source)} and {_cell(target)}, compared by machine; not reviewed",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "mapping_tool": "mentorgraph link discover",
        "mapping_tool_version": version("mentorgraph"),
    }
    lines = [f"#{key}: {_quoted(value)}" for key, value in header.items()]
    lines.append("#curie_map:")
    lines += [f"#  {prefix}: {_quoted(start)}" for start, prefix in sorted(prefixes.items(), key=_by_prefix)]
    lines.append("\t".join(COLUMNS))
    lines += ["\t".join(_row(candidate, prefixes)) for candidate in candidates]
    return "\n".join(lines) + "\n"


def _by_prefix(item: tuple[str, str]) -> str:
    return item[1]


def _row(candidate: Candidate, prefixes: dict[str, str]) -> list[str]:
    one, other = candidate.source, candidate.target
    reasons = "; ".join(f"{e.feature} {e.weight:+.2f} ({e.said})" for e in candidate.evidence)
    return [
        _curie(one.iri, prefixes), _cell(one.label), _curie(candidate.predicate, prefixes),
        _curie(other.iri, prefixes), _cell(other.label), "semapv:CompositeMatching",
        f"{candidate.score:.3f}", _cell(one.label), _cell(reasons),
    ]  # fmt: skip


def _cell(text: str) -> str:
    """`text` in one line without tabs, and without the bar that parts values."""
    return re.sub(r"\s+", " ", text).replace("|", "/").strip()


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _prefixes(iris: Iterable[str]) -> dict[str, str]:
    """Namespace → prefix, for all that stand in the table; known prefixes keep their names."""
    known = {start: prefix for prefix, start in {**ns.PREFIXES, **_FIXED}.items()}
    found = {start: prefix for prefix, start in _FIXED.items()}
    for start in sorted({start for iri in iris if (start := _parted(iri)[0])}):
        if start not in found:
            found[start] = known.get(start, f"n{len(found) - len(_FIXED) + 1}")
    return found


def _parted(iri: str) -> tuple[str, str]:
    if iri.startswith(ns.ID):
        return ns.ID, iri.removeprefix(ns.ID)
    match = _NAMESPACE.fullmatch(iri)
    return (match["start"], match["rest"]) if match else ("", iri)


def _curie(iri: str, prefixes: dict[str, str]) -> str:
    start, rest = _parted(iri)
    return f"{prefixes[start]}:{rest}" if start else _cell(rest)
