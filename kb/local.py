"""A release in memory in this process, for the command line and tests.

It runs trusted queries only: a query that runs too long or too deep takes the process with it. The service
asks its query workers instead.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import pyoxigraph as ox

from kb.release import open_release

Row = dict[str, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]


class LocalStore:
    """The dataset of a release, loaded from its folder (``releases/current``, say)."""

    def __init__(self, folder: Path) -> None:
        self.release = open_release(folder)
        self.store = ox.Store()
        with gzip.open(self.release.dataset) as stream:
            self.store.bulk_load(input=stream.read(), format=ox.RdfFormat.N_QUADS)

    def rows(self, query: str) -> list[Row]:
        """The answers of a SELECT query; an unbound variable is left out of its row."""
        found = self.store.query(query)
        if not isinstance(found, ox.QuerySolutions):
            raise TypeError("rows() answers SELECT queries only")
        names = [variable.value for variable in found.variables]
        answers: list[Row] = []
        for solution in found:
            values = {name: solution[name] for name in names}
            answers.append({name: value for name, value in values.items() if value is not None})
        return answers
