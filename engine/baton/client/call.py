"""One request to a Baton as data: who sends it, blocking or not, is decided elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")
File = tuple[str | None, Any]
"""A part of a form: file name (None for text) and content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[T]):
    """``read`` turns the answer's JSON into what the caller gets."""

    method: str
    path: str
    read: Callable[[Any], T]
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    body: Mapping[str, Any] | None = None
    files: Mapping[str, File] | None = None


def make_params(filters: Mapping[str, Any]) -> dict[str, str]:
    """Filters by their names in the API. None is left out; lists are joined by commas."""
    return {name: _write(value) for name, value in filters.items() if value is not None}


def drop_none(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def read_nothing(answer: Any) -> None:
    """For calls that are only done."""
    del answer


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.astimezone()
        return aware.isoformat(timespec="milliseconds")
    if isinstance(value, (list, tuple, set, frozenset)):
        return ",".join(str(item) for item in cast("Iterable[object]", value))
    return str(value)
