"""An attribute's value is not of the kind that the standard asks for: a number, true or false, one of a list, a URI."""

from __future__ import annotations

import re
from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse
from baton.model.problems import Problem

RULE = "wrong-value"
_URI = re.compile(r"(?:[^%\s<>\"{}|\\^`]|%[0-9A-Fa-f]{2})*")
_MIME = re.compile(r"[^/\s]+/[^/\s]+")
_EXPECTED = {
    "bool": ("true or false", re.compile(r"true|false|0|1")),
    "int": ("a whole number", re.compile(r"[+-]?\d{1,9}")),
    "id": ("an id without blanks", re.compile(r"\S+")),
    "uri": ("a URI or a plain name", _URI),
}


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        for name, text in element.attributes.items():
            attribute = kind.attributes.get(name)
            expected = _find_mismatch(attribute.kind, text.strip()) if attribute else None
            if expected:
                yield refuse(RULE, element, f"Expected {expected} as '{name}' of {element.label}, but found '{text}'")


def _find_mismatch(kind: str, text: str) -> str | None:
    """What was expected, or None if the text is all right."""
    if kind.startswith("enum:"):
        allowed = kind.removeprefix("enum:").split(",")
        return None if text in allowed else "one of " + ", ".join(allowed)
    words, pattern = _EXPECTED.get(kind, ("", None))
    if pattern is None or pattern.fullmatch(text):
        return None
    return words
