"""Nodes that make a list, an object or a text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from baton.expression.core.errors import ExpressionError
from baton.expression.core.frame import Frame
from baton.expression.core.limits import bounded_text, describe, room_for_items
from baton.expression.core.methods_text import as_text
from baton.expression.core.tree import Literal, Node


@dataclass(slots=True, eq=False)
class ListOf(Node):
    items: tuple[Node, ...]

    def run(self, frame: Frame) -> Any:
        room_for_items(len(self.items))
        return [item.run(frame) for item in self.items]

    def children(self) -> Iterable[Node]:
        return self.items


@dataclass(slots=True, eq=False)
class MapOf(Node):
    """``{a: 1, b: a + 1}``; with ``sequential`` an entry sees those before it (FEEL contexts)."""

    entries: tuple[tuple[Node, Node], ...]
    sequential: bool = False

    def run(self, frame: Frame) -> Any:
        made: dict[str, Any] = {}
        inner = frame.inner(made) if self.sequential else frame
        for key, value in self.entries:
            name = key.run(frame)
            if not isinstance(name, str):
                raise ExpressionError(f"Expected a text as key, but found {describe(name)}").at(key.position)
            made[name] = value.run(inner)
        return made

    def children(self) -> Iterable[Node]:
        return (node for entry in self.entries for node in entry)

    def free(self) -> frozenset[str]:
        found: set[str] = set()
        bound: set[str] = set()
        for key, value in self.entries:
            found |= key.free() | (value.free() - bound)
            if self.sequential and isinstance(key, Literal):
                bound.add(key.value)
        return frozenset(found)


@dataclass(slots=True, eq=False)
class Template(Node):
    """Constant texts and expressions, joined to a text."""

    parts: tuple[Node, ...]

    def run(self, frame: Frame) -> Any:
        return bounded_text("".join([as_text(frame, part.run(frame)) for part in self.parts]))

    def children(self) -> Iterable[Node]:
        return self.parts
