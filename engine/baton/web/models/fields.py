"""Types of fields: each checks a value as it came, and describes itself in the OpenAPI description."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

from annotated_types import Ge, Gt, Le
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    PlainValidator,
    Strict,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from baton.model.errors import BadRequest
from baton.model.times import Millis
from baton.model.values import Value
from baton.web.jsons import name_type
from baton.web.models.names import WithoutEffect
from baton.web.models.variable import GivenVariable, Variable
from baton.web.times import parse_millis
from baton.web.variables import from_rest_variables


@dataclass(frozen=True, slots=True)
class _ObjectOf:
    """Describes an object whose values are of a model, which the check itself does not use."""

    model: type[BaseModel]

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(core_schema.dict_schema(values_schema=self.model.__pydantic_core_schema__))


_INT32, _INT64 = (1 << 31) - 1, (1 << 63) - 1
_LONGEST = 1_000 * 366 * 86_400_000


def _whole(value: Any) -> Any:
    return int(value) if type(value) is float and value.is_integer() else value


def _shorten(value: int) -> Millis:
    return max(-_LONGEST, min(value, _LONGEST))


def _millis(value: Any, info: ValidationInfo) -> Millis:
    if not isinstance(value, str):
        raise BadRequest(f"Expected a date for '{info.field_name}', but found {name_type(value)}")
    return parse_millis(value, info.field_name or "")


def _variables(value: Any, info: ValidationInfo) -> dict[str, Value]:
    return from_rest_variables(value, info.field_name or "variables")


def _refuse(value: Any, info: ValidationInfo) -> None:
    if value is not None and value is not False and value != []:
        raise BadRequest(
            f"Expected no '{info.field_name}' in the body, which Baton does not support, but found {name_type(value)}"
        )


Whole: TypeAlias = Annotated[int, Ge(-_INT32 - 1), Le(_INT32), BeforeValidator(_whole)]
"""A whole number of 32 bits; ``3.0`` is one too."""
NotNegative: TypeAlias = Annotated[int, Ge(0), Le(_INT32), BeforeValidator(_whole)]
"""A whole number of 0 or more."""
Positive: TypeAlias = Annotated[int, Ge(1), Le(_INT32), BeforeValidator(_whole)]
"""A whole number of 1 or more."""
Duration: TypeAlias = Annotated[int, Ge(-_INT64 - 1), Le(_INT64), BeforeValidator(_whole), AfterValidator(_shorten)]
"""Milliseconds; more than a thousand years, as clients write «for ever», are a thousand years."""
NotNegativeDuration: TypeAlias = Annotated[Duration, Ge(0)]
PositiveDuration: TypeAlias = Annotated[Duration, Gt(0)]
Moment: TypeAlias = Annotated[
    int,
    PlainValidator(_millis),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-20T18:04:05.000+0000"]}),
]
"""A date and time of the API, as milliseconds since the epoch."""
Order: TypeAlias = Literal["asc", "desc"]
Names: TypeAlias = Annotated[tuple[str, ...], Strict(False)]
"""A list of texts; in a query string they are comma separated."""
Variables: TypeAlias = Annotated[dict[str, Any], PlainValidator(_variables), _ObjectOf(GivenVariable)]
"""Variables of a request, read into plain values."""
ShownVariables: TypeAlias = Annotated[dict[str, dict[str, Any]], _ObjectOf(Variable)]
"""Variables of an answer, each as ``to_rest`` shows it."""
IgnoredFlag: TypeAlias = Annotated[bool | None, WithoutEffect(), Field(description="ignored; true is warned of")]
"""A flag of Camunda 7 without which the request means nearly the same."""
Unsupported: TypeAlias = Annotated[None, PlainValidator(_refuse), WithJsonSchema({"enum": [False, [], None]})]
"""A field that would change what the request means and that Baton does not have: refused unless it is off."""
