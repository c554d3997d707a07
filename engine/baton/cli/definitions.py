"""``baton definitions``: what is deployed, and where it came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from baton.cli.connection import Connection, connect
from baton.cli.text import render_definitions

KINDS = {"process": "/process-definition", "decision": "/decision-definition"}


@click.command("definitions")
@click.option("--key", help="Only of this process or decision.")
@click.option("--all", "every", is_flag=True, help="All versions, not only the latest.")
@click.option("--max", "limit", default=50, show_default=True, help="At most so many of each kind.")
@connect
def list_definitions(connection: Connection, key: str | None, every: bool, limit: int) -> None:
    """List processes and decisions: version, when it was deployed, from where, and from which commit.

    \b
    Examples:
      baton definitions
      baton definitions --key order --all
      baton definitions --json | jq -r '.[] | .id + " " + .deploymentSource'
    """
    filters = {"key": key, "latestVersion": None if every else "true", "maxResults": limit}
    params = {name: value for name, value in {**filters, "sortBy": "key", "sortOrder": "asc"}.items() if value}
    found: list[dict[str, Any]] = [
        {**definition, "kind": kind} for kind, path in KINDS.items() for definition in connection.rest.get(path, params)
    ]
    shown = _add_deployments(connection, found)
    connection.show(shown, lambda: render_definitions(shown))


def _add_deployments(connection: Connection, found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    ids = dict.fromkeys(definition["deploymentId"] for definition in found)
    deployments = {id_: connection.rest.get(f"/deployment/{id_}") for id_ in ids}
    return [
        {
            **definition,
            "deploymentName": deployments[definition["deploymentId"]]["name"],
            "deploymentSource": deployments[definition["deploymentId"]]["source"],
            "deploymentTime": deployments[definition["deploymentId"]]["deploymentTime"],
        }
        for definition in found
    ]
