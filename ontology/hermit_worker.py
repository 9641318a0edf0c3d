"""Run HermiT over one N-Triples file and print the verdict as JSON: a process that `consistency` starts.

owlready2 imports modules and fetches ontologies that data name. The caller refuses such data; here
connections are forbidden too, so that a mistake there cannot reach out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import owlready2
from owlready2.base import OwlReadyInconsistentOntologyError, OwlReadyJavaError


def refuse_connections(event: str, _: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.getaddrinfo", "urllib.Request"):
        raise PermissionError("reasoning needs no network")


def reason(path: Path) -> dict[str, object]:
    """``consistent``, the IRIs of ``unsatisfiable`` classes, and Java's ``error`` if it failed."""
    world = owlready2.World()
    with path.open("rb") as stream:
        world.get_ontology("http://localhost/checked#").load(fileobj=stream, only_local=True)
    try:
        owlready2.sync_reasoner_hermit(world, debug=0, ignore_unsupported_datatypes=True)
    except OwlReadyInconsistentOntologyError:
        return {"consistent": False, "unsatisfiable": [], "error": ""}
    except OwlReadyJavaError as error:
        return {"consistent": False, "unsatisfiable": [], "error": str(error)}
    empty = sorted(c.iri for c in world.inconsistent_classes() if c is not owlready2.Nothing)
    return {"consistent": True, "unsatisfiable": empty, "error": ""}


if __name__ == "__main__":
    sys.addaudithook(refuse_connections)
    json.dump(reason(Path(sys.argv[1])), sys.stdout)
