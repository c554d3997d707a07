"""Variables as the REST API writes them (``{"value": …, "type": …}``) and as Python values."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

from baton.model.values import FileValue, Value
from baton.worker.describing import describe_error, describe_value
from baton.worker.results import simplify

Typed: TypeAlias = "dict[str, Any]"

_INT32, _INT64 = 2**31, 2**63


def to_typed(value: object) -> Typed:
    """One value with its type. Raises TypeError for what no process variable can hold."""
    value = simplify(value)
    match value:
        case None:
            return {"value": None, "type": "Null"}
        case bool():
            return {"value": value, "type": "Boolean"}
        case int():
            return _integer(value)
        case float():
            return {"value": value, "type": "Double"}
        case str():
            return {"value": value, "type": "String"}
        case bytes():
            return {"value": base64.b64encode(value).decode(), "type": "Bytes"}
        case datetime():
            return {"value": _moment(value), "type": "Date"}
        case FileValue():
            info = {"filename": value.name, "mimeType": value.mime_type, "encoding": value.encoding}
            return {"value": base64.b64encode(value.content).decode(), "type": "File", "valueInfo": info}
        case list() | dict() | tuple():
            return {
                "value": json.dumps(value, default=_inside_json, allow_nan=False, ensure_ascii=False),
                "type": "Json",
            }
        case _:
            raise TypeError(
                f"Expected a value that JSON can hold, but found {type(value).__name__}: {describe_value(value)}"
            )


def to_typed_variables(variables: Mapping[str, Value]) -> dict[str, Typed]:
    """All of them. Raises TypeError, naming the variable, for what cannot be sent: NaN, lone surrogates, cycles."""
    found: dict[str, Typed] = {}
    for name, value in variables.items():
        try:
            found[name] = _check_sendable(name, to_typed(value))
        except Exception as error:  # also what a value's own methods raise: cycles, depth, broken subclasses
            raise TypeError(f"Variable {describe_value(name)}: {describe_error(error)}") from None
    return found


def from_typed(typed: Mapping[str, Any]) -> Value:
    """The Python value of one typed variable."""
    value = typed.get("value")
    kind = str(typed.get("type") or "").lower()
    if value is None:
        return None
    if kind in ("json", "object") and isinstance(value, str):
        return json.loads(value)
    if kind == "bytes":
        return base64.b64decode(value)
    if kind == "date":
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%f%z")
    return value


def to_plain_variables(typed: Mapping[str, Mapping[str, Any]]) -> dict[str, Value]:
    return {name: from_typed(item) for name, item in typed.items()}


def _check_sendable(name: object, typed: Typed) -> Typed:
    if not isinstance(name, str):
        raise TypeError(f"Expected a name that is a string, but found {type(name).__name__}")
    json.dumps({name: typed}, allow_nan=False, ensure_ascii=False).encode()
    return typed


def _integer(value: int) -> Typed:
    if -_INT32 <= value < _INT32:
        return {"value": value, "type": "Integer"}
    if -_INT64 <= value < _INT64:
        return {"value": value, "type": "Long"}
    raise TypeError(f"Expected a whole number of at most 64 bits, but found {value}")


def _moment(value: datetime) -> str:
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.strftime("%Y-%m-%dT%H:%M:%S.") + f"{aware.microsecond // 1000:03d}" + aware.strftime("%z")


def _inside_json(value: object) -> Any:
    if isinstance(value, datetime):
        return _moment(value)
    plain = simplify(value)
    if plain is not value:
        return plain
    raise TypeError(f"Expected a value that JSON can hold, but found {type(value).__name__}: {describe_value(value)}")
