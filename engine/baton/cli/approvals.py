"""``baton approval``: what waits for a second person."""

from __future__ import annotations

import json
from typing import Any

import click

from baton.cli.connection import Connection, connect
from baton.cli.finding import find_instance
from baton.cli.text import render_table


@click.group()
def approval() -> None:
    """What waits for a second person: list, approve, refuse.

    \b
    Examples:
      baton approval list
      baton approval approve A-1
    """


@approval.command("list")
@connect
def list_approvals(connection: Connection) -> None:
    """What waits, the oldest first.

    \b
    Examples:
      baton approval list
    """
    found: list[dict[str, Any]] = connection.rest.get("/approval")
    rows = [(it["processInstanceId"], it["at"], it["by"], it["action"], json.dumps(it["order"])) for it in found]
    head = ("INSTANCE", "AT", "BY", "ACTION", "ORDER")
    connection.show(found, lambda: render_table([head, *rows]) if rows else "Nothing waits for a second person.")


@approval.command("approve")
@click.argument("instance")
@connect
def approve(connection: Connection, instance: str) -> None:
    """Approve what another person has asked for: it is done at once.

    \b
    Examples:
      baton approval approve A-1
    """
    id_ = find_instance(connection, instance)
    connection.rest.post(f"/process-instance/{id_}/approval/approve", {})
    connection.show({"id": id_}, lambda: f"Approved for {id_}")


@approval.command("refuse")
@click.argument("instance")
@connect
def refuse(connection: Connection, instance: str) -> None:
    """Refuse what somebody has asked for, or withdraw what you have asked for.

    \b
    Examples:
      baton approval refuse A-1
    """
    id_ = find_instance(connection, instance)
    connection.rest.post(f"/process-instance/{id_}/approval/refuse", {})
    connection.show({"id": id_}, lambda: f"Refused for {id_}")
