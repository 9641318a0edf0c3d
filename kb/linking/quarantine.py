"""Quarantine: fetched data wait outside of every release until a person has looked at them.

A folder for each fetch holds the raw answers as they came, the same mapped to N-Quads in one named graph with
its provenance, and `fetch.json`, which says whence, when and with which hash. Accepted data become a file of
the knowledge base, `kb/foreign/<name>.nq`, and with the next build a named graph of others' statements,
outside reasoning, and marked with source, licence and the person who accepted them.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pyoxigraph as ox

from kb.linking.connectors import Connector
from kb.linking.foreign_data import Reading, UnreadableError, usable
from kb.sources import display, read_bytes
from ontology import namespaces as ns
from ontology.complaints import Complaint, SourceError

FOREIGN = ns.ID + "foreign/"
WAITING, ACCEPTED, REJECTED = "waiting", "accepted", "rejected"
_DATA, _SLIP = "data.nq", "fetch.json"


class QuarantineError(Exception):
    """What was asked for is not in quarantine, or was decided before."""


@dataclass
class Fetched:
    """The slip of one fetch. Times are UTC in ISO 8601; `sha256` are those of the raw answers, in order."""

    id: str
    name: str
    title: str
    address: str
    licence: str
    fetched: str
    tool: str
    sha256: list[str]
    things: int
    statements: int
    left_out: list[str] = field(default_factory=list)
    state: str = WAITING
    by: str = ""
    reason: str = ""
    decided: str = ""


def keep(
    folder: Path, connector: Connector, address: str, pages: Sequence[bytes], now: datetime | None = None
) -> Fetched:
    """Read the answers and put them into quarantine, all or nothing; raises `UnreadableError`.

    The same answers again are the same fetch: what was decided about them holds.
    """
    whole = Reading()
    for page in pages:
        reading = connector.read(page)
        whole.triples += reading.triples
        whole.things |= reading.things
        whole.left_out += reading.left_out
    if not whole.things:
        detail = f"Nothing that could be used came from {connector.title}."
        raise UnreadableError(detail, "; ".join(whole.left_out[:3]) or "Ask for something else.")
    hashes = [hashlib.sha256(page).hexdigest() for page in pages]
    identifier = f"{connector.name}-{hashlib.sha256(''.join([address, *hashes]).encode()).hexdigest()[:12]}"
    if (folder / identifier / _SLIP).is_file():
        return _slip(folder / identifier)
    when = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    triples = sorted(set(map(str, whole.triples)))
    fetched = Fetched(
        identifier, connector.name, connector.title, address, connector.licence, when,
        f"mentorgraph {version('mentorgraph')}", hashes, len(whole.things), len(triples),
        sorted(set(whole.left_out)),
    )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as made:
        for number, page in enumerate(pages):
            (Path(made) / f"raw-{number:03}").write_bytes(page)
        lines = [*(f"{t} {_graph(fetched)} .\n" for t in triples), *_provenance(fetched)]
        (Path(made) / _DATA).write_text("".join(sorted(lines)), encoding="utf-8")
        _write_slip(Path(made), fetched)
        Path(made).chmod(0o755)
        os.rename(made, folder / identifier)  # noqa: PTH104 - a directory, in one step
        Path(made).mkdir()  # what the context manager expects to remove
    return fetched


def listed(folder: Path) -> list[Fetched]:
    """All fetches, the oldest first."""
    found = [_slip(path.parent) for path in folder.glob(f"*/{_SLIP}")] if folder.is_dir() else []
    return sorted(found, key=lambda one: (one.fetched, one.id))


def data(folder: Path, identifier: str) -> list[ox.Quad]:
    """The mapped statements of a fetch, with their provenance."""
    fetched = one(folder, identifier)
    return list(ox.parse(path=str(folder / fetched.id / _DATA), format=ox.RdfFormat.N_QUADS))


def one(folder: Path, identifier: str) -> Fetched:
    """The slip of a fetch; raises `QuarantineError`."""
    found = [fetched for fetched in listed(folder) if fetched.id == identifier]
    if not found:
        known = ", ".join(fetched.id for fetched in listed(folder)) or "nothing"
        raise QuarantineError(f"{identifier} is not in quarantine ({folder}). There: {known}.")
    return found[0]


def decide(folder: Path, identifier: str, state: str, by: str, reason: str, foreign: Path) -> Fetched:
    """Accept or reject a fetch, in the name of a person and with a reason. A decision can be changed.

    Accepting writes `<foreign>/<name>.nq`, in place of what was accepted of that name before; rejecting what
    was accepted takes that file out again. Both act with the next build.
    """
    if not by.strip() or not reason.strip():
        raise QuarantineError("Say who decides, and why.")
    fetched = one(folder, identifier)
    target = foreign / f"{fetched.name}.nq"
    previous = [
        o for o in listed(folder) if o.name == fetched.name and o.state == ACCEPTED and o.id != fetched.id
    ]
    was_accepted = fetched.state == ACCEPTED
    fetched.state, fetched.by, fetched.reason = state, by.strip(), reason.strip()
    fetched.decided = datetime.now(UTC).isoformat(timespec="seconds")
    if state == ACCEPTED:
        foreign.mkdir(parents=True, exist_ok=True)
        text = (folder / fetched.id / _DATA).read_text(encoding="utf-8") + "".join(_decision(fetched))
        part = target.with_suffix(".part")
        part.write_text(text, encoding="utf-8")
        part.replace(target)
        for old in previous:
            old.state, old.reason = REJECTED, f"replaced by {fetched.id}"
            _write_slip(folder / old.id, old)
    elif was_accepted:
        target.unlink(missing_ok=True)
    _write_slip(folder / fetched.id, fetched)
    return fetched


def accepted(files: Sequence[Path]) -> list[ox.Quad]:
    """The statements of accepted files; raises one `SourceError` with all that must not be in them."""
    quads: list[ox.Quad] = []
    complaints: list[Complaint] = []
    for path in files:
        graph, shown = FOREIGN + path.stem, display(path)
        try:
            read = list(ox.parse(input=read_bytes(path), format=ox.RdfFormat.N_QUADS))
        except SyntaxError as error:
            advice = "accept the fetch again"
            complaints.append(Complaint(shown, error.lineno or 0, 0, "foreign", error.msg, advice))
            continue
        strange = [q for q in read if not _belongs(q, graph)]
        if strange:
            message = f"{len(strange)} statements that are not of {graph}, the first: {strange[0]}"
            advice = "only others' IRIs as subjects, no blank nodes, all in the graph of the file's name"
            complaints.append(Complaint(shown, 0, 0, "foreign", message, advice))
        quads += read
    if complaints:
        raise SourceError(complaints)
    return quads


def _belongs(quad: ox.Quad, graph: str) -> bool:
    subject = quad.subject
    if not isinstance(subject, ox.NamedNode) or isinstance(quad.object, ox.BlankNode | ox.Triple):
        return False
    theirs = usable(subject.value) or subject.value.startswith(graph)
    return theirs and quad.graph_name == ox.NamedNode(graph)


def _slip(folder: Path) -> Fetched:
    return Fetched(**json.loads((folder / _SLIP).read_text(encoding="utf-8")))


def _write_slip(folder: Path, fetched: Fetched) -> None:
    text = json.dumps(asdict(fetched), ensure_ascii=False, indent=1) + "\n"
    part = folder / (_SLIP + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(folder / _SLIP)


def _graph(fetched: Fetched) -> ox.NamedNode:
    return ox.NamedNode(FOREIGN + fetched.name)


def _provenance(fetched: Fetched) -> list[str]:
    """Who made the graph, from what and when (PROV-O), in the graph itself."""
    graph, run = _graph(fetched).value, f"{FOREIGN}{fetched.name}/{fetched.id}"
    time = ox.NamedNode(ns.XSD + "dateTime")
    said: list[tuple[str, str, ox.NamedNode | ox.Literal]] = [
        (graph, ns.RDF + "type", ox.NamedNode(ns.PROV + "Entity")),
        (graph, ns.DCT + "title", ox.Literal(f"Statements of {fetched.title}", language="en")),
        (graph, ns.PROV + "wasGeneratedBy", ox.NamedNode(run)),
        (graph, ns.PROV + "generatedAtTime", ox.Literal(fetched.fetched, datatype=time)),
        (run, ns.RDF + "type", ox.NamedNode(ns.PROV + "Activity")),
        (run, ns.RDFS + "label", ox.Literal(f"{fetched.tool}: {fetched.name} fetched", language="en")),
        (run, ns.PROV + "endedAtTime", ox.Literal(fetched.fetched, datatype=time)),
    ]
    if fetched.address.startswith(("https://", "http://")):
        said.append((graph, ns.PROV + "wasDerivedFrom", ox.NamedNode(fetched.address)))
        said.append((run, ns.PROV + "used", ox.NamedNode(fetched.address)))
    if fetched.licence:
        said.append((graph, ns.DCT + "license", ox.NamedNode(fetched.licence)))
    return [_line(fetched, *triple) for triple in said]


def _decision(fetched: Fetched) -> list[str]:
    run = f"{FOREIGN}{fetched.name}/{fetched.id}"
    text = f"Accepted by {fetched.by} on {fetched.decided[:10]}: {fetched.reason}"
    return [_line(fetched, run, ns.RDFS + "comment", ox.Literal(text, language="en"))]


def _line(fetched: Fetched, subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> str:
    return f"{ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value)} {_graph(fetched)} .\n"
