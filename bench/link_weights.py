"""Fit the weights of link discovery's features on names taken out of label lists; print them.

python -m bench.link_weights organisations TARGETS/ror.tsv
python -m bench.link_weights concepts TARGETS/eurovoc.tsv TARGETS/unesco.tsv
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
from sklearn.linear_model import LogisticRegression

from kb.linking import weights as w
from kb.linking.heldout import take_out
from kb.linking.loading import load
from kb.linking.records import Kind
from kb.linking.things import Index

_ROUNDS = 3
_QUESTIONS = 1500


@click.command()
@click.argument("kind", type=click.Choice([Kind.ORGANISATIONS.value, Kind.CONCEPTS.value]))
@click.argument("lists", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--seed", default=0, show_default=True)
def main(kind: str, lists: tuple[Path, ...], seed: int) -> None:
    """Logistic regression over all candidates of the questions about the half to develop on.

    A pair of records is told by its pair of names that scores best; so each round fits on what the weights of
    the round before chose.
    """
    chosen = Kind(kind)
    names = [name for name in w.FEATURES[chosen] if name not in ("start", *w.BY_HAND)]
    asked = []
    for path in lists:
        for with_country in (False, True) if chosen is Kind.ORGANISATIONS else (False,):
            questions = take_out(load(path, chosen), seed, _QUESTIONS, _QUESTIONS // 2, True, with_country)
            index = Index(questions.targets, chosen)
            asked.append((questions.answers, index, list(index.candidates(questions.sources))))
    for _ in range(_ROUNDS):
        rows, right = [], []
        for answers, index, found in asked:
            for source, pairs in found:
                for n, names_of_pair in pairs.items():
                    told = index.comparer.best_features(source, index.records[n], names_of_pair)
                    rows.append([told.get(name, (0.0, ""))[0] for name in names])
                    right.append(answers[source.iri] == index.records[n].iri)
        model = LogisticRegression(C=10.0, max_iter=2000).fit(np.array(rows), np.array(right))
        fitted = dict(zip(names, model.coef_[0], strict=True))
        w.FEATURES[chosen].update(
            {
                "start": round(float(model.intercept_[0]), 2),
                **{n: round(float(v), 2) for n, v in fitted.items()},
            }
        )
        click.echo(f"{len(rows):,} pairs, {sum(right):,} right: {w.FEATURES[chosen]}")
    leads, right = [], []
    for answers, index, found in asked:
        for source, pairs in found:
            scored = sorted(
                (
                    index.comparer.score(source, index.records[n], names_of_pair)
                    for n, names_of_pair in pairs.items()
                ),
                key=lambda s: -s.score,
            )
            if len(scored) > 1:
                leads.append([scored[0].log_odds, min(w.MOST_LEAD, scored[0].log_odds - scored[1].log_odds)])
                right.append(answers[source.iri] == scored[0].record.iri)
    lead = LogisticRegression(C=10.0).fit(np.array(leads), np.array(right))
    click.echo(f"lead: start {lead.intercept_[0]:.2f}, log-odds and lead {lead.coef_[0].round(2)}")


if __name__ == "__main__":
    main()
