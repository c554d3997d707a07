"""Dataclasses as compact positional rows and back. Fields that a row is too short to hold take their defaults."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from baton.model import values
from baton.model.declared import TYPES, list_declarations, restore_variables
from baton.model.values import FileValue, Value

T = TypeVar("T")


def to_row(record: object) -> list[Value]:
    """The field values in order, without trailing fields that hold their default."""
    read, convertible, defaults = _get_reader(type(record))
    values = list(read(record))
    for place in convertible:
        if type(value := values[place]) not in _SIMPLE:
            values[place] = _to_plain(value)
    last = len(values)
    while last and defaults[last - 1] == values[last - 1]:
        last -= 1
    del values[last:]
    return values


_SIMPLE = frozenset({str, int, float, bool, bytes, type(None)})


class _Reader(NamedTuple):
    """Made once per class, since rows are written at every step."""

    read: Callable[[object], tuple[Any, ...]]
    """All fields."""
    convertible: tuple[int, ...]
    """The places of fields whose type has more than simple values."""
    defaults: tuple[Value, ...]


@cache
def _get_reader(kind: type) -> _Reader:
    """Raises ValueError for a class with a single field: what reads it would give a value, not a tuple."""
    specs = fields(cast("Any", kind))
    if len(specs) < 2:
        raise ValueError(f"Expected a record with two fields or more, but {kind.__name__} has {len(specs)}")
    hints = get_type_hints(kind, localns=vars(values))
    convertible = tuple(place for place, spec in enumerate(specs) if not _is_simple(hints[spec.name]))
    return _Reader(attrgetter(*(spec.name for spec in specs)), convertible, tuple(map(_get_default, specs)))


def _is_simple(hint: Any) -> bool:
    if get_origin(hint) in (Union, types.UnionType):
        return all(_is_simple(option) for option in get_args(hint))
    return hint in _SIMPLE


def from_row(kind: type[T], row: list[Value]) -> T:
    """Build a ``kind`` from its row. Raises ValueError if the row is longer than this release knows."""
    names, restorers = _get_writer(kind)
    if len(row) > len(names):
        raise ValueError(f"Expected at most {len(names)} fields of {kind.__name__}, but found {len(row)}: newer format")
    found: dict[str, Any] = dict(zip(names, row, strict=False))
    for name, restore in restorers:
        if name in found:
            found[name] = restore(found[name])
    return kind(**found)


def _to_plain(value: object) -> Value:
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, dict):
        items = cast("dict[object, Any]", value).items()
        plain = {str(k): v if type(v) in _SIMPLE else _to_plain(v) for k, v in items}
        types = list_declarations(cast("dict[str, Value]", value))
        return {**plain, TYPES: types} if types else plain
    if isinstance(value, (tuple, list)):
        return [_to_plain(item) for item in cast("tuple[object, ...]", value)]
    return cast("Value", value)


def _get_default(spec: Any) -> Value:
    if spec.default is not MISSING:
        return _to_plain(spec.default)
    if spec.default_factory is not MISSING:
        return _to_plain(spec.default_factory())
    return FileValue("no default", b"")


class _Writer(NamedTuple):
    """Made once per class, since a long history is many rows."""

    names: tuple[str, ...]
    """Of all fields."""
    restorers: tuple[tuple[str, Callable[[Any], Any]], ...]
    """By name, for the fields whose values are not stored as they are."""


@cache
def _get_writer(kind: type) -> _Writer:
    specs = fields(kind)
    hints = get_type_hints(kind, localns=vars(values))
    names = tuple(spec.name for spec in specs)
    restorers = ((name, _make_restorer(hints[name])) for name in names)
    return _Writer(names, tuple((name, restore) for name, restore in restorers if restore is not _return_same))


def _make_restorer(hint: Any) -> Callable[[Any], Any]:
    if get_origin(hint) in (Union, types.UnionType):
        return _restore_optional([arg for arg in get_args(hint) if arg is not type(None)])
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _restore_member(hint)
    if get_origin(hint) in (dict, Mapping):
        return _restore_mapping
    if get_origin(hint) is tuple:
        return _restore_tuple(get_args(hint))
    return _return_same


def _restore_optional(options: list[Any]) -> Callable[[Any], Any]:
    restore = _make_restorer(options[0]) if len(options) == 1 else _return_same
    return restore if restore is _return_same else lambda value: None if value is None else restore(value)


def _restore_member(kind: type[StrEnum]) -> Callable[[Any], Any]:
    members = {str(member): member for member in kind}
    # What is not a member raises the error that the class has for it.
    return lambda value: members.get(value) or kind(value)


def _restore_tuple(items: tuple[Any, ...]) -> Callable[[Any], Any]:
    if len(items) == 2 and items[1] is Ellipsis:
        item = _make_restorer(items[0])

        def restore_each(value: Any) -> Any:
            return tuple(item(entry) for entry in value)

        return restore_each
    restorers = [_make_restorer(arg) for arg in items]

    def restore_positional(value: Any) -> Any:
        return tuple(restore(part) for restore, part in zip(restorers, value, strict=True))

    return restore_positional


def _restore_mapping(value: Any) -> Any:
    return restore_variables(value) if TYPES in value else value


def _return_same(value: Any) -> Any:
    return value
