"""Values in the texts of a call, each encoded for its place, so that none can change what surrounds it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from baton.connect.http.errors import CallRefused
from baton.secrets import REFERENCE

_HOST_PART = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_QUOTE = re.compile(r'\\.|"', re.DOTALL)
_XML = re.compile(r"[/+]xml\b")
_JSON = re.compile(r"[/+]json\b")
Encode = Callable[[Any, str], str]
"""Takes a value and the text before it."""


def join(parts: Sequence[Any], encode: Encode, get_secret: Callable[[str], str] | None = None) -> str:
    """Constants at even places, values at odd ones. Constants may name secrets, which are values too."""
    text = ""
    for index, part in enumerate(parts):
        if index % 2:
            text += encode(part, text)
        elif get_secret is None:
            text += str(part)
        else:
            text = _join_constant(text, str(part), encode, get_secret)
    return text


def _join_constant(text: str, constant: str, encode: Encode, get_secret: Callable[[str], str]) -> str:
    names = REFERENCE.split(constant)
    for index, item in enumerate(names):
        text += encode(get_secret(item), text) if index % 2 else item
    return text


def to_text(value: Any) -> str:
    """As JSON writes it, texts without quotes, nothing for null."""
    if value is None:
        return ""
    return value if isinstance(value, str) else to_json(value)


def to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def encode_in_url(value: Any, before: str) -> str:
    """A value at the very beginning is an address; one in the name of the host must be part of a name."""
    text = to_text(value)
    if not before:
        return text
    rest = before.partition("://")[2]
    if not rest or not re.search("[/?#]", rest):
        if not _HOST_PART.fullmatch(text):
            raise CallRefused(f"Expected a part of a host's name in the address, but found {text[:100]!r}")
        return text
    return quote(text, safe="")


def encode_in_query(value: Any, before: str) -> str:  # noqa: ARG001
    return quote(to_text(value), safe="")


def encode_in_header(value: Any, before: str) -> str:  # noqa: ARG001
    text = to_text(value)
    if _CONTROL.search(text):
        raise CallRefused(f"Expected a value without line breaks in a header, but found {text[:100]!r}")
    return text


def choose_for_body(media_type: str) -> Encode:
    """By the media type of the body."""
    kind = media_type.partition(";")[0].strip().lower()
    if _JSON.search(kind):
        return _encode_in_json
    if _XML.search(kind) or kind == "text/html":
        return lambda value, _: escape(to_text(value), {'"': "&quot;", "'": "&apos;"})
    if kind == "application/x-www-form-urlencoded":
        return encode_in_query
    return lambda value, _: to_text(value)


def _encode_in_json(value: Any, before: str) -> str:
    """Between quotes the characters of the text, else the value as JSON."""
    inside = sum(found[0] == '"' for found in _QUOTE.finditer(before)) % 2 == 1
    return to_json(to_text(value))[1:-1] if inside else to_json(value)
