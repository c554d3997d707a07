"""The commands that ask a running Baton for one thing: deploy, start, message, instances."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from baton.cli.connection import Connection, Stopped, connect, render_problem
from baton.cli.files import list_files
from baton.cli.revision import describe_source
from baton.cli.text import render_instance_page, render_instance_table, render_versions
from baton.cli.variables import read_variables
from baton.client import Client, StillRunning
from baton.launcher.samples import deploy_files

STILL_RUNNING = 5
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--name", help="Name of the deployment; the first file's name if left out.")
@click.option("--always", is_flag=True, help="Make a new version even if nothing has changed.")
@click.option("--breaking", is_flag=True, help="Deploy also where events lose fields that their receivers know.")
@connect
def deploy(connection: Connection, paths: tuple[Path, ...], name: str | None, always: bool, breaking: bool) -> None:
    """Deploy BPMN, DMN, form and event mapping files, and those in folders: new versions, or the list of what is wrong.

    \b
    Examples:
      baton deploy order.bpmn prices.dmn
      baton deploy processes/ --name shop
    """
    files = list_files(paths)
    source = describe_source("command line", files)
    answer = deploy_files(connection.rest, name or files[0].stem, files, source=source, again=always, breaking=breaking)
    warnings: list[dict[str, Any]] = answer.get("problems") or []
    connection.show(
        answer, lambda: "\n".join([*render_versions(answer), *(render_problem(warning) for warning in warnings)])
    )


@click.command()
@click.argument("key")
@click.argument("file", required=False, type=_FILE)
@click.option("--business-key", help="What this instance is called in your world: an order number, a ticket.")
@click.option("--var", "pairs", multiple=True, metavar="NAME=VALUE", help="One variable; the value may be JSON.")
@click.option("--wait", is_flag=True, help="Return when it has ended, with its page.")
@click.option("--timeout", default=60.0, show_default=True, help="Seconds to wait; exit code 5 when they are over.")
@connect
def start(
    connection: Connection,
    key: str,
    file: Path | None,
    business_key: str | None,
    pairs: tuple[str, ...],
    wait: bool,
    timeout: float,
) -> None:
    """Start the latest version of process KEY with the variables of a JSON FILE. Its start form checks them.

    \b
    Examples:
      baton start order order.json --business-key A-1
      baton start order --var amount=49 --wait --timeout 10
    """
    body = {"businessKey": business_key, "variables": read_variables(file, pairs)}
    answer = connection.rest.post(f"/process-definition/key/{key}/submit-form", body)
    if not wait:
        connection.show(answer, lambda: f"Started {answer['definitionId']}: {answer['id']}")
        return
    _wait_for_end(connection, str(answer["id"]), timeout)


def _wait_for_end(connection: Connection, instance_id: str, timeout: float) -> None:
    try:
        Client(connection.rest.url).wait(instance_id, timeout)
    except StillRunning as error:
        raise Stopped(str(error), STILL_RUNNING) from None
    snapshot = connection.rest.get(f"/process-instance/{instance_id}/snapshot")
    connection.show(snapshot, lambda: render_instance_page(snapshot["header"], snapshot))


@click.command("message")
@click.argument("name")
@click.argument("file", required=False, type=_FILE)
@click.option("--business-key", help="To the instance with this business key.")
@click.option("--instance", help="To the instance with this id.")
@click.option("--var", "pairs", multiple=True, metavar="NAME=VALUE", help="One variable; the value may be JSON.")
@connect
def send_message(
    connection: Connection,
    name: str,
    file: Path | None,
    business_key: str | None,
    instance: str | None,
    pairs: tuple[str, ...],
) -> None:
    """Send message NAME with the variables of a JSON FILE to the one instance that waits for it.

    \b
    Examples:
      baton message StockArrived --business-key A-1
    """
    body = {
        "messageName": name,
        "businessKey": business_key,
        "processInstanceId": instance,
        "processVariables": read_variables(file, pairs),
        "resultEnabled": True,
    }
    answer = connection.rest.post("/message", {key: value for key, value in body.items() if value is not None})
    connection.show(answer, lambda: f"{name} was received")


@click.command("instances")
@click.option("--state", help="active, suspended, completed, terminated, cancelled, compensated (comma-separated).")
@click.option("--key", help="Only of this process.")
@click.option("--definition", help="Only of this version of a process: its id.")
@click.option("--business-key", help="Only with this business key; % stands for any text.")
@click.option("--element", help="Only those with a token at this element.")
@click.option("--started-after", metavar="MOMENT", help="As 2026-11-20T18:04:05+01:00.")
@click.option("--started-before", metavar="MOMENT")
@click.option("--ended-after", metavar="MOMENT")
@click.option("--ended-before", metavar="MOMENT")
@click.option("--incidents", is_flag=True, help="Only those with an incident.")
@click.option("--max", "limit", default=50, show_default=True, help="At most so many, the youngest first.")
@connect
def list_instances(
    connection: Connection,
    state: str | None,
    key: str | None,
    definition: str | None,
    business_key: str | None,
    element: str | None,
    started_after: str | None,
    started_before: str | None,
    ended_after: str | None,
    ended_before: str | None,
    incidents: bool,
    limit: int,
) -> None:
    """List instances: state, business key, where each is.

    \b
    Examples:
      baton instances --incidents
      baton instances --key order --state active --element ChargePayment
      baton instances --business-key 'A-%' --json | jq -r .[].id
    """
    filters = {
        "state": state,
        "processDefinitionKey": key,
        "processDefinitionId": definition,
        "businessKeyLike" if business_key and "%" in business_key else "businessKey": business_key,
        "activityId": element,
        "startedAfter": started_after,
        "startedBefore": started_before,
        "endedAfter": ended_after,
        "endedBefore": ended_before,
        "withIncident": "true" if incidents else None,
        "sortBy": "startedAt",
        "sortOrder": "desc",
        "maxResults": limit,
    }
    found = connection.rest.get(
        "/process-instance/overview", {name: value for name, value in filters.items() if value is not None}
    )
    connection.show(found, lambda: render_instance_table(found))
