"""Dataclasses as compact positional rows and back. Fields that a row is too short to hold take their defaults."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from baton.model import values
from baton.model.declared import TYPES, list_declarations, restore_variables
from baton.model.values import Value

T = TypeVar("T")


def to_row(record: object) -> list[Value]:
    """The field values in order, without trailing fields that hold their default."""
    return _get_row_function(type(record))(record)


_SIMPLE = frozenset({str, int, float, bool, bytes, type(None)})


@cache
def _get_row_function(kind: type) -> Callable[[object], list[Value]]:
    """What makes rows of a class, written out field by field as ``dataclass`` writes constructors.

    Rows are made at every step, and going through the fields in a loop took twice as long as the rest of the row. From
    the last field on it asks whether the default is there: ::

        def make_row(record):
            if d2 != (v2 := record.token): return [record.position, str(record.type), v2]
            return [record.position, str(record.type)]
    """
    specs = fields(cast("Any", kind))
    hints = get_type_hints(kind, localns=vars(values))
    reads = [_write_reading(spec.name, hints[spec.name]) for spec in specs]
    names: dict[str, Any] = {"make_plain": _make_plain, "simple": _SIMPLE}
    lines = ["def make_row(record):"]
    for place, spec in reversed(list(enumerate(specs))):
        if not _has_default(spec):
            lines.append(f"    return [{', '.join(reads[: place + 1])}]")
            break
        names[f"d{place}"] = default = _get_default(spec)
        differs = _write_comparison(f"(v{place} := {reads[place]})", f"d{place}", default)
        lines.append(f"    if {differs}: return [{', '.join([*reads[:place], f'v{place}'])}]")
    else:
        lines.append("    return []")
    exec("\n".join(lines), names)
    return names["make_row"]


def _write_reading(name: str, hint: Any) -> str:
    """The expression for the plain value of a field."""
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return f"str(record.{name})"
    if get_origin(hint) in (dict, Mapping):
        # Of most events every value is a simple one.
        return f"(dict(m) if simple.issuperset(map(type, (m := record.{name}).values())) else make_plain(m))"
    return f"record.{name}" if _is_simple(hint) else f"make_plain(record.{name})"


def _write_comparison(value: str, name: str, default: Value) -> str:
    """The condition that a value is not the default."""
    return f"{value} is not None" if default is None else f"{name} != {value}"


def _is_simple(hint: Any) -> bool:
    if get_origin(hint) in (Union, types.UnionType):
        return all(_is_simple(option) for option in get_args(hint))
    return hint in _SIMPLE


def from_row(kind: type[T], row: list[Value]) -> T:
    """Build a ``kind`` from its row. Raises ValueError if the row is longer than this release knows."""
    return _get_record_function(kind, len(row))(row)


def _make_plain(value: object) -> Value:
    if type(value) in _SIMPLE:
        return cast("Value", value)
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, dict):
        items = cast("dict[object, Any]", value).items()
        plain = {str(k): v if type(v) in _SIMPLE else _make_plain(v) for k, v in items}
        types = list_declarations(cast("dict[str, Value]", value))
        return {**plain, TYPES: types} if types else plain
    if isinstance(value, (tuple, list)):
        return [_make_plain(item) for item in cast("tuple[object, ...]", value)]
    return cast("Value", value)


def _has_default(spec: Any) -> bool:
    return spec.default is not MISSING or spec.default_factory is not MISSING


def _get_default(spec: Any) -> Value:
    return _make_plain(spec.default if spec.default is not MISSING else spec.default_factory())


@cache
def _get_record_function(kind: type[T], length: int) -> Callable[[list[Value]], T]:
    """What makes records of rows of one length, written out as in ``_get_row_function``: a long list is many rows. ::

        def make_record(row): return kind(position=row[0], type=r1(row[1]))

    Raises ValueError.
    """
    specs = fields(cast("Any", kind))
    if length > len(specs):
        raise ValueError(f"Expected at most {len(specs)} fields of {kind.__name__}, but found {length}: newer format")
    hints = get_type_hints(kind, localns=vars(values))
    names: dict[str, Any] = {"kind": kind}
    arguments: list[str] = []
    for place, spec in enumerate(specs[:length]):
        restore = _make_restorer(hints[spec.name])
        if restore is _return_same:
            arguments.append(f"{spec.name}=row[{place}]")
        else:
            names[f"r{place}"] = restore
            arguments.append(f"{spec.name}=r{place}(row[{place}])")
    exec(f"def make_record(row): return kind({', '.join(arguments)})", names)
    return names["make_record"]


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
