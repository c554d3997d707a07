"""``baton repair``: what is damaged in the files of the store is left out, so that Baton starts again."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from baton.cli.connection import CANNOT_START
from baton.launcher.errors import CannotStart
from baton.launcher.repair import LostChange, RepairReport
from baton.launcher.repair import repair as repair_folder


@click.command()
@click.option(
    "--data", default="data", show_default=True, type=click.Path(path_type=Path), help="The folder that Baton used."
)
@click.option("--check", is_flag=True, help="Only say what would be lost.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def repair(data: Path, check: bool, as_json: bool) -> None:
    """Leave out what is damaged in the files of the embedded store, and say what is lost. Baton must be stopped.

    The files as they were are kept beside the repaired ones.

    \b
    Examples:
      baton repair --check
      baton repair --data /var/lib/baton
    """
    try:
        report = repair_folder(data, only_look=check)
    except CannotStart as error:
        click.echo(str(error), err=True)
        sys.exit(CANNOT_START)
    if as_json:
        click.echo(json.dumps(_to_fields(report), indent=2))
        return
    for lost in report.lost:
        click.echo(_describe(lost))
    click.echo(_sum_up(report, check=check))


def _to_fields(report: RepairReport) -> dict[str, Any]:
    lost = [
        {"file": change.file, "start": change.start, "size": change.size, "instances": list(change.instances)}
        for change in report.lost
    ]
    return {"lost": lost, "backup": str(report.backup) if report.backup else None}


def _describe(lost: LostChange) -> str:
    whose = f"of {', '.join(lost.instances)}" if lost.instances else "of no known instance"
    return f"{lost.file}: {lost.size} bytes from byte {lost.start} on cannot be read; a change {whose}"


def _sum_up(report: RepairReport, *, check: bool) -> str:
    if not report.lost:
        return "Nothing is damaged that keeps the store from loading."
    if check:
        return f"{len(report.lost)} would be lost. Nothing has been changed."
    return (
        f"{len(report.lost)} lost; all other changes are there again. The files as they were: {report.backup}. "
        "Start Baton, and look at the instances that are named above."
    )
