"""What an operator does to one instance: suspend, cancel, roll back, move tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from baton.cli.connection import Connection, connect
from baton.cli.finding import find_instance
from baton.cli.text import render_asked, render_plan
from baton.cli.variables import read_variables


@click.command()
@click.argument("instances", nargs=-1, required=True)
@connect
def suspend(connection: Connection, instances: tuple[str, ...]) -> None:
    """Suspend instances: nothing goes on in them until they are activated.

    \b
    Examples:
      baton suspend A-1
      baton instances --key order --json | jq -r .[].id | xargs baton suspend
    """
    _set_suspended(connection, instances, True)


@click.command()
@click.argument("instances", nargs=-1, required=True)
@connect
def activate(connection: Connection, instances: tuple[str, ...]) -> None:
    """Activate suspended instances.

    \b
    Examples:
      baton activate A-1
    """
    _set_suspended(connection, instances, False)


@click.command()
@click.argument("instances", nargs=-1, required=True)
@click.option("--undo", is_flag=True, help="Undo everything that was done, in reverse order, then end as compensated.")
@click.option("--reason", help="Kept with the instance.")
@click.option("--plan", is_flag=True, help="Only print what would be undone.")
@connect
def cancel(connection: Connection, instances: tuple[str, ...], undo: bool, reason: str | None, plan: bool) -> None:
    """End instances; with --undo after undoing what they did.

    \b
    Examples:
      baton cancel A-1 --undo --plan
      baton cancel A-1 --undo --reason "customer withdrew"
    """
    ids = [find_instance(connection, text) for text in instances]
    if plan:
        _show_plans(connection, ids if undo else [], None)
        return
    body = {"compensate": undo, **({"reason": reason} if reason else {})}
    for instance_id in ids:
        connection.rest.post(f"/process-instance/{instance_id}/cancel", body)
    _show_done(connection, "Undoing, then ending" if undo else "Cancelled", instances, ids)


@click.command()
@click.argument("instance")
@click.argument("element")
@click.option("--plan", is_flag=True, help="Only print what would be undone.")
@connect
def rollback(connection: Connection, instance: str, element: str, plan: bool) -> None:
    """Undo what completed since ELEMENT was entered, in reverse order, then go on before it.

    \b
    Examples:
      baton rollback A-1 ChargePayment --plan
      baton rollback A-1 ChargePayment
    """
    instance_id = find_instance(connection, instance)
    if plan:
        _show_plans(connection, [instance_id], element)
        return
    waiting = connection.rest.post(f"/process-instance/{instance_id}/rollback", {"to": element})
    done = f"Rolling back to {element}: {instance}"
    connection.show({"id": instance_id, "to": element}, lambda: render_asked(instance) if waiting else done)


@click.command()
@click.argument("instance")
@click.option("--before", multiple=True, metavar="ELEMENT", help="Begin a token before this element.")
@click.option("--after", multiple=True, metavar="ELEMENT", help="Begin a token behind this element.")
@click.option("--cancel", "cancelled", multiple=True, metavar="ELEMENT", help="Cancel the tokens at this element.")
@click.option("--var", "pairs", multiple=True, metavar="NAME=VALUE", help="A variable for the tokens that begin.")
@connect
def modify(
    connection: Connection,
    instance: str,
    before: tuple[str, ...],
    after: tuple[str, ...],
    cancelled: tuple[str, ...],
    pairs: tuple[str, ...],
) -> None:
    """Move tokens: begin some, cancel others, as one change.

    \b
    Examples:
      baton modify A-1 --cancel WaitForStock --before Ship
    """
    variables = {"variables": read_variables(None, pairs)} if pairs else {}
    instructions: list[dict[str, Any]] = [
        *({"type": "startBeforeActivity", "activityId": element, **variables} for element in before),
        *({"type": "startAfterActivity", "activityId": element, **variables} for element in after),
        *({"type": "cancel", "activityId": element} for element in cancelled),
    ]
    if not instructions:
        raise click.UsageError("Expected at least one of --before, --after and --cancel")
    instance_id = find_instance(connection, instance)
    connection.rest.post(f"/process-instance/{instance_id}/modification", {"instructions": instructions})
    connection.show({"id": instance_id, "instructions": instructions}, lambda: f"Modified: {instance}")


def _set_suspended(connection: Connection, instances: tuple[str, ...], suspended: bool) -> None:
    ids = [find_instance(connection, text) for text in instances]
    for instance_id in ids:
        connection.rest.request("PUT", f"/process-instance/{instance_id}/suspended", json={"suspended": suspended})
    _show_done(connection, "Suspended" if suspended else "Activated", instances, ids)


def _show_done(connection: Connection, done: str, named: Sequence[str], ids: Sequence[str]) -> None:
    answer = [{"id": instance_id} for instance_id in ids]
    connection.show(answer, lambda: "\n".join(f"{done}: {text}" for text in named))


def _show_plans(connection: Connection, ids: Sequence[str], to: str | None) -> None:
    params = {"to": to} if to else None
    steps = [
        step
        for instance_id in ids
        for step in connection.rest.get(f"/process-instance/{instance_id}/compensation-plan", params)
    ]
    connection.show(steps, lambda: render_plan(steps))
