"""Command line of MentorGraph."""

from __future__ import annotations

import click

from service import (
    advice_commands,
    build_commands,
    fair_commands,
    link_commands,
    publish_commands,
    serve_commands,
)


@click.group()
@click.version_option(package_name="mentorgraph")
def main() -> None:
    """Knowledge graph, SPARQL service and adviser for schools that learn from each other."""


build_commands.register(main)
serve_commands.register(main)
publish_commands.register(main)
advice_commands.register(main)
link_commands.register(main)
fair_commands.register(main)
