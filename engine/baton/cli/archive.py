"""``baton archive export``: ended instances as Parquet files, for other tools."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import click

from baton import __version__
from baton.cli.connection import Connection, connect
from baton.cli.ended import EndedReader, Json, is_gone
from baton.cli.export_folder import open_export, publish
from baton.cli.export_tables import TABLES, parse_moment
from baton.cli.parquet import TableWriter, load_arrow
from baton.model.times import Millis, from_datetime, to_datetime
from baton.worker import EngineRefused

SUMMARY = "export.json"
_FORMAT = 1
_REPORTED = 10_000
"""Instances from one line about the progress to the next."""

Tables = Mapping[str, TableWriter]


@click.group()
def archive() -> None:
    """Ended instances: export them for other tools.

    \b
    Examples:
      baton archive export exports/2026-11-28 --ended-from 2026-11-28 --ended-before 2026-11-29
    """


@archive.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--key", help="Only of this process.")
@click.option("--ended-from", metavar="MOMENT", help="Only what ended then or later: 2026-11-28, 2026-11-28T18:00Z.")
@click.option("--ended-before", metavar="MOMENT", help="Only what ended before it; without a zone it is UTC.")
@connect
def export(
    connection: Connection, folder: Path, key: str | None, ended_from: str | None, ended_before: str | None
) -> None:
    """Write ended instances, with activities and events, as Parquet files into an empty FOLDER.

    Those of the archive and those that are in the store still, as far as you may read them. Values are not encrypted
    there. Give each day a folder of its own.

    \b
    Examples:
      baton archive export everything
      baton archive export exports/2026-11-28 --ended-from 2026-11-28 --ended-before 2026-11-29
      baton archive export orders --key order
    """
    begin, end = _read_moment("--ended-from", ended_from), _read_moment("--ended-before", ended_before)
    if begin is not None and end is not None and begin >= end:
        raise click.UsageError("Expected --ended-from to be before --ended-before, but found no time in between")
    load_arrow()
    with open_export(folder) as unfinished:
        filters = {} if key is None else {"processDefinitionKey": key}
        reader = EndedReader(connection.rest)
        last = reader.find_last_end({**filters, **({} if end is None else {"endedBefore": _show(end)})})
        with ExitStack() as stack:
            tables = {
                name: stack.enter_context(TableWriter(unfinished / name, columns)) for name, columns in TABLES.items()
            }
            if last is not None:
                _fill(tables, reader, reader.iterate_pages(filters, begin or 0, last))
        counts = {name: table.rows for name, table in tables.items()}
        asked = {"key": key, "endedFrom": ended_from, "endedBefore": ended_before}
        summary = {"format": _FORMAT, "baton": __version__, **asked, **counts}
        (unfinished / SUMMARY).write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        publish(unfinished, [*TABLES, SUMMARY])
    found = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    connection.show({"folder": str(folder), **counts}, lambda: f"{found} are in {folder}")


def _fill(tables: Tables, reader: EndedReader, pages: Iterable[list[Json]]) -> None:
    reported = _REPORTED
    for page in pages:
        there = [header for header in page if _add_events(tables, reader, header)]
        ids = [header["id"] for header in there]
        for activity in reader.iterate_activities(ids):
            tables["activities"].add(activity)
        variables = reader.read_variables(ids)
        for header in there:
            definition = reader.find_definition(header["definitionId"])
            tables["instances"].add({**header, **definition, "variables": variables[header["id"]]})
        if tables["instances"].rows >= reported:
            click.echo(f"{tables['instances'].rows:,} instances …", err=True)
            reported += _REPORTED


def _add_events(tables: Tables, reader: EndedReader, header: Json) -> bool:
    """False for an instance that was deleted meanwhile: it is left out."""
    try:
        for event in reader.iterate_events(header):
            tables["events"].add(event)
    except EngineRefused as error:
        if is_gone(error):
            return False
        raise
    return True


def _read_moment(option: str, text: str | None) -> Millis | None:
    try:
        moment: Any = parse_moment(text)
    except ValueError:
        raise click.UsageError(
            f"Expected a moment such as 2026-11-28 or 2026-11-28T18:00:00+01:00 for {option}, but found '{text}'"
        ) from None
    return None if moment is None else from_datetime(cast("datetime", moment))


def _show(moment: Millis) -> str:
    return to_datetime(moment).isoformat(timespec="milliseconds")
