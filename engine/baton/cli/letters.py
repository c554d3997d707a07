"""``baton dead-letters``: events that could not be sent or taken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from baton.cli.connection import Connection, connect

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("dead-letters")
def letters() -> None:
    """Events that could not be sent or taken: look at them, correct them, send them again, drop them.

    \b
    Examples:
      baton dead-letters list
      baton dead-letters send 5f0c3d2a9b8e7f6a5b4c3d2e
    """


@letters.command("list")
@click.option("--place", help="Only of this sink or source.")
@click.option("--type", "type_", help="Only events of this type.")
@click.option("--element", help="Only events of this element.")
@click.option("--text", help="Only those with this text in the event or the reason.")
@click.option("--max", "limit", default=50, show_default=True, help="At most so many, the newest first.")
@connect
def list_letters(
    connection: Connection, place: str | None, type_: str | None, element: str | None, text: str | None, limit: int
) -> None:
    """List them.

    \b
    Examples:
      baton dead-letters list --place billing
      baton dead-letters list --type ticket.resolved --text 422
    """
    wanted = {"place": place, "type": type_, "element": element, "text": text}
    given = {name: value for name, value in wanted.items() if value}
    found = connection.rest.get("/dead-letter", {"maxResults": limit, **given})
    connection.show(found, lambda: "\n".join(map(_render, found)) or "no dead letters")


@letters.command("show")
@click.argument("letter_id")
@connect
def show_letter(connection: Connection, letter_id: str) -> None:
    """Show one with its event.

    \b
    Examples:
      baton dead-letters show 5f0c3d2a9b8e7f6a5b4c3d2e > letter.json
    """
    found = connection.rest.get(f"/dead-letter/{letter_id}")
    connection.show(found, lambda: json.dumps(found, indent=2, ensure_ascii=False))


@letters.command("edit")
@click.argument("letter_id")
@click.argument("file", type=_FILE)
@connect
def change_letter(connection: Connection, letter_id: str, file: Path) -> None:
    """Put the event of a JSON FILE in its place; id and source stay.

    \b
    Examples:
      baton dead-letters edit 5f0c3d2a9b8e7f6a5b4c3d2e event.json
    """
    event = json.loads(file.read_text("utf-8"))
    found = connection.rest.request("PUT", f"/dead-letter/{letter_id}", json={"event": event})
    connection.show(found, lambda: f"changed {letter_id}")


@letters.command("send")
@click.argument("letter_ids", nargs=-1, required=True, metavar="ID…")
@connect
def send_letters(connection: Connection, letter_ids: tuple[str, ...]) -> None:
    """Try them again.

    \b
    Examples:
      baton dead-letters send 5f0c3d2a9b8e7f6a5b4c3d2e
    """
    for letter_id in letter_ids:
        connection.rest.post(f"/dead-letter/{letter_id}/send")
    connection.show({"sent": list(letter_ids)}, lambda: f"{len(letter_ids)} tried again")


@letters.command("drop")
@click.argument("letter_ids", nargs=-1, required=True, metavar="ID…")
@connect
def drop_letters(connection: Connection, letter_ids: tuple[str, ...]) -> None:
    """Remove them permanently.

    \b
    Examples:
      baton dead-letters drop 5f0c3d2a9b8e7f6a5b4c3d2e
    """
    for letter_id in letter_ids:
        connection.rest.request("DELETE", f"/dead-letter/{letter_id}")
    connection.show({"dropped": list(letter_ids)}, lambda: f"{len(letter_ids)} dropped")


def _render(letter: dict[str, Any]) -> str:
    state = "is tried again" if letter["again"] else letter["error"]
    tried = f"{letter['attempts']} attempt{'s' if letter['attempts'] > 1 else ''}"
    return f"{letter['id']}  {letter['at']}  {letter['place']}  {letter['event'].get('type')}  {tried}  {state}"
