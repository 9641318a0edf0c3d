"""The table of settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from service.cli import main
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


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ({"max_spool_mb": 500}, "MAX_SPOOL_MB=500 and MENTORGRAPH_MAX_RESULT_MB=256.*at least 512"),
        ({"server_threads": 100}, "SERVER_THREADS=100 and MENTORGRAPH_QUEUE_LENGTH=100.*more than 100"),
        ({"max_query_bytes": 2_000_000}, "MAX_QUERY_BYTES=2000000: a request has at most 1048576"),
        ({"metrics_port": 8000}, "METRICS_PORT=8000 and MENTORGRAPH_PORT=8000"),
        (
            {"federation": "https://example.org/sparql", "federation_timeout_ms": 20_000},
            "FEDERATION_TIMEOUT_MS=20000.*less than QUERY_TIMEOUT_MS=10000",
        ),
        ({"federation": "https://example.org/sparql ftp://example.org/"}, "FEDERATION: ftp://example.org/: "),
        ({"federation": "https://me:secret@example.org/sparql"}, "FEDERATION: .*password"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(chosen: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Settings(**chosen)


def test_the_server_does_not_start_with_them() -> None:
    done = CliRunner().invoke(main, ["serve"], env={"MENTORGRAPH_MAX_SPOOL_MB": "500"})
    assert done.exit_code == 1
    assert done.output.startswith("Error: MENTORGRAPH_MAX_SPOOL_MB=500 and MENTORGRAPH_MAX_RESULT_MB=256")
    assert "Traceback" not in done.output


def test_endpoints_are_listed_with_blanks_between() -> None:
    assert Settings(federation=" https://a.example/x \n https://b.example/y").services == (
        "https://a.example/x",
        "https://b.example/y",
    )


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
