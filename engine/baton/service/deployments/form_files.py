"""What the files of forms are called by: their ids, their names with and without the ending."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Protocol, cast

_PREFIXES = ("camunda-forms:deployment:", "embedded:deployment:", "deployment:")
ENDING = ".form"


class NamedContent(Protocol):
    """A file."""

    @property
    def name(self) -> str: ...

    @property
    def content(self) -> bytes: ...


def remove_prefix(key: str) -> str:
    """The name that a form key holds, without where its form is said to lie."""
    for prefix in _PREFIXES:
        key = key.removeprefix(prefix)
    return key


def read_form_id(content: bytes) -> str:
    """The id that a form of Camunda gives itself; empty if it gives none, or is not JSON."""
    try:
        found = json.loads(content)
    except ValueError:
        return ""
    return str(cast("dict[str, object]", found).get("id") or "") if isinstance(found, dict) else ""


def list_form_references(files: Iterable[NamedContent]) -> Iterator[str]:
    """All that a model may call the forms among the files by."""
    for file in files:
        if file.name.endswith(ENDING):
            yield from (file.name, file.name.removesuffix(ENDING), read_form_id(file.content))
