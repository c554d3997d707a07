"""JSON in and out. orjson, with the standard library where orjson refuses (integers beyond 64 bits)."""

from __future__ import annotations

import base64
import json
import re
from datetime import datetime
from typing import Any, cast

import orjson

from baton.model.errors import BadRequest
from baton.model.values import FileValue
from baton.web.times import to_text

_LONG_NUMBER = re.compile(rb"\d{19}")


class Sendable:
    """What becomes JSON by its ``plain``: the models of answers, which stand above this file."""

    def to_plain(self) -> dict[str, Any]:
        """The fields as they are sent; values may be models again."""
        raise NotImplementedError


def dump(value: object) -> bytes:
    """Compact UTF-8 JSON of plain data; datetimes as in the REST API, bytes as base64."""
    try:
        return orjson.dumps(value, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME)
    except TypeError:
        return json.dumps(value, default=_plain, separators=(",", ":"), ensure_ascii=False).encode()


def load(data: bytes) -> Any:
    """Parse a request body. Raises BadRequest saying where it is malformed."""
    try:
        value = orjson.loads(data)
        return _load_whole_numbers(data) if _LONG_NUMBER.search(data) else value
    except orjson.JSONDecodeError as error:
        raise BadRequest(
            f"Expected a JSON body, but found malformed JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        ) from error


def _load_whole_numbers(data: bytes) -> Any:
    """orjson makes a float of a whole number beyond 64 bits; here it stays what it is, to be refused by its place."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadRequest(
            "Expected whole numbers of at most 64 bits and values that are not nested too deep, but found others"
        ) from error


def load_object(data: bytes) -> dict[str, Any]:
    """Parse a body that must be an object; an empty body is an empty object."""
    if not data:
        return {}
    value = load(data)
    if not isinstance(value, dict):
        raise BadRequest(f"Expected a JSON object as the body, but found {name_type(value)}")
    return cast("dict[str, Any]", value)


def name_type(value: object) -> str:
    """The JSON name of a value's type, for messages."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text '{value[:80]}'"
    return "an array" if isinstance(value, list) else "an object"


def _plain(value: object) -> object:
    if isinstance(value, Sendable):
        return value.to_plain()
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, FileValue):
        return {"filename": value.name, "mimetype": value.mime_type, "encoding": value.encoding}
    if isinstance(value, (set, frozenset, tuple)):
        return list(cast("tuple[object, ...]", value))
    raise TypeError(f"Expected plain data, but found {type(value).__name__}")
