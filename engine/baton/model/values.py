"""Values that process variables may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class FileValue:
    """A file as a variable: name, MIME type, optional text encoding, and its bytes."""

    name: str
    content: bytes
    mime_type: str | None = None
    encoding: str | None = None


Value: TypeAlias = "bool | int | float | str | bytes | datetime | FileValue | list[Value] | dict[str, Value] | None"
"""A variable's value. ``datetime`` is always timezone-aware. JSON variables are plain lists and dicts."""

Variables: TypeAlias = Mapping[str, Value]
