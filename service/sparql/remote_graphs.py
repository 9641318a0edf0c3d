"""The graphs that `mentorgraph publish` adds to a release in an outside store, for engines to know it by.

The release's id is the end of a graph's name, so that the default graph has no statement more: what the graph
says (MARK), the release says of itself already.
"""

from __future__ import annotations

from ontology import namespaces as ns

PUBLISHED = ns.GRAPH_RELEASE + "/published/"
EVERYTHING = ns.GRAPH_RELEASE + "/everything"  # the default graph, for stores that have none of their own
MARK = (ns.GRAPH_RELEASE, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", ns.VOID + "Dataset")
WHICH = "SELECT DISTINCT ?g WHERE { GRAPH ?g { <%s> <%s> <%s> } }" % MARK  # noqa: UP031  (braces)


def release_in(graphs: list[str]) -> tuple[str, str]:
    """(release id, ""), or ("", why none) from the graphs that hold MARK."""
    found = [name.removeprefix(PUBLISHED) for name in graphs if name.startswith(PUBLISHED)]
    if len(found) == 1:
        return found[0], ""
    if found:
        return "", f"The store holds the marks of {len(found)} releases."
    return "", "The store holds no release, or one is being loaded."
