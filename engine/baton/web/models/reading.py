"""Requests into models. Neither function needs Flask: text or bytes in, a model out."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin
from urllib.parse import parse_qs

from pydantic import BaseModel, ValidationError

from baton.web.jsons import load_object
from baton.web.models.base import Command, Query
from baton.web.models.faults import make_refusal
from baton.web.models.names import Reading

RequestT = TypeVar("RequestT", bound="Query | Command")


def read_body(model: type[RequestT], data: bytes, reading: Reading | None = None) -> RequestT:
    """A JSON body as the model; an empty body is an empty object. Raises BadRequest for what does not fit.

    Names that were ignored are in ``reading`` afterwards.
    """
    return read(model, load_object(data), reading or Reading())


def read_query(model: type[RequestT], query_string: str, ignored: list[str] | None = None) -> RequestT:
    """A query string as the model; the last value of a name counts, lists are joined. Raises BadRequest.

    Names that were ignored are added to ``ignored``.
    """
    given = parse_qs(query_string, keep_blank_values=True, errors="replace") if query_string else {}
    reading = Reading("query parameter")
    found = read(model, _typed(model, given), reading)
    if ignored is not None:
        ignored += reading.ignored
    return found


def read(model: type[RequestT], given: dict[str, Any], reading: Reading) -> RequestT:
    """Values as they came as the model. Raises BadRequest for what does not fit."""
    try:
        found = model.model_validate(given)
    except ValidationError as error:
        raise make_refusal(error, reading.what) from None
    found.check_names(reading)
    return found


def _typed(model: type[BaseModel], given: Mapping[str, list[str]]) -> dict[str, Any]:
    """Texts as what the fields take; an empty text is as if it were absent, except for a text."""
    readers = _text_readers(model)
    found: dict[str, Any] = {}
    for name, texts in given.items():
        reader = readers.get(name)
        found[name] = texts[-1] if reader is None else reader(texts)
    return found


@cache
def _text_readers(model: type[BaseModel]) -> dict[str, Callable[[list[str]], Any]]:
    """How to read the text of each field that is not a text itself."""
    kinds = {field.alias or name: _kind(field.annotation) for name, field in model.model_fields.items()}
    return {name: _READERS[kind] for name, kind in kinds.items() if kind in _READERS}


def _kind(annotation: Any) -> Any:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _kind(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return _kind(next(part for part in get_args(annotation) if part is not type(None)))
    return str if origin is Literal else origin or annotation


def _list(texts: list[str]) -> Any:
    return [part for part in ",".join(texts).split(",") if part] or None


def _integer(texts: list[str]) -> Any:
    try:
        return int(texts[-1]) if texts[-1] else None
    except ValueError:
        return texts[-1]


def _flag(texts: list[str]) -> Any:
    text = texts[-1]
    return {"true": True, "false": False, "": None}.get(text.lower(), text)


_READERS: dict[Any, Callable[[list[str]], Any]] = {tuple: _list, int: _integer, bool: _flag}
