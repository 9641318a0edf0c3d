"""Runs the web application under granian: one process, since each would hold a pool of its own.

Not granian's WSGI interface: there a request whose body never arrives holds a thread for ever, nothing tells
that a client has gone, and an answer that breaks off ends as if it were whole (measured; see `gateway`).
"""

from __future__ import annotations

import os
from dataclasses import fields

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from service.app import announced_app
from service.compression import Compression
from service.gateway import Gateway
from service.repeats import Repeats
from service.settings import MAX_BODY_BYTES, PREFIX, Settings
from service.sparql import sandbox

HEADER_SECONDS = 10
REPEATS_BYTES = 64 << 20


def application() -> Gateway:
    """What granian's process runs."""
    sandbox.die_with_parent()  # granian's first process, killed, would leave this one and its port behind
    settings = Settings.from_environment()
    app = announced_app(settings)
    own = app.extensions["mentorgraph"]
    repeats = Repeats(REPEATS_BYTES, lambda: own["engine"].release_id, own["observers"])
    return Gateway(
        Compression(app.wsgi_app),
        settings.server_threads,
        MAX_BODY_BYTES,
        settings.reading_timeout_s,
        repeats,
    )


def run(settings: Settings) -> None:
    """Serve until interrupted. The settings travel to granian's process in the environment."""
    for item in fields(settings):
        value = getattr(settings, item.name)
        if value is not None:
            os.environ[PREFIX + item.name.upper()] = str(value)
    Granian(
        "service.server:application",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        workers=1,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
    ).serve()
