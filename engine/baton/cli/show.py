"""``show``, ``history``, ``variables``: one instance as text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from baton.cli.connection import Connection, connect
from baton.cli.finding import find_instance
from baton.cli.text import render_event, render_instance_page, render_variables
from baton.client import Client, Event

PAGE = 1_000


@click.command()
@click.argument("instance")
@click.option("--follow", "-f", is_flag=True, help="Then print what happens, as it happens, until it has ended.")
@connect
def show(connection: Connection, instance: str, follow: bool) -> None:
    """Show one instance by id or business key: where its tokens are, what it waits for, incidents, what can be undone.

    \b
    Examples:
      baton show A-1
      baton show 0123456789abcdef-07 --follow
      baton show A-1 --json | jq .awaited
    """
    instance_id = find_instance(connection, instance)
    snapshot = connection.rest.get(f"/process-instance/{instance_id}/snapshot")
    connection.show(snapshot, lambda: render_instance_page(snapshot["header"], snapshot))
    if follow and not snapshot["header"]["endedAt"]:
        connection.echo("")
        _print_events(connection, Client(connection.rest.url).stream(instance_id, after=snapshot["position"]))


@click.command()
@click.argument("instance")
@click.option("--after", default=0, show_default=True, help="Only events behind this position.")
@click.option("--element", help="Only events at this element.")
@connect
def history(connection: Connection, instance: str, after: int, element: str | None) -> None:
    """Print the events of one instance, oldest first; with --json one event per line.

    \b
    Examples:
      baton history A-1
      baton history A-1 --element ChargePayment
      baton history A-1 --json > events.jsonl
    """
    events = Client(connection.rest.url).list_history(find_instance(connection, instance), after=after)
    _print_events(connection, (event for event in events if element in (None, event.element)))


@click.command()
@click.argument("instance")
@connect
def variables(connection: Connection, instance: str) -> None:
    """Print the variables of one instance, also of one that has ended.

    \b
    Examples:
      baton variables A-1
      baton variables A-1 --json | jq .amount.value
    """
    instance_id = find_instance(connection, instance)
    snapshot = connection.rest.get(f"/process-instance/{instance_id}/snapshot")
    found: dict[str, Any] = snapshot["variables"].get("0", {})
    connection.show(found, lambda: "\n".join(render_variables(found)) or "No variables.")


def _print_events(connection: Connection, events: Iterator[Event]) -> None:
    for event in events:
        fields = event.model_dump(mode="json", by_alias=True)
        connection.echo(json.dumps(fields, ensure_ascii=False) if connection.as_json else render_event(fields))
