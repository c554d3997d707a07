"""What functions return: variables by name, and values of classes that no variable has, as the nearest that one can."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, cast
from uuid import UUID

from pydantic import BaseModel

from baton.model.values import FileValue
from baton.worker.describing import describe_value


def read_result(result: object) -> Mapping[Any, Any]:
    """The variables of a mapping, or of a dataclass's or pydantic model's fields. Else raises TypeError."""
    if result is None:
        return {}
    if isinstance(result, Mapping):
        return cast("Mapping[Any, Any]", result)
    fields = read_fields(result)
    if fields is None:
        found = f"{type(result).__name__}: {describe_value(result)}"
        raise TypeError(f"Expected a dict of variables, a dataclass, a pydantic model, or None, but found {found}")
    return fields


def read_fields(value: object) -> dict[str, Any] | None:
    """The fields of a dataclass (not of those inside it) or of a pydantic model, by their aliases; else None."""
    if isinstance(value, BaseModel):
        return value.model_dump(by_alias=True)
    if dataclasses.is_dataclass(value) and not isinstance(value, (type, FileValue)):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return None


def simplify(value: object) -> object:
    """A value that JSON can hold in place of one of the standard library's or pydantic's classes; others as they are.

    A Decimal becomes the number that reads the same, and raises TypeError if there is none.
    """
    match value:
        case Enum():
            return simplify(value.value)
        case Decimal():
            return _to_number(value)
        case UUID():
            return str(value)
        case date() if not isinstance(value, datetime):
            return value.isoformat()
        case _:
            fields = read_fields(value)
            return value if fields is None else fields


def _to_number(value: Decimal) -> int | float:
    if not value.is_finite():
        raise TypeError(f"Expected a number, but found {value}")
    number = int(value) if value == value.to_integral_value() and value.adjusted() < 18 else float(value)
    if Decimal(repr(number)) != value:
        raise TypeError(f"Expected at most about 16 digits, but found {value}: return it as text, to keep them all")
    return number
