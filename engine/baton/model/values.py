"""Values that process variables may hold."""

from __future__ import annotations

import re
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

_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def join_surrogates(value: Value) -> Value:
    """The value with each surrogate pair in its texts as the one character that it stands for."""
    if isinstance(value, str):
        return value if value.isascii() else _PAIR.sub(_join_pair, value)
    if isinstance(value, list):
        return [join_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_PAIR.sub(_join_pair, name): join_surrogates(item) for name, item in value.items()}
    return value


def _join_pair(pair: re.Match[str]) -> str:
    return pair.group().encode("utf-16", "surrogatepass").decode("utf-16")
