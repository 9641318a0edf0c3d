"""Generates a release shaped like ours in any size: methods, pilots, statements, a graph for each passage."""

from __future__ import annotations

import gzip
import io
import json
import random
from collections.abc import Iterator
from pathlib import Path

ID = "https://w3id.org/school-mentoring/id/"
SMM = "https://w3id.org/school-mentoring/ontology#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCT = "http://purl.org/dc/terms/"
RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
INTEGER = "<http://www.w3.org/2001/XMLSchema#integer>"
WORDS = (
    *("trust", "time", "peer", "mentor", "leader", "pupil", "practice", "shared"),
    *("goal", "digital", "visit", "plan", "lesson", "network", "support", "school"),
)
STATUSES = ("Used", "Planned", "Considered")
PHASES_PER_MODEL = 6

Triple = tuple[str, str, str]


def write(folder: Path, triples: int, seed: int = 7) -> Path:
    """A release folder with about `triples` statements in the default graph; one seed, same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    packed = gzip.GzipFile(folder / "dataset.nq.gz", "wb", compresslevel=1, mtime=0)
    with packed, io.TextIOWrapper(packed, encoding="utf-8") as file:
        for graph, (subject, verb, node) in passages(triples, random.Random(seed)):
            file.write(f"{subject} {verb} {node} .\n{subject} {verb} {node} {graph} .\n")
    (folder / "manifest.json").write_text(
        json.dumps({"id": f"generated-{triples}-{seed}", "triples": triples})
    )
    return folder


def size(folder: Path) -> int | None:
    """About how many statements were generated into a folder; None for a release that was built."""
    triples: int | None = json.loads((folder / "manifest.json").read_text()).get("triples")
    return triples


def passages(triples: int, chance: random.Random) -> Iterator[tuple[str, Triple]]:
    """(graph, statement) pairs: a vocabulary first, then passages that each state one thing, until enough."""
    written = 0
    scale = max(1, triples // 1000)
    sizes = {"factor": 40, "source": 20 + scale, "method": 20 + scale, "pilot": 20 + 2 * scale, "model": 10}
    for statement in vocabulary(sizes, chance):
        written += 1
        yield iri("editorial"), statement
    number = 0
    while written < triples:
        number += 1
        document = iri(f"document/d{number % 25}")
        passage = iri(f"passage/d{number % 25}/L{number}")
        description = [
            (passage, RDF_TYPE, smm("Passage")),
            (passage, f"<{DCT}isPartOf>", document),
            (passage, smm("section"), f'"{number % 9}.{number % 7}"'),
            (passage, smm("firstLine"), f'"{number}"^^{INTEGER}'),
            (passage, smm("anchor"), text(chance, 9)),
        ]
        for statement in description:
            yield iri(f"passages/d{number % 25}"), statement
        stated = (
            statement_about(number, sizes, chance) if number % 3 else use_of_method(number, sizes, chance)
        )
        for statement in stated:
            yield passage, statement
        written += len(description) + len(stated)


def vocabulary(sizes: dict[str, int], chance: random.Random) -> Iterator[Triple]:
    """Things with labels: factors, sources, phases in order, methods that build on one another, pilots."""
    for kind, name in (
        ("factor", "SuccessFactor"),
        ("source", "Source"),
        ("method", "Method"),
        ("pilot", "Pilot"),
    ):
        for number in range(sizes[kind]):
            yield from labelled(iri(f"{kind}/{number}"), name, chance)
    for number in range(30):
        yield from labelled(iri(f"country/{number}"), "Country", chance)
    for model in range(sizes["model"]):
        for order in range(PHASES_PER_MODEL):
            phase = iri(f"phase/{model}/{order}")
            yield from labelled(phase, "Phase", chance)
            yield phase, smm("phaseOf"), iri(f"model/{model}")
            if order + 1 < PHASES_PER_MODEL:
                yield phase, smm("nextPhase"), iri(f"phase/{model}/{order + 1}")
    for number in range(sizes["method"]):
        method = iri(f"method/{number}")
        yield method, smm("servesPhase"), a_phase(sizes, chance)
        if number:
            yield method, smm("requires"), iri(f"method/{chance.randrange(number)}")
    for number in range(sizes["pilot"]):
        pilot = iri(f"pilot/{number}")
        yield pilot, smm("inCountry"), iri(f"country/{chance.randrange(30)}")
        if number % 3:
            yield pilot, smm("followsProcessModel"), iri(f"model/{chance.randrange(sizes['model'])}")


def statement_about(number: int, sizes: dict[str, int], chance: random.Random) -> list[Triple]:
    statement = iri(f"statement/{number}")
    return [
        (statement, RDF_TYPE, smm("Statement")),
        (statement, smm("expresses"), iri(f"factor/{int(chance.triangular(0, sizes['factor'], 0))}")),
        (statement, smm("statedBy"), iri(f"source/{chance.randrange(sizes['source'])}")),
        (statement, smm("appliesTo"), iri(f"method/{chance.randrange(sizes['method'])}")),
        (statement, smm("text"), text(chance, 14)),
    ]


def use_of_method(number: int, sizes: dict[str, int], chance: random.Random) -> list[Triple]:
    use = iri(f"method-use/{number}")
    return [
        (use, RDF_TYPE, smm("MethodUse")),
        (use, smm("useOf"), iri(f"method/{chance.randrange(sizes['method'])}")),
        (use, smm("inPilot"), iri(f"pilot/{chance.randrange(sizes['pilot'])}")),
        (use, smm("inPhase"), a_phase(sizes, chance)),
        (use, smm("useStatus"), smm(chance.choice(STATUSES))),
    ]


def labelled(thing: str, name: str, chance: random.Random) -> Iterator[Triple]:
    yield thing, RDF_TYPE, smm(name)
    yield thing, f"<{SKOS}prefLabel>", text(chance, 3) + "@en"


def a_phase(sizes: dict[str, int], chance: random.Random) -> str:
    return iri(f"phase/{chance.randrange(sizes['model'])}/{chance.randrange(PHASES_PER_MODEL)}")


def iri(name: str) -> str:
    return f"<{ID}{name}>"


def smm(name: str) -> str:
    return f"<{SMM}{name}>"


def text(chance: random.Random, words: int) -> str:
    return '"' + " ".join(chance.choices(WORDS, k=words)) + '"'
