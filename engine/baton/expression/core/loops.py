"""Nodes that repeat a body: each repetition pays from the budget what the body may cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from baton.expression.core.errors import ExpressionError
from baton.expression.core.frame import Frame
from baton.expression.core.limits import check_room_for_items
from baton.expression.core.tree import Node


class NothingToGoThrough(Exception):
    """A loop's list is null: so is what the loop gives (FEEL)."""


@dataclass(slots=True, eq=False)
class Loop(Node):
    """``for a in x, b in y``: ``iterators`` in order, each seeing the names before it; ``condition`` filters."""

    iterators: tuple[tuple[str, Node], ...]
    body: Node
    condition: Node | None = None
    cost: int = field(init=False)

    def __post_init__(self) -> None:
        self.cost = 1 + self.body.count_nodes() + (self.condition.count_nodes() if self.condition else 0)

    def iterate_rounds(self, frame: Frame, at: int = 0) -> Iterator[Frame]:
        """A frame with all names bound for every combination that passes the condition."""
        if at == len(self.iterators):
            frame.budget.spend(self.cost)
            if self.condition is None or frame.semantics.get_truth(frame, self.condition.run(frame)):
                yield frame
            return
        name, source = self.iterators[at]
        for item in self.get_source_items(frame, source):
            frame.budget.spend(1)
            yield from self.iterate_rounds(frame.make_inner({name: item}), at + 1)

    def get_source_items(self, frame: Frame, source: Node) -> Iterable[Any]:
        try:
            return frame.semantics.iterate(frame, source.run(frame))
        except ExpressionError as error:
            raise error.add_position(source.position) from None

    def list_children(self) -> Iterable[Node]:
        extra = (self.condition,) if self.condition else ()
        return (*(source for _, source in self.iterators), *extra, self.body)

    def find_free_names(self) -> frozenset[str]:
        bound: set[str] = set()
        found: set[str] = set()
        for name, source in self.iterators:
            found |= source.find_free_names() - bound
            bound.add(name)
        inside = self.body.find_free_names() | (
            self.condition.find_free_names() if self.condition else frozenset[str]()
        )
        return frozenset(found | (inside - bound - {"partial"}))


@dataclass(slots=True, eq=False)
class ForEach(Loop):
    """The list of the bodies' values; ``partial`` is the list so far (FEEL)."""

    def run(self, frame: Frame) -> Any:
        made: list[Any] = []
        try:
            for inner in self.iterate_rounds(frame.make_inner({"partial": made})):
                made.append(self.body.run(inner))
                check_room_for_items(len(made))
        except NothingToGoThrough:
            return None
        return made


@dataclass(slots=True, eq=False)
class Quantified(Loop):
    """``some`` (``decides`` is True) or ``every`` (False) ``… satisfies body``."""

    decides: bool = True

    def run(self, frame: Frame) -> Any:
        try:
            return self.decide(frame)
        except NothingToGoThrough:
            return None

    def decide(self, frame: Frame) -> bool | None:
        result: bool | None = not self.decides
        for inner in self.iterate_rounds(frame):
            known = frame.semantics.get_truth(inner, self.body.run(inner))
            if known is self.decides:
                return self.decides
            if known is None:
                result = None
        return result
