"""The commands that ask a running Baton for one thing: deploy, start, message, instances."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from baton.cli.connection import Connection, connect, render_problem
from baton.cli.text import render_instance_table, render_versions
from baton.cli.variables import read_variables
from baton.launcher.samples import deploy_files

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--name", help="Name of the deployment; the first file's name if left out.")
@click.option("--always", is_flag=True, help="Make a new version even if nothing has changed.")
@connect
def deploy(connection: Connection, files: tuple[Path, ...], name: str | None, always: bool) -> None:
    """Deploy BPMN files: a new version of each process in them, or the list of what is wrong."""
    answer = deploy_files(connection.rest, name or files[0].stem, files, source="command line", again=always)
    warnings: list[dict[str, Any]] = answer.get("problems") or []
    connection.show(
        answer, lambda: "\n".join([*render_versions(answer), *(render_problem(warning) for warning in warnings)])
    )


@click.command()
@click.argument("key")
@click.argument("file", required=False, type=_FILE)
@click.option("--business-key", help="What this instance is called in your world: an order number, a ticket.")
@click.option("--var", "pairs", multiple=True, metavar="NAME=VALUE", help="One variable; the value may be JSON.")
@connect
def start(
    connection: Connection, key: str, file: Path | None, business_key: str | None, pairs: tuple[str, ...]
) -> None:
    """Start the latest version of process KEY with the variables of a JSON FILE."""
    body = {"businessKey": business_key, "variables": read_variables(file, pairs)}
    answer = connection.rest.post(f"/process-definition/key/{key}/start", body)
    connection.show(answer, lambda: f"Started {answer['definitionId']}: {answer['id']}")


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
    """Send message NAME with the variables of a JSON FILE to the one instance that waits for it."""
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
@click.option("--business-key", help="Only with this business key.")
@click.option("--incidents", is_flag=True, help="Only those with an incident.")
@click.option("--max", "limit", default=50, show_default=True, help="At most so many, the youngest first.")
@connect
def list_instances(
    connection: Connection, state: str | None, key: str | None, business_key: str | None, incidents: bool, limit: int
) -> None:
    """List instances: state, business key, where each is."""
    filters = {
        "state": state,
        "processDefinitionKey": key,
        "businessKey": business_key,
        "withIncident": "true" if incidents else None,
        "sortBy": "startedAt",
        "sortOrder": "desc",
        "maxResults": limit,
    }
    found = connection.rest.get(
        "/process-instance/overview", {name: value for name, value in filters.items() if value is not None}
    )
    connection.show(found, lambda: render_instance_table(found))
