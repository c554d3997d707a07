"""Variables from the command line: a JSON file with one object, and ``--var name=value``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import click

from baton.worker.values import Typed, to_typed_variables


def read_variables(file: Path | None, pairs: Iterable[str]) -> dict[str, Typed]:
    """Pairs win over the file. Raises click.UsageError for what is not JSON or not ``name=value``."""
    found = _read_file(file) if file else {}
    found.update(_parse_pair(text) for text in pairs)
    try:
        return to_typed_variables(found)
    except TypeError as error:
        raise click.UsageError(str(error)) from None


def _read_file(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise click.UsageError(f"Expected JSON in {path}, but: {error}") from None
    if not isinstance(content, dict):
        raise click.UsageError(f"Expected one JSON object in {path}, its fields become variables")
    return cast("dict[str, Any]", content)


def _parse_pair(text: str) -> tuple[str, Any]:
    name, separator, value = text.partition("=")
    if not separator or not name:
        raise click.UsageError(f"Expected --var name=value, but found '{text}'")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value
