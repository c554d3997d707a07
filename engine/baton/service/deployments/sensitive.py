"""Which variables are sensitive: by the patterns of the operator, and by what processes say of theirs."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from baton.model.definition import ProcessModel
from baton.store.store import Store

SENSITIVE = "variable:sensitive"
"""The permission to see their values."""
PROPERTY = "baton:sensitive"
"""Extension property of a process: names of variables or patterns, with commas between them."""


class SensitiveNames:
    """Names and patterns with ``*``. A name that one process calls sensitive is so in all: values travel by name."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = tuple(pattern.lower() for pattern in patterns)
        self._known: dict[str, bool] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SensitiveNames) and other._patterns == self._patterns

    def __hash__(self) -> int:
        return hash(self._patterns)

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def contains(self, name: str) -> bool:
        found = self._known.get(name)
        if found is None:
            found = any(fnmatchcase(name.lower(), pattern) for pattern in self._patterns)
            self._known[name] = found
        return found


class SensitiveVariables:
    """Asked for each request of a caller who may not see them: what was deployed a moment ago counts."""

    def __init__(self, store: Store, patterns: str) -> None:
        self._store, self._patterns = store.library, split_patterns(patterns)

    def read(self) -> SensitiveNames:
        return SensitiveNames((*self._patterns, *self._store.list_sensitive()))


def list_marked(models: Iterable[ProcessModel]) -> list[str]:
    """What the processes call sensitive."""
    marks = [model.properties[PROPERTY] for model in models if PROPERTY in model.properties]
    return [name for mark in marks for name in split_patterns(mark)]


def split_patterns(text: str) -> list[str]:
    return [pattern.strip() for pattern in text.split(",") if pattern.strip()]
