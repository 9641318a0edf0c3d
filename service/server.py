"""Runs the web application under granian: one process, since each would hold a pool of its own."""

from __future__ import annotations

import os
from dataclasses import fields

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from service.settings import PREFIX, Settings

HEADER_SECONDS = 10


def run(settings: Settings) -> None:
    """Serve until interrupted. The settings travel to granian's process in the environment."""
    for item in fields(settings):
        value = getattr(settings, item.name)
        if value is not None:
            os.environ[PREFIX + item.name.upper()] = str(value)
    Granian(
        "service.app:from_environment",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=settings.server_threads,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
    ).serve()
