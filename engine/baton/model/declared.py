"""Values that keep a type which they do not show themselves: a ``Long`` of 5, a ``Short``, an ``Object``.

Such a value is of a subclass of its own class, so that it counts, compares and is stored as what it is. It keeps its
declaration while it is passed on unchanged; a computed value is plain, and its type is derived from it.

Stored rows stay as earlier releases read them. What was declared lies beside: of a variable in a field of its own, with
a check sum of the value it belongs to (an earlier release changes the value and leaves that field alone); of variables
that travel together in an entry ``TYPES`` among them.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any, cast

from baton.model.immutable import immutable
from baton.model.values import Value

TYPES = "\x1fbaton:types"
"""Among variables that travel together: what was declared of them, by name."""
FIELD = "d"
"""Before the name of a variable's field in a state: the field that holds what was declared of it."""


@immutable
class Declaration:
    """``type`` as the API writes it; ``object_type`` and ``format`` are those of an ``Object``'s ``valueInfo``."""

    type: str
    object_type: str | None = None
    format: str | None = None


class DeclaredInt(int):
    declaration: Declaration


class DeclaredFloat(float):
    declaration: Declaration


class DeclaredText(str):
    declaration: Declaration


class DeclaredList(list[Value]):
    declaration: Declaration


class DeclaredDict(dict[str, Value]):
    declaration: Declaration


_CLASSES: dict[type, type[Any]] = {
    int: DeclaredInt,
    float: DeclaredFloat,
    str: DeclaredText,
    list: DeclaredList,
    dict: DeclaredDict,
}
_PLAIN: dict[type, type[Any]] = {declared: plain for plain, declared in _CLASSES.items()}
_DECLARED = frozenset(_PLAIN)


def declare(value: Value, declaration: Declaration) -> Value:
    """The value with a declared type. Those of other kinds (null, truth values, dates …) stay as they are."""
    plain = remove_declaration(value)
    kind = _CLASSES.get(type(plain))
    if kind is None:
        return plain
    found = kind(plain)
    found.declaration = declaration
    return cast("Value", found)


def get_declaration(value: Value) -> Declaration | None:
    return cast("Any", value).declaration if type(value) in _PLAIN else None


def remove_declaration(value: Value) -> Value:
    """The plain value."""
    kind = _PLAIN.get(type(value))
    return value if kind is None else kind(value)


def remove_declarations(values: Mapping[str, Value]) -> dict[str, Value]:
    return {name: remove_declaration(value) for name, value in values.items()}


# -- variables that travel together


def list_declarations(values: Mapping[str, Value]) -> dict[str, Value]:
    """What was declared of the variables, as plain data; empty for most."""
    if _DECLARED.isdisjoint(map(type, values.values())):  # asked at every step, so it has to be quick
        return {}
    return {name: _write(cast("Any", value).declaration) for name, value in values.items() if type(value) in _PLAIN}


def apply_declarations(values: Mapping[str, Value], types: Value) -> dict[str, Value]:
    """The variables with the declarations of ``list_declarations``; an unreadable declaration is ignored."""
    rows = types if isinstance(types, dict) else {}
    return {name: _declare_by_row(value, rows[name]) if name in rows else value for name, value in values.items()}


def convert_variables(values: dict[str, Value], types: dict[str, Value]) -> dict[str, Value]:
    """The variables as plain values, with what ``list_declarations`` says of them in an entry ``TYPES``."""
    return {**remove_declarations(values), TYPES: types}


def restore_variables(packed: dict[str, Value]) -> dict[str, Value]:
    """The variables of ``convert_variables``."""
    return apply_declarations({name: value for name, value in packed.items() if name != TYPES}, packed[TYPES])


# -- one variable in a state


def write_declaration(value: Value) -> Value:
    """The row that lies beside a variable; None if nothing was declared."""
    declaration = get_declaration(value)
    return None if declaration is None else [*_write(declaration), _sum(value)]


def read_declared(value: Value, row: Value) -> Value:
    """The variable with what lies beside it, if that belongs to this value."""
    belongs = isinstance(row, list) and len(row) > 3 and row[3] == _sum(value)
    return _declare_by_row(value, row) if belongs else value


def _sum(value: Value) -> int:
    return zlib.crc32(repr(remove_declaration(value)).encode(errors="surrogatepass"))


def _write(declaration: Declaration) -> list[Value]:
    return [declaration.type, declaration.object_type, declaration.format]


def _declare_by_row(value: Value, row: Value) -> Value:
    match row:
        case [str() as kind, (str() | None) as object_type, (str() | None) as form, *_]:
            return declare(value, Declaration(type=kind, object_type=object_type, format=form))
        case _:
            return value
