"""Declared fields of query strings, bodies and answers: one declaration parses, checks and describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

from baton.model.errors import BadRequest
from baton.web.jsons import type_name
from baton.web.times import parse_millis
from baton.web.variables import all_from_rest

Kind: TypeAlias = Literal[
    "string", "integer", "number", "boolean", "date", "strings", "variables", "object", "objects", "any", "variable"
]


@dataclass(frozen=True, slots=True)
class Field:
    """``shape`` names the fields of an object or of the objects of a list; unknown names in them are refused."""

    name: str
    kind: Kind = "string"
    doc: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """A named object of the API: the parsed body of a request, or an answer."""

    name: str
    fields: tuple[Field, ...]
    open: bool = False
    """Names that are not declared are let through."""
    inert: tuple[str, ...] = ()
    """Names that clients send and Baton has nothing for: accepted when they ask for nothing, refused else."""

    def known(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}


def strings(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name) for name in names)


def integers(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, "integer") for name in names)


def booleans(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, "boolean") for name in names)


def dates(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, "date") for name in names)


def lists(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, "strings") for name in names)


def parse_query(fields: Mapping[str, Field], args: Mapping[str, list[str]]) -> dict[str, Any]:
    """Query parameters as typed values. Raises BadRequest for an unknown name, a wrong type, a missing one."""
    parsed: dict[str, Any] = {}
    for name, texts in args.items():
        field = fields.get(name)
        if field is None:
            known = ", ".join(sorted(fields)) or "none"
            raise BadRequest(f"Expected only known query parameters ({known}), but found '{name}'")
        text = ",".join(texts) if field.kind == "strings" else texts[-1]
        if text != "" or field.kind == "string":
            parsed[name] = _from_text(field, text)
    _check_required(fields, parsed, "query parameter")
    return parsed


def parse_body(shape: Shape, known: Mapping[str, Field], body: Mapping[str, Any]) -> dict[str, Any]:
    """A body's fields as typed values; null is the same as absent. Raises BadRequest as ``parse_query`` does."""
    parsed: dict[str, Any] = {}
    for name, value in body.items():
        field = known.get(name)
        if field is None:
            if shape.open:
                parsed[name] = value
            elif value is not None:
                _check_inert(shape, known, name, value)
        elif value is not None:
            parsed[name] = from_json(field, value)
    _check_required(known, parsed, "field")
    return parsed


def _check_inert(shape: Shape, known: Mapping[str, Field], name: str, value: Any) -> None:
    if name not in shape.inert:
        raise BadRequest(f"Expected only the fields {', '.join(sorted(known))} in the body, but found '{name}'")
    if value is not False:
        raise BadRequest(
            f"Expected no '{name}' in the body, which Baton does not support, but found {type_name(value)}"
        )


def _check_required(fields: Mapping[str, Field], parsed: Mapping[str, Any], what: str) -> None:
    for field in fields.values():
        if field.required and parsed.get(field.name) is None:
            raise BadRequest(f"Expected a value for the {what} '{field.name}', but found none")


def _from_text(field: Field, text: str) -> Any:
    if field.kind == "strings":
        return tuple(part for part in text.split(",") if part)
    if field.kind == "integer":
        try:
            return int(text)
        except ValueError:
            raise _wrong(field, text) from None
    if field.kind == "boolean":
        if text.lower() not in ("true", "false"):
            raise _wrong(field, text)
        return text.lower() == "true"
    if field.kind == "date":
        return parse_millis(text, field.name)
    return _chosen(field, text)


def from_json(field: Field, value: Any) -> Any:
    """Check one JSON value against its declaration."""
    match field.kind:
        case "string":
            if not isinstance(value, str):
                raise _wrong(field, value)
            return _chosen(field, value)
        case "integer":
            return _whole(field, value)
        case "number":
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise _wrong(field, value)
            return value
        case "boolean":
            if not isinstance(value, bool):
                raise _wrong(field, value)
            return value
        case "date":
            if not isinstance(value, str):
                raise _wrong(field, value)
            return parse_millis(value, field.name)
        case "strings":
            return _strings(field, value)
        case "variables":
            return all_from_rest(value, field.name)
        case _:
            return _nested(field, value)


def _nested(field: Field, value: Any) -> Any:
    if field.kind == "objects":
        if not isinstance(value, list):
            raise _wrong(field, value)
        return [_object(field, one) for one in cast("list[Any]", value)]
    return _object(field, value) if field.kind == "object" else value


def _object(field: Field, value: Any) -> Any:
    if not isinstance(value, dict):
        raise _wrong(field, value)
    if field.shape is None:
        return cast("dict[str, Any]", value)
    return parse_body(field.shape, field.shape.known(), cast("dict[str, Any]", value))


def _strings(field: Field, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in cast("list[Any]", value)):
        raise _wrong(field, value)
    return tuple(cast("list[str]", value))


def _whole(field: Field, value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong(field, value)
    return value


def _chosen(field: Field, text: str) -> str:
    if field.choices and text not in field.choices:
        raise BadRequest(f"Expected one of {', '.join(field.choices)} for '{field.name}', but found '{text}'")
    return text


_NAMES: dict[str, str] = {
    "string": "a text",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "date": "a date",
    "strings": "a list of texts",
    "variables": "an object of variables",
    "object": "an object",
    "objects": "a list of objects",
}


def _wrong(field: Field, value: Any) -> BadRequest:
    return BadRequest(f"Expected {_NAMES.get(field.kind, field.kind)} for '{field.name}', but found {type_name(value)}")
