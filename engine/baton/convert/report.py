"""What a conversion says: what it changed, what is left to do, and what runs differently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from baton.model.problems import Problem


class NoteKind(StrEnum):
    CHANGED = "changed"
    """The file says it in another way now."""
    COMPLETED = "completed"
    """The drawing left it out, and the file says now what its engine would have made of it."""
    TO_DO = "to-do"
    """Somebody must do something before the process does what it did."""
    DIFFERS = "differs"
    """It runs as it is, and not exactly as before."""


CHANGES = frozenset({NoteKind.CHANGED, NoteKind.COMPLETED})
"""After a note of these kinds the file is another."""


@dataclass(frozen=True, slots=True)
class Note:
    """``element`` is the nearest id in the file, ``line`` the one in the file as it was given."""

    kind: NoteKind
    element: str | None
    line: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Topic:
    """Work that a worker has to do. ``origin`` is what did it before, by attribute; ``script`` its source."""

    name: str
    elements: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    result: str | None = None
    origin: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def script(self) -> str | None:
        return self.origin.get("script")


@dataclass(frozen=True, slots=True)
class Conversion:
    """The file as it is now, and the report. ``problems``: what Baton finds in the new file."""

    content: bytes
    dialect: str
    is_changed: bool
    notes: tuple[Note, ...]
    topics: tuple[Topic, ...]
    problems: tuple[Problem, ...]

    @property
    def runs(self) -> bool:
        """Whether Baton would deploy the file."""
        return not any(problem.is_error for problem in self.problems)
