"""The one table of settings: name with its unit, default, help; read from `MENTORGRAPH_<NAME>`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

PREFIX = "MENTORGRAPH_"


def _setting(default: Any, text: str) -> Any:
    return field(default=default, metadata={"help": text})


# ruff: noqa: RUF009  (each default is a dataclasses.field)


@dataclass(frozen=True)
class Settings:
    """Everything that a deployment can choose. A field's name carries its unit, its metadata the help."""

    release: Path = _setting(
        Path("releases/current"),
        "Folder of the release to serve, or of releases: their current one, followed when it changes.",
    )
    default_graph: str = _setting(
        "unnamed",
        "Default graph of a query: the dataset's own unnamed one, or the union of all graphs (union).",
    )
    base_iri: str = _setting(
        "https://w3id.org/school-mentoring/", "Base of relative IRIs in queries that declare none."
    )
    documents: Path | None = _setting(
        None, "Folder with the texts of the documents, where they may be shown."
    )
    host: str = _setting("127.0.0.1", "Address to listen on.")
    port: int = _setting(8000, "Port to listen on.")
    server_threads: int = _setting(
        128, "Requests handled at the same time; must exceed queue_length, so that pages are never shut out."
    )
    public_url: str = _setting(
        "", "Address that visitors use, such as https://example.org, when behind a proxy."
    )
    trusted_hosts: str = _setting("", "More host names to answer to, separated by commas.")
    proxy_hops: int = _setting(
        0, "Reverse proxies in front, whose X-Forwarded headers name the client; 0 trusts none."
    )
    query_timeout_ms: int = _setting(
        10_000, "Time that one query may take; a client may ask for less, not for more."
    )
    worker_memory_mb: int = _setting(1024, "Memory that one query may use beyond the loaded release.")
    query_workers: int = _setting(2, "Queries evaluated at the same time.")
    slow_after_ms: int = _setting(
        1000, "A query that runs longer moves to the slow lane and frees its place."
    )
    slow_queries: int = _setting(2, "Queries in the slow lane at the same time.")
    per_client_concurrency: int = _setting(
        3, "Queries of one client evaluated at the same time, at most query_workers + slow_queries - 1."
    )
    per_client_compute_s: int = _setting(
        120, "Seconds of evaluation that one client may use in a minute; its next query is answered 429."
    )
    queue_length: int = _setting(100, "Queries that may wait for their turn; the next is answered 503.")
    per_client_queue_length: int = _setting(64, "Waiting queries of one client; its next is answered 429.")
    queue_timeout_ms: int = _setting(10_000, "Time that a query may wait for its turn.")
    max_query_bytes: int = _setting(65_536, "Length of a query in UTF-8.")
    max_depth: int = _setting(100, "Nesting of brackets, groups, calls and prefix operators in a query.")
    max_triple_patterns: int = _setting(150, "Triple patterns of a query; each step of a path counts as one.")
    max_path_steps: int = _setting(50, "Steps of one property path.")
    max_operators: int = _setting(
        500, "Operators and group parts (UNION, OPTIONAL, FILTER, ||, +, …) of a query."
    )
    max_result_mb: int = _setting(256, "Size of one result; a larger one is refused, never cut.")
    max_spool_mb: int = _setting(
        4096,
        "Disk that all results on their way may take, and one client half of it; the next is answered 503.",
    )

    advice_concurrency: int = _setting(
        4, "Requests for advice answered at the same time; the next is answered 503."
    )
    metrics_port: int = _setting(0, "Port on 127.0.0.1 for Prometheus metrics; 0 means none.")

    def __post_init__(self) -> None:
        """Refuse values that no deployment can mean. Raises ValueError naming the setting."""
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, int) and value < (
                0 if item.name in ("port", "slow_queries", "metrics_port", "proxy_hops") else 1
            ):
                raise ValueError(f"{PREFIX}{item.name.upper()}: {value} is too small")
        if self.default_graph not in ("unnamed", "union"):
            raise ValueError(f"{PREFIX}DEFAULT_GRAPH: {self.default_graph!r} is neither unnamed nor union")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, **chosen: Any) -> Settings:
        """Defaults, then `MENTORGRAPH_<NAME>` variables, then `chosen` (those not None).

        Raises ValueError naming the variable for a value of the wrong type.
        """
        environment = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for item in fields(cls):
            variable = PREFIX + item.name.upper()
            if environment.get(variable):
                values[item.name] = _convert(variable, environment[variable], item.default)
        values.update({name: value for name, value in chosen.items() if value is not None})
        return cls(**values)


def _convert(variable: str, text: str, default: Any) -> Any:
    """The text of an environment variable in the type of the default; folders have no other default."""
    if isinstance(default, int):
        try:
            return int(text)
        except ValueError as error:
            raise ValueError(f"{variable}: {text!r} is not a whole number") from error
    return text if isinstance(default, str) else Path(text)


def table() -> list[tuple[str, str, str]]:
    """(environment variable, default, help) of every setting, for the documentation."""
    return [
        (PREFIX + item.name.upper(), "" if item.default is None else str(item.default), item.metadata["help"])
        for item in fields(Settings)
    ]
