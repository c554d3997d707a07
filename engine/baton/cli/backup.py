"""``baton backup`` and ``baton restore``: everything that the embedded store holds, in one file."""

from __future__ import annotations

import json
from pathlib import Path

import click

from baton.cli.connection import CANNOT_START, Stopped
from baton.launcher.backup import OWN_STORE, make_backup
from baton.launcher.errors import CannotStart
from baton.launcher.restore import restore_backup
from baton.service import Settings
from baton.settings import WrongSetting

_DATA = click.option(
    "--data", default="data", show_default=True, type=click.Path(path_type=Path), help="The folder that Baton uses."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
KEYS = "Keep BATON_ENCRYPTION_KEYS too: they are not in the backup, and without them it cannot be read."


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@_DATA
@_JSON
def backup(file: Path, data: Path, as_json: bool) -> None:
    """Copy the data of the embedded store into a new FILE, while Baton runs or not.

    What was answered before the command began is in it. A store of your own is backed up by its own means.

    \b
    Examples:
      baton backup baton-$(date +%F).backup
      baton backup /backups/baton.backup --data /var/lib/baton
    """
    settings = _read_settings()
    try:
        made = make_backup(data, file)
    except CannotStart as error:
        raise Stopped(str(error), CANNOT_START) from None
    fields = {"file": str(made.file), "size": made.size, "sha256": made.sha256}
    text = f"Backup of {data}: {made.file}, {made.size} bytes, SHA-256 {made.sha256}"
    click.echo(json.dumps(fields, indent=2) if as_json else text)
    if settings.encryption_keys:
        click.echo(KEYS, err=True)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_DATA
@_JSON
def restore(file: Path, data: Path, as_json: bool) -> None:
    """Put what `baton backup` wrote to FILE into a folder without data, checked; `baton serve` goes on from there.

    \b
    Examples:
      baton restore baton-2026-11-28.backup --data restored
    """
    _read_settings()
    try:
        restored = restore_backup(file, data)
    except CannotStart as error:
        raise Stopped(str(error), CANNOT_START) from None
    fields = {"data": str(data), "version": restored.version, "made": restored.made}
    origin = f"a backup of Baton {restored.version}, made {restored.made}"
    text = f"Restored to {data}: {origin}. Next: baton serve --data {data}"
    click.echo(json.dumps(fields, indent=2) if as_json else text)


def _read_settings() -> Settings:
    """Raises Stopped for a store of the user's own, which has its own means."""
    try:
        settings = Settings.from_environment()
    except WrongSetting as error:
        raise Stopped(str(error), CANNOT_START) from None
    if settings.redis_url:
        raise Stopped(
            f"Expected a Baton with the embedded store, but BATON_REDIS_URL names another. {OWN_STORE}", CANNOT_START
        )
    return settings
