"""What a span is, and what has begun of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from baton.model.times import Millis

MOST_NOTES = 64
"""Of one span; later ones are counted only."""
Kind = Literal["internal", "producer", "consumer"]


@dataclass(frozen=True, slots=True)
class Note:
    """A moment within a span."""

    at: Millis
    name: str
    attributes: Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """``links``: (trace id, span id). ``error``: why it failed; None: it did not."""

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    begin: Millis
    end: Millis
    kind: Kind = "internal"
    attributes: Mapping[str, str | int] = field(default_factory=dict[str, "str | int"])
    notes: tuple[Note, ...] = ()
    dropped_notes: int = 0
    links: tuple[tuple[str, str], ...] = ()
    error: str | None = None


@dataclass(slots=True)
class OpenSpan:
    """What has begun and is not over. ``inner``: the definition of what is inside, where that is another."""

    begin: Millis
    position: int
    element: str
    parent: int
    definition: str
    inner: str | None = None
    notes: list[Note] = field(default_factory=list[Note])
    dropped: int = 0
    failed: str | None = None

    def note(self, note: Note) -> None:
        if len(self.notes) < MOST_NOTES:
            self.notes.append(note)
        else:
            self.dropped += 1
