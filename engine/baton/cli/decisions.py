"""``baton evaluate``: a decision with variables."""

from __future__ import annotations

from pathlib import Path

import click

from baton.cli.connection import Connection, connect
from baton.cli.text import render_variables
from baton.cli.variables import read_variables

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("key")
@click.argument("file", required=False, type=_FILE)
@click.option("--var", "pairs", multiple=True, metavar="NAME=VALUE", help="One variable; the value may be JSON.")
@connect
def evaluate(connection: Connection, key: str, file: Path | None, pairs: tuple[str, ...]) -> None:
    """Evaluate the latest version of decision KEY with the variables of a JSON FILE: the rules that match.

    \b
    Examples:
      baton evaluate discount --var amount=250 --var customer=gold
    """
    body = {"variables": read_variables(file, pairs)}
    rules = connection.rest.post(f"/decision-definition/key/{key}/evaluate", body)
    connection.show(rules, lambda: "\n".join(", ".join(render_variables(rule)) for rule in rules) or "No rule matches.")
