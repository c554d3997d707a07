"""The three kinds of model: ``Query`` refuses unknown names, ``Command`` ignores and reports them, ``Answer`` is sent.

Attributes have the names of the API, so that each name exists once. A field that is null is as if it were absent.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, ValidationInfo, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from baton.web.models.names import Reading, unknown, unknown_names


class _Request(BaseModel):
    """What both kinds of request have in common."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")
    wire_names: ClassVar[frozenset[str]] = frozenset()
    """The names of the fields in a request."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls.wire_names = frozenset(field.alias or name for name, field in cls.model_fields.items())

    @model_validator(mode="before")
    @classmethod
    def _drop_absent(cls, given: Any, info: ValidationInfo) -> Any:
        if type(given) is not dict:
            return given
        values, known = cast("dict[str, Any]", given), cls.wire_names
        present = {name: value for name, value in values.items() if value is not None and name in known}
        if len(present) != len(values):
            names = unknown_names(values, known)
            if names:
                cls.meet_unknown(names, info.context)
        return present

    @classmethod
    def meet_unknown(cls, names: list[str], reading: Reading | None) -> None:
        """Do what the policy says about names that the model does not have."""
        raise NotImplementedError


class Query(_Request):
    """Query parameters, and filters in a body: a name that is not known is refused, with the nearest known one."""

    model_config = ConfigDict(extra="forbid")

    @classmethod
    def meet_unknown(cls, names: list[str], reading: Reading | None) -> None:
        raise unknown(names[0], cls.wire_names, "field" if reading is None else reading.what)


class Command(_Request):
    """The body of a request that changes something: names that are not known are ignored and reported."""

    @classmethod
    def meet_unknown(cls, names: list[str], reading: Reading | None) -> None:
        if reading is not None:
            reading.ignored.extend(names)


class Answer(BaseModel):
    """What is sent. Fields named in ``omitted`` are left out while they are None; all others are always there."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)
    omitted: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        reference = handler(schema)
        described = handler.resolve_ref_schema(reference)
        if "required" in described:
            described["required"] = [name for name in described["required"] if name not in cls.omitted]
        return reference

    def plain(self) -> dict[str, Any]:
        """The fields as they are sent; values may be models again."""
        values = vars(self)
        if not self.omitted:
            return values
        return {name: value for name, value in values.items() if value is not None or name not in self.omitted}
