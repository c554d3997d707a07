"""Filters by variables: ``name_operator_value`` in a query string, objects in a body."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple, TypeAlias, cast

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema

from baton.model.errors import BadRequest
from baton.service import VariableFilter
from baton.web.jsons import name_type

Operator: TypeAlias = Literal["eq", "neq", "gt", "gteq", "lt", "lteq", "like", "notLike"]
OPERATORS: tuple[str, ...] = ("eq", "neq", "gt", "gteq", "lt", "lteq", "like", "notLike")


class Comparison(NamedTuple):
    """One variable compared with a value."""

    name: str
    operator: Operator
    value: Any


def _read(given: Any, info: ValidationInfo) -> list[Comparison]:
    if isinstance(given, str):
        return [_from_text(item) for item in given.split(",") if item]
    if not isinstance(given, list):
        raise BadRequest(f"Expected a list of objects for '{info.field_name}', but found {name_type(given)}")
    return [_from_object(info.field_name, item) for item in cast("list[Any]", given)]


def _from_text(text: str) -> Comparison:
    pieces = text.split("_", 2)
    if len(pieces) != 3 or pieces[1] not in OPERATORS:
        raise BadRequest(f"Expected name_operator_value with one of {', '.join(OPERATORS)}, but found '{text}'")
    value = pieces[2] if pieces[1] in ("like", "notLike") else _typed(pieces[2])
    return Comparison(pieces[0], cast("Operator", pieces[1]), value)


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


def _from_object(field: str | None, entry: Any) -> Comparison:
    fields = cast("dict[str, Any]", entry) if isinstance(entry, dict) else {}
    name, operator = fields.get("name"), fields.get("operator")
    if not isinstance(name, str) or operator not in OPERATORS:
        raise BadRequest(f"Expected name, operator ({', '.join(OPERATORS)}) and value in each of '{field}'")
    return Comparison(name, operator, fields.get("value"))


_ONE = f"[^_,]*_({'|'.join(OPERATORS)})_[^,]*"
_TEXT = {
    "type": "string",
    "pattern": f"^{_ONE}(,{_ONE})*$",
    "description": "name_operator_value, comma separated; a list of objects in a body",
}
_OBJECTS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "operator": {"type": "string", "enum": list(OPERATORS)},
            "value": {},
        },
        "required": ["name", "operator"],
    },
}
Comparisons: TypeAlias = Annotated[
    list[Comparison], PlainValidator(_read), WithJsonSchema({"anyOf": [_TEXT, _OBJECTS]})
]


def make_variable_filters(
    comparisons: list[Comparison] | None, fold_names: bool | None, fold_values: bool | None
) -> tuple[VariableFilter, ...]:
    """The comparisons as filters of the service; ``fold_…``: upper and lower case are the same."""
    return tuple(
        VariableFilter(
            name=comparison.name,
            operator=comparison.operator,
            value=comparison.value,
            fold_name=fold_names is True,
            fold_value=fold_values is True,
        )
        for comparison in comparisons or ()
    )
