"""The table of settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.settings import Settings, table


def test_defaults_environment_and_choice() -> None:
    environment = {
        "MENTORGRAPH_QUERY_TIMEOUT_MS": "5",
        "MENTORGRAPH_DOCUMENTS": "/x",
        "MENTORGRAPH_PORT": "1",
    }
    settings = Settings.from_environment(environment, port=2, host=None)
    assert settings.query_timeout_ms == 5
    assert settings.documents == Path("/x")
    assert settings.port == 2
    assert settings.host == "127.0.0.1"
    assert settings.release == Path("releases/current")


@pytest.mark.parametrize("value", ["ten", "0", "-1", "1.5"])
def test_wrong_values_name_the_variable(value: str) -> None:
    with pytest.raises(ValueError, match="MENTORGRAPH_QUERY_WORKERS"):
        Settings.from_environment({"MENTORGRAPH_QUERY_WORKERS": value})


def test_every_setting_has_help() -> None:
    for variable, _, text in table():
        assert variable.startswith("MENTORGRAPH_")
        assert text.endswith(".")


def test_the_defaults_keep_a_place_and_threads_free() -> None:
    """One client cannot hold all places, and waiting queries cannot hold all threads of the server."""
    settings = Settings()
    places = settings.query_workers + settings.slow_queries
    assert settings.per_client_concurrency < places
    assert settings.server_threads > settings.queue_length + places
