"""Whether a value is of the kind that the schema asks for (clause 15.3)."""

from __future__ import annotations

import re

_URI = re.compile(r"(?:[^%\s<>\"{}|\\^`]|%[0-9A-Fa-f]{2})*")
_MIME = re.compile(r"[^/\s]+/[^/\s]+")
_EXPECTED = {
    "bool": ("true or false", re.compile(r"true|false|0|1")),
    "int": ("a whole number", re.compile(r"[+-]?\d{1,9}")),
    "id": ("an id without blanks", re.compile(r"\S+")),
    "uri": ("a URI or a plain name", _URI),
}


def find_mismatch(kind: str, text: str) -> str | None:
    """What was expected, or None if the text is all right. ``kind``: as the schema writes it, such as ``enum:a,b``."""
    if kind.startswith("enum:"):
        allowed = kind.removeprefix("enum:").split(",")
        return None if text in allowed else ("one of " if len(allowed) > 1 else "") + ", ".join(allowed)
    words, pattern = _EXPECTED.get(kind, ("", None))
    if pattern is None or pattern.fullmatch(text):
        return None
    return words
