"""Dataclasses as compact positional rows and back. Fields that a row is too short to hold take their defaults."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import MISSING, fields
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from baton.model import values
from baton.model.values import FileValue, Value

T = TypeVar("T")


def to_row(record: object) -> list[Value]:
    """The field values in order, without trailing fields that hold their default."""
    specs = _written(type(record))
    values = [value if type(value := getattr(record, name)) in _SIMPLE else _plain(value) for name, _ in specs]
    while values and specs[len(values) - 1][1] == values[-1]:
        values.pop()
    return values


_SIMPLE = frozenset({str, int, float, bool, bytes, type(None)})


@cache
def _written(kind: type) -> tuple[tuple[str, Value], ...]:
    """Names and defaults, looked up once per class: rows are written at every step of every instance."""
    return tuple((spec.name, _default(spec)) for spec in fields(cast("Any", kind)))


def from_row(kind: type[T], row: list[Value]) -> T:
    """Build a ``kind`` from its row. Raises ValueError if the row is longer than this release knows."""
    specs = _specs(kind)
    if len(row) > len(specs):
        raise ValueError(f"Expected at most {len(specs)} fields of {kind.__name__}, but found {len(row)}: newer format")
    return kind(**{name: restore(value) for (name, restore), value in zip(specs, row, strict=False)})


def _plain(value: object) -> Value:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in cast("tuple[object, ...]", value)]
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in cast("dict[object, object]", value).items()}
    return cast("Value", value)


def _default(spec: Any) -> Value:
    if spec.default is not MISSING:
        return _plain(spec.default)
    if spec.default_factory is not MISSING:
        return _plain(spec.default_factory())
    return FileValue("no default", b"")


@cache
def _specs(kind: type) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(kind, localns=vars(values))
    return tuple((spec.name, _restorer(hints[spec.name])) for spec in fields(kind))


def _restorer(hint: Any) -> Callable[[Any], Any]:
    if get_origin(hint) in (Union, types.UnionType):
        return _optional([arg for arg in get_args(hint) if arg is not type(None)])
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    if get_origin(hint) is tuple:
        return _tuple(get_args(hint))
    return _same


def _optional(options: list[Any]) -> Callable[[Any], Any]:
    restore = _restorer(options[0]) if len(options) == 1 else _same
    return lambda value: None if value is None else restore(value)


def _tuple(items: tuple[Any, ...]) -> Callable[[Any], Any]:
    if len(items) == 2 and items[1] is Ellipsis:
        item = _restorer(items[0])

        def each(value: Any) -> Any:
            return tuple(item(one) for one in value)

        return each
    restorers = [_restorer(arg) for arg in items]

    def positional(value: Any) -> Any:
        return tuple(restore(one) for restore, one in zip(restorers, value, strict=True))

    return positional


def _same(value: Any) -> Any:
    return value
