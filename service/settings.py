"""The one table of settings: name with its unit, default, help; read from `MENTORGRAPH_<NAME>`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from kb.addresses import OutboundError, Target

PREFIX = "MENTORGRAPH_"
MAX_BODY_BYTES = 1 << 20  # of a request; not a setting


def _setting(default: Any, text: str, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"help": text})


# ruff: noqa: RUF009  (each default is a dataclasses.field)


@dataclass(frozen=True)
class Settings:
    """Everything that a deployment can choose. A field's name carries its unit, its metadata the help."""

    release: Path = _setting(
        Path("releases/current"),
        "Folder of the release to serve, or of releases: their current one, followed when it changes.",
    )
    store: str = _setting(
        "auto",
        "Where the release is held: in memory (memory), on disk (disk), or by store_memory_mb (auto). "
        "Disk is for releases too large for memory: joins take 2 to 8 times as long.",
    )
    store_memory_mb: int = _setting(
        4096, "A release that would take more memory (about 40 times its packed dataset) is served from disk."
    )
    store_folder: Path | None = _setting(
        None, "Folder for the disk copies of releases, made once for each; by default .disk beside them."
    )
    default_graph: str = _setting(
        "unnamed",
        "Default graph of a query: the dataset's own unnamed one, or the union of all graphs (union).",
    )
    engine: str = _setting(
        "embedded",
        "What answers queries: the embedded engine, or the address of an outside SPARQL 1.1 endpoint.",
    )
    engine_user: str = _setting("", "User name at the outside endpoint.")
    engine_password: str = _setting("", "Password at the outside endpoint; never logged.", secret=True)
    engine_token: str = _setting("", "Bearer token for the outside endpoint; never logged.", secret=True)
    engine_dialect: str = _setting(
        "auto",
        "Dialect of the outside endpoint: standard, virtuoso, or auto to tell by its Server header.",
    )
    engine_parameters: str = _setting(
        "",
        "Further parameters of each query to the outside endpoint, such as timeout={ms}; "
        "{ms} and {s} stand for the time limit.",
    )
    engine_queries: int = _setting(
        8, "Queries at the outside endpoint at the same time, beside those in the slow lane."
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
    reading_timeout_s: int = _setting(
        900, "Seconds in which a client must have read a large result; then the connection breaks off."
    )
    federation: str = _setting(
        "", "Endpoints that SERVICE may call: their exact addresses, separated by blanks. Empty: none."
    )
    federation_private_hosts: str = _setting(
        "",
        "Host names, separated by blanks, that endpoints in FEDERATION may have in a private network; "
        "literal addresses and localhost need no mention.",
    )
    federation_timeout_ms: int = _setting(
        5000, "Time that one endpoint has for one SERVICE clause, within the query's own."
    )
    federation_max_rows: int = _setting(10_000, "Solutions that one SERVICE clause may have.")
    federation_max_mb: int = _setting(8, "Size of what an endpoint answers to one SERVICE clause.")
    federation_max_calls: int = _setting(8, "SERVICE clauses of one query.")
    federation_concurrency: int = _setting(
        8, "Queries with SERVICE answered at the same time, one client half of them; the next is 503 or 429."
    )
    advice_concurrency: int = _setting(
        4, "Requests for advice answered at the same time; the next is answered 503."
    )
    metrics_port: int = _setting(0, "Port on 127.0.0.1 for Prometheus metrics; 0 means none.")

    @property
    def is_remote(self) -> bool:
        return self.engine != "embedded"

    @property
    def services(self) -> tuple[str, ...]:
        """The endpoints that SERVICE may call."""
        return tuple(self.federation.split())

    def __post_init__(self) -> None:
        """Refuse values that no deployment can mean. Raises ValueError naming the setting."""
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, int) and value < (
                0 if item.name in ("port", "slow_queries", "metrics_port", "proxy_hops") else 1
            ):
                raise ValueError(f"{PREFIX}{item.name.upper()}: {value} is too small")
        if self.store not in ("auto", "memory", "disk"):
            raise ValueError(f"{PREFIX}STORE: {self.store!r} is neither auto, memory nor disk")
        if self.default_graph not in ("unnamed", "union"):
            raise ValueError(f"{PREFIX}DEFAULT_GRAPH: {self.default_graph!r} is neither unnamed nor union")
        if self.engine_dialect not in ("auto", "standard", "virtuoso"):
            raise ValueError(f"{PREFIX}ENGINE_DIALECT: {self.engine_dialect!r} is none of the dialects")
        for reason in self._contradictions():
            raise ValueError(reason)

    def _contradictions(self) -> Iterator[str]:
        """Sentences that name settings which cannot hold together."""

        def names(first: str, second: str) -> str:
            one, other = getattr(self, first), getattr(self, second)
            return f"{PREFIX}{first.upper()}={one} and {PREFIX}{second.upper()}={other}"

        if self.max_spool_mb < 2 * self.max_result_mb:
            yield (
                f"{names('max_spool_mb', 'max_result_mb')}: one client's results get half of the disk for "
                f"them, which must hold the largest; set MAX_SPOOL_MB to at least {2 * self.max_result_mb}"
            )
        if self.server_threads <= self.queue_length:
            yield (
                f"{names('server_threads', 'queue_length')}: waiting queries would take every thread; "
                f"set SERVER_THREADS to more than {self.queue_length}"
            )
        if self.max_query_bytes > MAX_BODY_BYTES:
            yield (
                f"{PREFIX}MAX_QUERY_BYTES={self.max_query_bytes}: a request has at most "
                f"{MAX_BODY_BYTES} bytes; set it to no more"
            )
        if self.metrics_port and self.metrics_port == self.port:
            yield f"{names('metrics_port', 'port')}: metrics need a port of their own"
        if self.is_remote and self.default_graph == "union":
            yield f"{PREFIX}DEFAULT_GRAPH=union: what an outside endpoint's default graph is, its data decide"
        yield from self._federation_faults()

    def _federation_faults(self) -> Iterator[str]:
        if self.services and self.federation_timeout_ms > self.query_timeout_ms:
            yield (
                f"{PREFIX}FEDERATION_TIMEOUT_MS={self.federation_timeout_ms}: a SERVICE clause has no "
                f"more time than its query; set it to less than QUERY_TIMEOUT_MS={self.query_timeout_ms}"
            )
        for address in self.services:
            try:
                Target.of(address)
            except OutboundError as error:
                yield f"{PREFIX}FEDERATION: {address}: {error.detail} {error.advice}"

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
