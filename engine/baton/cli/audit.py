"""``baton audit``, ``baton hold``, ``baton evidence``: who did what, and what must be kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from baton.cli.connection import REFUSED, Connection, Stopped, connect
from baton.cli.finding import find_instance
from baton.cli.text import render_table


@click.group()
def audit() -> None:
    """Who did what: list, export, verify.

    \b
    Examples:
      baton audit list --actor anna
      baton audit verify
    """


@audit.command("list")
@click.option("--actor", help="The id of a person, the name of a key, or a process of Baton.")
@click.option("--action", help="A part of the id of an operation, such as put_user.")
@click.option("--target", help="A part of the path of what it was done to.")
@click.option("--instance", "processInstanceId", help="The id of a process instance.")
@click.option("--outcome", type=click.Choice(["ordered", "refused", "failed"]))
@click.option("--max", "most", default=50, show_default=True)
@connect
def list_entries(connection: Connection, most: int, **filters: str | None) -> None:
    """Entries of the audit, the newest first.

    \b
    Examples:
      baton audit list --actor anna --outcome refused
    """
    given = {name: value for name, value in filters.items() if value is not None}
    found: list[dict[str, Any]] = connection.rest.get("/audit", {**given, "maxResults": most})
    connection.show(found, lambda: _render(found) if found else "No entries.")


@audit.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@connect
def export(connection: Connection, file: Path) -> None:
    """Write all entries into a file, one in each line as JSON, the newest first.

    \b
    Examples:
      baton audit export audit.jsonl
    """
    lines: str = connection.rest.get("/audit/export")
    file.write_text(lines, encoding="utf-8")
    count = lines.count("\n")
    connection.show({"entries": count, "file": str(file)}, lambda: f"{count} entries are in {file}")


@audit.command("verify")
@connect
def verify(connection: Connection) -> None:
    """Say whether the audit is as it was written; exit code 1 and the places when it was touched.

    \b
    Examples:
      baton audit verify
    """
    found: dict[str, Any] = connection.rest.get("/audit/verification")
    counts = f"{found['entries']} entries and {found['anchors']} anchors"
    damages = [_tell(damage) for damage in found["damages"]]
    connection.show(found, lambda: "\n".join([counts, *damages]) if damages else f"{counts}: nothing was touched")
    if damages:
        raise Stopped("The audit was touched", REFUSED)


@click.group()
def hold() -> None:
    """Legal hold: instances that nothing may remove. List, place, release.

    \b
    Examples:
      baton hold place A-1 --reason "dispute 4711"
    """


@hold.command("list")
@connect
def list_holds(connection: Connection) -> None:
    """Instances under hold, the newest first.

    \b
    Examples:
      baton hold list
    """
    found: list[dict[str, Any]] = connection.rest.get("/hold")
    rows = [(item["processInstanceId"], item["at"], item["by"] or "", item["reason"]) for item in found]
    connection.show(found, lambda: render_table([("INSTANCE", "AT", "BY", "REASON"), *rows]) if rows else "No holds.")


@hold.command("place")
@click.argument("instance")
@click.option("--reason", default="")
@connect
def place_hold(connection: Connection, instance: str, reason: str) -> None:
    """Place an instance under hold: retention and deletion leave it alone.

    \b
    Examples:
      baton hold place A-1 --reason "dispute 4711"
    """
    id_ = find_instance(connection, instance)
    connection.rest.request("PUT", f"/process-instance/{id_}/hold", json={"reason": reason})
    connection.show({"id": id_}, lambda: f"{id_} is under hold")


@hold.command("release")
@click.argument("instance")
@connect
def release_hold(connection: Connection, instance: str) -> None:
    """Release an instance from hold.

    \b
    Examples:
      baton hold release A-1
    """
    id_ = find_instance(connection, instance)
    connection.rest.request("DELETE", f"/process-instance/{id_}/hold")
    connection.show({"id": id_}, lambda: f"{id_} is under hold no more")


@click.command()
@click.option("--business-key", required=True, help="Of whom everything is to be erased.")
@click.confirmation_option(prompt="Nothing of it can be brought back. Erase?", help="Do not ask.")
@connect
def forget(connection: Connection, business_key: str) -> None:
    """Erase everything that is known under a business key: instances, messages, answers, values in the audit.

    \b
    Examples:
      baton forget --business-key person-4711
    """
    found: dict[str, Any] = connection.rest.post("/forget", {"businessKey": business_key})
    lines = [
        f"{len(found['processInstanceIds'])} instances, {found['messages']} messages, {found['answers']} answers, "
        f"{found['deadLetters']} dead letters and {found['unsent']} turns that sinks did not have yet"
    ]
    lines += [f"look at the draft '{name}', which holds the key" for name in found["drafts"]]
    lines += [f"look at the filter '{name}', which holds the key" for name in found.get("filters", ())]
    connection.show(found, lambda: "Erased " + "\n".join(lines))


@click.command()
@click.argument("instance")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@connect
def evidence(connection: Connection, instance: str, file: Path) -> None:
    """Write all that is known of an instance into a JSON file: history, ledger, audit, and whether that is whole.

    \b
    Examples:
      baton evidence A-1 evidence.json
    """
    id_ = find_instance(connection, instance)
    found: dict[str, Any] = connection.rest.get(f"/process-instance/{id_}/evidence")
    file.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    connection.show({"id": id_, "file": str(file)}, lambda: f"The evidence of {id_} is in {file}")


def _render(found: list[dict[str, Any]]) -> str:
    rows = [
        (
            item["at"],
            item["actor"] or item["actorKind"],
            item["address"],
            item["outcome"],
            item["action"],
            item["target"],
        )
        for item in found
    ]
    return render_table([("AT", "WHO", "FROM", "OUTCOME", "ACTION", "TARGET"), *rows])


def _tell(damage: dict[str, Any]) -> str:
    partition = damage["partition"]
    place = f"anchor {damage['number']}" if partition is None else f"entry {partition}-{damage['number']}"
    return f"{place}: {damage['message']}"
