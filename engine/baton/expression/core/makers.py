"""Nodes that make a list, an object or a text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from baton.expression.core.errors import ExpressionError
from baton.expression.core.frame import Frame
from baton.expression.core.limits import check_room_for_items, check_text, describe
from baton.expression.core.methods_text import to_template_text
from baton.expression.core.tree import Literal, Node


@dataclass(slots=True, eq=False)
class ListOf(Node):
    items: tuple[Node, ...]

    def run(self, frame: Frame) -> Any:
        check_room_for_items(len(self.items))
        return [item.run(frame) for item in self.items]

    def list_children(self) -> Iterable[Node]:
        return self.items


@dataclass(slots=True, eq=False)
class MapOf(Node):
    """``{a: 1, b: a + 1}``; with ``sequential`` an entry sees those before it (FEEL contexts)."""

    entries: tuple[tuple[Node, Node], ...]
    sequential: bool = False

    def run(self, frame: Frame) -> Any:
        made: dict[str, Any] = {}
        inner = frame.make_inner(made) if self.sequential else frame
        for key, value in self.entries:
            name = key.run(frame)
            if not isinstance(name, str):
                raise ExpressionError(f"Expected a text as key, but found {describe(name)}").add_position(key.position)
            made[name] = value.run(inner)
        return made

    def list_children(self) -> Iterable[Node]:
        return (node for entry in self.entries for node in entry)

    def find_free_names(self) -> frozenset[str]:
        found: set[str] = set()
        bound: set[str] = set()
        for key, value in self.entries:
            found |= key.find_free_names() | (value.find_free_names() - bound)
            if self.sequential and isinstance(key, Literal):
                bound.add(key.value)
        return frozenset(found)


@dataclass(slots=True, eq=False)
class Template(Node):
    """Constant texts and expressions, joined to a text."""

    parts: tuple[Node, ...]

    def run(self, frame: Frame) -> Any:
        return check_text("".join([to_template_text(frame, part.run(frame)) for part in self.parts]))

    def list_children(self) -> Iterable[Node]:
        return self.parts
