"""Filters by variables: ``name_operator_value`` in a query string, objects in a body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, cast

from baton.model.errors import BadRequest
from baton.service import VariableFilter
from baton.web.jsons import type_name

Operator: TypeAlias = Literal["eq", "neq", "gt", "gteq", "lt", "lteq", "like", "notLike"]
OPERATORS: tuple[str, ...] = ("eq", "neq", "gt", "gteq", "lt", "lteq", "like", "notLike")


def variable_filters(filters: Mapping[str, Any], field: str = "variables") -> tuple[VariableFilter, ...]:
    """The filters that a query or a body holds under ``field``. Raises BadRequest for an operator that is none."""
    given = filters.get(field)
    if given is None:
        return ()
    fold_name = filters.get("variableNamesIgnoreCase") is True
    fold_value = filters.get("variableValuesIgnoreCase") is True
    parts = _from_text(given) if isinstance(given, str) else _from_list(field, given)
    return tuple(
        VariableFilter(
            name=name, operator=cast("Operator", operator), value=value, fold_name=fold_name, fold_value=fold_value
        )
        for name, operator, value in parts
    )


def _from_text(text: str) -> list[tuple[str, str, Any]]:
    return [_part(one) for one in text.split(",") if one]


def _part(text: str) -> tuple[str, str, Any]:
    pieces = text.split("_", 2)
    if len(pieces) != 3 or pieces[1] not in OPERATORS:
        raise BadRequest(f"Expected name_operator_value with one of {', '.join(OPERATORS)}, but found '{text}'")
    return pieces[0], pieces[1], _typed(pieces[2])


def _typed(text: str) -> Any:
    """A value in a query string: true, false, null and numbers are themselves, anything else is text."""
    constants: dict[str, Any] = {"true": True, "false": False, "null": None}
    if text in constants:
        return constants[text]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _from_list(field: str, given: Any) -> list[tuple[str, str, Any]]:
    if not isinstance(given, list):
        raise BadRequest(f"Expected a list of objects for '{field}', but found {type_name(given)}")
    return [_from_object(field, one) for one in cast("list[Any]", given)]


def _from_object(field: str, one: Any) -> tuple[str, str, Any]:
    fields = cast("dict[str, Any]", one) if isinstance(one, dict) else {}
    name, operator = fields.get("name"), fields.get("operator")
    if not isinstance(name, str) or operator not in OPERATORS:
        raise BadRequest(f"Expected name, operator ({', '.join(OPERATORS)}) and value in each of '{field}'")
    return name, operator, fields.get("value")
