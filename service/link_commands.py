"""The group `link`: finding, fetching and reviewing links to other knowledge bases."""

from __future__ import annotations

import click


def register(main: click.Group) -> None:
    """Add the group to the command line."""
    main.add_command(link)


@click.group()
def link() -> None:
    """Find, fetch and review links to other knowledge bases."""
