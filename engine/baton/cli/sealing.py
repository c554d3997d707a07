"""``baton seal``: the encryption keys are changed."""

from __future__ import annotations

from typing import Any

import click

from baton.cli.connection import Connection, Stopped, connect


@click.command("seal")
@connect
def seal(connection: Connection) -> None:
    """Seal all that is stored with the first of BATON_ENCRYPTION_KEYS, while Baton goes on.

    It can be interrupted, and called again: what is done is skipped.

    \b
    Examples:
      baton seal
    """
    sums = {"keys": 0, "sealed": 0, "passing": 0}
    unreadable: list[str] = []
    cursor: str | None = None
    while True:
        part: dict[str, Any] = connection.rest.post("/encryption/seal", {"cursor": cursor})
        for name in sums:
            sums[name] += part[name]
        unreadable += part["unreadable"]
        click.echo(f"{part['done']} of {part['total']} parts, {sums['sealed']} blobs sealed", err=True)
        cursor = part["cursor"]
        if cursor is None:
            break
    connection.show({**sums, "unreadable": unreadable}, lambda: _render(sums))
    if unreadable:
        raise Stopped(f"No encryption key opens what is in {', '.join(unreadable[:5])}: see `baton repair`", 1)


def _render(sums: dict[str, int]) -> str:
    text = f"{sums['keys']} keys looked at, {sums['sealed']} blobs sealed with the first encryption key."
    if sums["passing"]:
        text += (
            f" {sums['passing']} are still under another one: answers that expire by themselves and turns that sinks "
            "do not have yet. Keep the other key, and look again later."
        )
    return text
