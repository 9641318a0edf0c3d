"""The command `publish`: reads its options, shows the plan, asks, and calls what lives elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import click

from kb.release import CURRENT, ReleaseError, open_release
from service import publish as publishing
from service.publish_ways import GraphStore, Query, Update, Way
from service.sparql.remote_http import Credentials, Store, StoreError

PASSWORD, TOKEN = "MENTORGRAPH_PUBLISH_PASSWORD", "MENTORGRAPH_PUBLISH_TOKEN"
WAIT_SECONDS = 11.0  # the longest query that the default settings allow, and a second to notice


def register(main: click.Group) -> None:
    main.add_command(publish)


@click.command(epilog=f"The password is read from {PASSWORD}, a bearer token from {TOKEN}.")
@click.option("--to", required=True, help="Address of the store's query endpoint.")
@click.option("--graph-store", help="Address of its Graph Store Protocol: loads graph by graph.")
@click.option("--update", help="Address of its SPARQL Update: loads all in one request.")
@click.option(
    "--release",
    type=click.Path(path_type=Path),
    envvar="MENTORGRAPH_RELEASE",
    default=Path("releases/current"),
    show_default=True,
    help="Folder of the release.",
)
@click.option("--user", default="", help="User name at the store.")
@click.option(
    "--default-graph",
    "layout",
    type=click.Choice(["auto", *publishing.LAYOUTS]),
    default="auto",
    show_default=True,
    help="Its default graph: loaded, the union of all graphs, or everything under one name (Virtuoso).",
)
@click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(min=0),
    default=WAIT_SECONDS,
    show_default=True,
    help="Seconds that running queries get before graphs change one by one.",
)
@click.option("--yes", is_flag=True, help="Replace and drop without asking.")
def publish(
    to: str,
    graph_store: str | None,
    update: str | None,
    release: Path,
    user: str,
    layout: str,
    wait_s: float,
    yes: bool,
) -> None:
    """Load a release into an outside store, for the remote engine (MENTORGRAPH_ENGINE)."""
    if (graph_store is None) == (update is None):
        raise click.UsageError("Give --graph-store or --update: one of the store's two ways to write.")
    credentials = Credentials(user, os.environ.get(PASSWORD, ""), os.environ.get(TOKEN, ""))
    try:
        folder = release / CURRENT if (release / CURRENT).exists() else release
        found = open_release(folder)
        query = Query(Store(to, credentials))
        way: Way = (
            GraphStore(Store(graph_store, credentials))
            if graph_store
            else Update(Store(update or "", credentials))
        )
        if layout == "auto":
            query.rows("SELECT (1 AS ?n) {}")
            layout = "everything" if query.server.lower().startswith("virtuoso") else "loaded"
        plan = publishing.plan(publishing.read(found, layout), layout, query, found.path.parent)
        _show(plan, way)
        if plan.destroys and not yes:
            click.confirm("Go on?", abort=True)
        publishing.publish(plan, way, query, wait_s, click.echo)
    except (ReleaseError, publishing.PublishError) as error:
        raise click.ClickException(str(error)) from error
    except StoreError as error:
        raise click.ClickException(error.detail) from error
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{found.id} is published; every graph was counted in the store")


def _show(plan: publishing.Plan, way: Way) -> None:
    content = plan.content
    statements = sum(map(len, content.named.values()))
    click.echo(f"{content.release}: {statements:,} statements in {len(content.named):,} graphs")
    if content.default:
        click.echo(f"  and {len(content.default):,} in the default graph")
    click.echo(f"The store holds {plan.held or 'no release of ours'}.")
    if plan.destroys:
        click.echo(
            f"Replaced: {len(plan.replaced):,} graphs and a default graph of {plan.default:,} statements."
        )
        click.echo(f"Dropped: {len(plan.gone):,} graphs of ours that this release does not have.")
    if way.is_atomic:
        click.echo("One request: whole or not at all, if the store's updates are transactions.")
    else:
        click.echo("Graph by graph: in between, engines answer 503 (no-release).")
