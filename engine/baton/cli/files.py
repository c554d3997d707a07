"""Files and folders that are named on the command line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from baton.client.calls.definitions import find_files


def list_files(paths: Iterable[Path]) -> list[Path]:
    """The files, and what can be deployed in the folders. Raises UsageError when there is nothing."""
    try:
        return find_files(list(paths))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
