"""``baton doctor``: is everything well, and if not, what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from baton import __version__
from baton.cli.connection import Connection, connect

SICK = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """What was checked, whether it is in order, and what was found."""

    name: str
    well: bool
    text: str


@click.command()
@connect
def doctor(connection: Connection) -> None:
    """Look whether everything is well: server, store, incidents, work that nobody does. Exit code 1 if not.

    \b
    Examples:
      baton doctor
      baton doctor --json
    """
    found = [
        finding for look in (_look_at_version, _look_at_incidents, _look_at_watchdog) for finding in look(connection)
    ]
    fields = [{"name": finding.name, "ok": finding.well, "message": finding.text} for finding in found]
    connection.show(fields, lambda: "\n".join(_render(finding) for finding in found))
    if not all(finding.well for finding in found):
        click.get_current_context().exit(SICK)


Look = Callable[[Connection], list[Finding]]


def _look_at_version(connection: Connection) -> list[Finding]:
    version = connection.rest.get("/version")["version"]
    same = version == __version__
    text = f"{connection.rest.url} answers, version {version}" + ("" if same else f"; this command is {__version__}")
    return [Finding("server", same, text)]


def _look_at_incidents(connection: Connection) -> list[Finding]:
    count = connection.rest.get("/incident/count")["count"]
    text = f"{count} open: baton incidents" if count else "none"
    return [Finding("incidents", count == 0, text)]


def _look_at_watchdog(connection: Connection) -> list[Finding]:
    report: dict[str, Any] = connection.rest.get("/watchdog")
    if report["at"] is None:
        return [_explain_silence(connection.rest.get("/status")["lastProgress"])]
    found = [
        Finding(finding["rule"], bool(finding["repaired"]), f"{finding['subject']}: {finding['message']}")
        for finding in report["findings"]
    ]
    return found or [Finding("watchdog", True, f"nothing found at {report['at']}")]


def _explain_silence(progress: str | None) -> Finding:
    """In the first half minute of a new store the watchdog has had no turn yet, which is no fault."""
    if progress is None:
        return Finding(
            "watchdog", False, "has not looked yet, and nothing works off what is due: are the loops running?"
        )
    return Finding("watchdog", True, f"has not looked yet, it will soon; the loops were at work at {progress}")


def _render(finding: Finding) -> str:
    sign = click.style("ok", fg="green") if finding.well else click.style("!!", fg="red", bold=True)
    return f"{sign}  {finding.name}: {finding.text}"
