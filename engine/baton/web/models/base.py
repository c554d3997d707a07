"""The three kinds of model: ``Query`` refuses unknown names, ``Command`` ignores and reports them, ``Answer`` is sent.

Attributes have the names of the API, so that each name exists once. A field that is null is as if it were absent.
"""

from __future__ import annotations

from typing import Any, ClassVar, get_args

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from baton.web.jsons import Sendable
from baton.web.models.names import (
    NEVER_REFUSED,
    Reading,
    WithoutEffect,
    is_without_effect,
    list_unknown,
    refuse_unknown,
)


class RequestModel(BaseModel):
    """What both kinds of request have in common. Unknown names are extras until ``check_names`` has looked at them."""

    model_config = ConfigDict(strict=True, frozen=True, extra="allow", defer_build=True)
    nested: ClassVar[tuple[str, ...]] = ()
    """The fields that hold requests themselves."""
    without_effect: ClassVar[tuple[str, ...]] = ()
    """The fields that are marked so."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls.nested = tuple(name for name, field in cls.model_fields.items() if _holds_request(field.annotation))
        cls.without_effect = tuple(name for name, field in cls.model_fields.items() if _is_without_effect(field))

    @classmethod
    def list_wire_names(cls) -> list[str]:
        """The names of the fields in a request."""
        return [field.alias or name for name, field in cls.model_fields.items()]

    def check_names(self, reading: Reading) -> None:
        """Do what the policy says about names that the model, or one inside it, does not have."""
        extra = self.__pydantic_extra__
        if extra:
            names = list_unknown(extra)
            reading.ignored.extend(name for name in names if name in NEVER_REFUSED)
            unknown = [name for name in names if name not in NEVER_REFUSED]
            if unknown:
                self.meet_unknown(unknown, reading)
            extra.clear()
        reading.ignored.extend(name for name in self.without_effect if not is_without_effect(self.__dict__[name]))
        for name in self.nested:
            held: RequestModel | list[RequestModel] | None = self.__dict__[name]
            if isinstance(held, list):
                for inner in held:
                    inner.check_names(reading)
            elif held is not None:
                held.check_names(reading)

    def meet_unknown(self, names: list[str], reading: Reading) -> None:
        raise NotImplementedError


def _is_without_effect(field: FieldInfo) -> bool:
    return any(isinstance(item, WithoutEffect) for item in field.metadata)


def _holds_request(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, RequestModel):
        return True
    return any(_holds_request(part) for part in get_args(annotation))


class Query(RequestModel):
    """Query parameters, and filters in a body: a name that is not known is refused, with the nearest known one."""

    model_config = ConfigDict(json_schema_extra={"additionalProperties": False})

    def meet_unknown(self, names: list[str], reading: Reading) -> None:
        raise refuse_unknown(names[0], self.list_wire_names(), reading.what)


class Command(RequestModel):
    """The body of a request that changes something: names that are not known are ignored and reported."""

    def meet_unknown(self, names: list[str], reading: Reading) -> None:
        reading.ignored.extend(names)


class Answer(Sendable, BaseModel):
    """What is sent. Fields named in ``omitted`` are left out while they are None; all others are always there."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True, defer_build=True)
    omitted: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        reference = handler(schema)
        described = handler.resolve_ref_schema(reference)
        if "required" in described:
            described["required"] = [name for name in described["required"] if name not in cls.omitted]
        return reference

    def to_plain(self) -> dict[str, Any]:
        values = vars(self)
        if not self.omitted:
            return values
        return {name: value for name, value in values.items() if value is not None or name not in self.omitted}
