"""Tasks for people, and incidents: what waits for somebody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from baton.cli.connection import Connection, connect
from baton.cli.finding import find_instance
from baton.cli.text import render_asked, render_incidents, render_tasks
from baton.cli.variables import read_variables

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("tasks")
@click.option("--instance", help="Of this instance: id or business key.")
@click.option("--key", help="Of this process.")
@click.option("--assignee", help="Of this person.")
@click.option("--group", help="For this group.")
@click.option("--unassigned", is_flag=True, help="Only those that nobody has.")
@click.option("--max", "limit", default=50, show_default=True, help="At most so many, the most urgent first.")
@connect
def list_tasks(
    connection: Connection,
    instance: str | None,
    key: str | None,
    assignee: str | None,
    group: str | None,
    unassigned: bool,
    limit: int,
) -> None:
    """List tasks for people.

    \b
    Examples:
      baton tasks --assignee ann
      baton tasks --group clerks --unassigned
    """
    filters = {
        "processInstanceId": find_instance(connection, instance) if instance else None,
        "processDefinitionKey": key,
        "assignee": assignee,
        "candidateGroup": group,
        "unassigned": "true" if unassigned else None,
        "sortBy": "dueDate",
        "sortOrder": "asc",
        "maxResults": limit,
    }
    found = connection.rest.get("/task", _drop_none(filters))
    connection.show(found, lambda: render_tasks(found))


@click.command()
@click.argument("task_id")
@click.argument("user")
@connect
def claim(connection: Connection, task_id: str, user: str) -> None:
    """Give a task to USER, if nobody has it.

    \b
    Examples:
      baton claim 0123456789abcdef-07.5 ann
    """
    connection.rest.post(f"/task/{task_id}/claim", {"userId": user})
    connection.show({"id": task_id, "assignee": user}, lambda: f"{user} has {task_id}")


@click.command()
@click.argument("task_id")
@click.argument("file", required=False, type=_FILE)
@click.option("--var", "pairs", multiple=True, metavar="NAME=VALUE", help="One variable; the value may be JSON.")
@connect
def complete(connection: Connection, task_id: str, file: Path | None, pairs: tuple[str, ...]) -> None:
    """Complete a task with the variables of a JSON FILE. Its form converts and checks them.

    \b
    Examples:
      baton complete 0123456789abcdef-07.5 --var approved=true
    """
    connection.rest.post(f"/task/{task_id}/submit-form", {"variables": read_variables(file, pairs)})
    connection.show({"id": task_id}, lambda: f"Completed: {task_id}")


@click.command("incidents")
@click.option("--instance", help="Of this instance: id or business key.")
@click.option("--key", help="Of this process.")
@click.option("--element", help="At this element.")
@click.option("--type", "kind", help="Of this type: failedJob, failedExternalTask …")
@click.option("--message", help="With this text in the message.")
@click.option("--max", "limit", default=50, show_default=True, help="At most so many, the youngest first.")
@connect
def list_incidents(
    connection: Connection,
    instance: str | None,
    key: str | None,
    element: str | None,
    kind: str | None,
    message: str | None,
    limit: int,
) -> None:
    """List what needs an operator: where, since when, why.

    \b
    Examples:
      baton incidents
      baton incidents --key order --element ChargePayment
    """
    filters = {
        "processInstanceId": find_instance(connection, instance) if instance else None,
        "processDefinitionKeyIn": key,
        "activityId": element,
        "incidentType": kind,
        "incidentMessageLike": f"%{message}%" if message else None,
        "sortBy": "incidentTimestamp",
        "sortOrder": "desc",
        "maxResults": limit,
    }
    found = connection.rest.get("/incident", _drop_none(filters))
    connection.show(found, lambda: render_incidents(found))


@click.command()
@click.argument("incident_ids", nargs=-1)
@click.option("--instance", help="All of this instance: id or business key.")
@connect
def retry(connection: Connection, incident_ids: tuple[str, ...], instance: str | None) -> None:
    """Repeat what incidents stopped.

    \b
    Examples:
      baton retry 0123456789abcdef-07.9
      baton retry --instance A-1
    """
    found = [*incident_ids, *_list_incident_ids(connection, instance)]
    if not found:
        raise click.UsageError("Expected ids of incidents, or --instance with incidents")
    for incident_id in found:
        connection.rest.post(f"/incident/{incident_id}/resolve")
    connection.show({"incidentIds": found}, lambda: "\n".join(f"Retried: {incident_id}" for incident_id in found))


@click.command()
@click.argument("incident_id")
@click.argument("file", required=False, type=_FILE)
@click.option("--var", "pairs", multiple=True, metavar="NAME=VALUE", help="What the step would have given.")
@connect
def skip(connection: Connection, incident_id: str, file: Path | None, pairs: tuple[str, ...]) -> None:
    """Go on without what an incident stopped, with the variables of a JSON FILE in place of its result.

    \b
    Examples:
      baton skip 0123456789abcdef-07.9 --var receipt=none
    """
    waiting = connection.rest.post(f"/incident/{incident_id}/skip", {"variables": read_variables(file, pairs)})
    instance = incident_id.rpartition(".")[0]
    connection.show({"id": incident_id}, lambda: render_asked(instance) if waiting else f"Skipped: {incident_id}")


def _list_incident_ids(connection: Connection, instance: str | None) -> list[str]:
    if instance is None:
        return []
    found = connection.rest.get("/incident", {"processInstanceId": find_instance(connection, instance)})
    return [str(incident["id"]) for incident in found]


def _drop_none(filters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in filters.items() if value is not None}
