"""``baton migrate`` and ``baton batches``: instances in another version, and what is done in the background."""

from __future__ import annotations

from typing import Any

import click

from baton.cli.connection import Connection, connect
from baton.cli.text import render_table


@click.command()
@click.argument("key")
@click.argument("source", type=int)
@click.argument("target", type=int)
@click.option("--map", "moves", multiple=True, metavar="FROM=TO", help="An element and what it becomes; repeatable.")
@click.option("--by-kind", is_flag=True, help="Also map elements with other ids where there is one choice only.")
@click.option("--update-triggers", is_flag=True, help="Open timers, messages and signals anew.")
@click.option("--plan", "only_plan", is_flag=True, help="Show what would happen, and change nothing.")
@connect
def migrate(
    connection: Connection,
    key: str,
    source: int,
    target: int,
    moves: tuple[str, ...],
    by_kind: bool,
    update_triggers: bool,
    only_plan: bool,
) -> None:
    """Migrate the running instances of version SOURCE of process KEY to version TARGET, as a batch.

    \b
    Examples:
      baton migrate order 3 4 --plan
      baton migrate order 3 4 --map ship=send
    """
    plan = _make_plan(connection, key, (source, target), by_kind=by_kind, update_triggers=update_triggers)
    _add_moves(plan, moves)
    report = connection.rest.post("/migration/validate", plan)
    body = {"migrationPlan": plan, "processInstanceQuery": {"processDefinitionId": plan["sourceProcessDefinitionId"]}}
    wrong: list[dict[str, Any]] = report["instructionReports"]
    if wrong:
        reasons = "; ".join(failure for item in wrong for failure in item["failures"])
        raise click.ClickException(f"Expected a plan that can be executed, but {reasons}")
    if only_plan:
        found = connection.rest.post("/migration/preview", body)
        connection.show({"plan": plan, "preview": found}, lambda: _render_plan(plan, found))
        return
    batch = connection.rest.post("/migration/executeAsync", body)
    connection.show(batch, lambda: f"Migrating {batch['totalJobs']} instances: baton batches show {batch['id']}")


def _make_plan(
    connection: Connection, key: str, versions: tuple[int, int], *, by_kind: bool, update_triggers: bool
) -> dict[str, Any]:
    ids = [_find_definition(connection, key, version) for version in versions]
    body = {
        "sourceProcessDefinitionId": ids[0],
        "targetProcessDefinitionId": ids[1],
        "byKind": by_kind,
        "updateEventTriggers": update_triggers,
    }
    return connection.rest.post("/migration/generate", body)


def _find_definition(connection: Connection, key: str, version: int) -> str:
    found = connection.rest.get("/process-definition", {"key": key, "version": version})
    if not found:
        raise click.ClickException(f"Expected version {version} of process '{key}', but there is none")
    return str(found[0]["id"])


def _add_moves(plan: dict[str, Any], moves: tuple[str, ...]) -> None:
    """What is mapped by hand replaces what was found."""
    for move in moves:
        source, sign, target = move.partition("=")
        if not (source and sign and target):
            raise click.BadParameter(f"Expected FROM=TO, but found '{move}'", param_hint="--map")
        kept = [item for item in plan["instructions"] if item["sourceActivityIds"] != [source]]
        by_hand = {"sourceActivityIds": [source], "targetActivityIds": [target], "updateEventTrigger": False}
        plan["instructions"] = [*kept, by_hand]


def _render_plan(plan: dict[str, Any], found: dict[str, Any]) -> str:
    rows = [
        (item["sourceActivityIds"][0], item["targetActivityIds"][0], "anew" if item["updateEventTrigger"] else "")
        for item in plan["instructions"]
    ]
    refused: list[dict[str, str]] = found["refused"]
    lines = [render_table([("ELEMENT", "BECOMES", "EVENT"), *rows]) if rows else "No element is mapped."]
    lines.append(f"{found['instances']} instances run, {len(refused)} of the first {found['lookedAt']} cannot migrate.")
    lines += [f"{item['processInstanceId']}: {item['reason']}" for item in refused[:20]]
    return "\n".join(lines)


@click.group()
def batches() -> None:
    """What is done with many instances in the background: list, show, suspend, resume, retry, delete.

    \b
    Examples:
      baton batches list
      baton batches retry 4m3ztzmphdpdsyxe
    """


@batches.command("list")
@connect
def list_batches(connection: Connection) -> None:
    """Batches that are not finished.

    \b
    Examples:
      baton batches list
    """
    found: list[dict[str, Any]] = connection.rest.get("/batch/statistics")
    connection.show(found, lambda: _render_batches(found) if found else "No batch is under way.")


def _render_batches(found: list[dict[str, Any]]) -> str:
    rows = [
        (
            item["id"],
            item["type"],
            f"{item['completedJobs']} of {item['totalJobs']}",
            str(item["failedJobs"]),
            "yes" if item["suspended"] else "",
        )
        for item in found
    ]
    return render_table([("ID", "TYPE", "DONE", "FAILED", "SUSPENDED"), *rows])


@batches.command("show")
@click.argument("batch")
@connect
def show_batch(connection: Connection, batch: str) -> None:
    """How far a batch is, and why some of it could not be done.

    \b
    Examples:
      baton batches show 4m3ztzmphdpdsyxe
    """
    found = connection.rest.get(f"/history/batch/{batch}")
    failures: list[dict[str, str]] = connection.rest.get(f"/batch/{batch}/failures")
    state = "running" if found["endTime"] is None else f"ended {found['endTime']}"
    lines = [f"{found['type']}: {found['completedJobs']} of {found['totalJobs']} done, {state}"]
    lines += [f"{item['id']}: {item['message']}" for item in failures]
    connection.show({**found, "failures": failures}, lambda: "\n".join(lines))


@batches.command("suspend")
@click.argument("batch")
@connect
def suspend_batch(connection: Connection, batch: str) -> None:
    """Have a batch rest.

    \b
    Examples:
      baton batches suspend 4m3ztzmphdpdsyxe
    """
    connection.rest.request("PUT", f"/batch/{batch}/suspended", json={"suspended": True})
    connection.show({"id": batch}, lambda: f"Suspended {batch}")


@batches.command("resume")
@click.argument("batch")
@connect
def resume_batch(connection: Connection, batch: str) -> None:
    """Have a suspended batch go on.

    \b
    Examples:
      baton batches resume 4m3ztzmphdpdsyxe
    """
    connection.rest.request("PUT", f"/batch/{batch}/suspended", json={"suspended": False})
    connection.show({"id": batch}, lambda: f"Resumed {batch}")


@batches.command("retry")
@click.argument("batch")
@connect
def retry_batch(connection: Connection, batch: str) -> None:
    """Try again what has failed.

    \b
    Examples:
      baton batches retry 4m3ztzmphdpdsyxe
    """
    found = connection.rest.post(f"/batch/{batch}/retry", {})
    connection.show(found, lambda: f"Trying {found['count']} again")


@batches.command("delete")
@click.argument("batch")
@connect
def delete_batch(connection: Connection, batch: str) -> None:
    """End a batch where it is; what it has done stays done.

    \b
    Examples:
      baton batches delete 4m3ztzmphdpdsyxe
    """
    connection.rest.request("DELETE", f"/batch/{batch}")
    connection.show({"id": batch}, lambda: f"Deleted {batch}")
