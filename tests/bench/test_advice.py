"""The made-up catalogue of the benchmark of advice; nothing is timed here."""

from __future__ import annotations

from bench.advice import many
from kb.local import LocalStore
from kb.release import Release
from recommender.profile import Profile
from recommender.ranking import rank
from service.advice.library import read_catalogue


def test_a_large_catalogue_has_the_sizes_and_is_ranked_whole(release: Release) -> None:
    catalogue = read_catalogue(release.id, LocalStore(release.path).rows)
    large = many(catalogue, methods=120, pilots=50)
    assert (len(large.methods), len(large.pilots)) == (120, 50)
    assert all(use.pilot in large.pilots for method in large.methods.values() for use in method.uses)
    assert many(catalogue, 120, 50) == large
    found = rank(Profile(goal="help each other", schools="one"), large)
    assert len(found.suggestions) + len(found.ruled_out) == 120
