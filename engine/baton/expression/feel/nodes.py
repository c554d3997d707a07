"""Nodes that only FEEL has: filters, ranges, tests of a value, ``instance of``."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from baton.expression.core.frame import Frame
from baton.expression.core.tree import Literal, Member, Name, Node
from baton.expression.feel.types import Type, is_instance
from baton.expression.feel.values import UNBOUNDED, Range, get_number

TESTED = "?"
"""The name of the value that a unary test checks."""
CELL_INPUT = "cellInput"
"""The same in decision tables of Camunda."""


@dataclass(slots=True, eq=False)
class Filter(Node):
    """``list[condition]`` or ``list[number]`` (from 1; negative from the end)."""

    target: Node
    key: Node

    def run(self, frame: Frame) -> Any:
        target = self.target.run(frame)
        items = target if isinstance(target, list) else [] if target is None else [target]
        cost = self.key.count_nodes()
        kept: list[Any] = []
        if not items:
            return None if get_number(self.key.run(frame)) is not None else []
        for item in items:
            frame.budget.spend(cost)
            inner = frame.make_inner({"item": item})
            found = self.key.run(inner.make_inner(item) if isinstance(item, dict) else inner)
            number = get_number(found)
            if number is not None:
                return _nth(items, number)
            if found is True:
                kept.append(item)
        return kept

    def list_children(self) -> Iterable[Node]:
        return (self.target, self.key)

    def find_free_names(self) -> frozenset[str]:
        return self.target.find_free_names() | (self.key.find_free_names() - {"item"})


def _nth(items: list[Any], number: Any) -> Any:
    at = int(number)
    if at != number or at == 0 or abs(at) > len(items):
        return None
    return items[at - 1] if at > 0 else items[at]


@dataclass(slots=True, eq=False)
class RangeOf(Node):
    low: Node
    high: Node
    low_included: bool = True
    high_included: bool = True
    constant: Range | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if isinstance(self.low, Literal) and isinstance(self.high, Literal):
            self.constant = Range(self.low.value, self.high.value, self.low_included, self.high_included)

    def run(self, frame: Frame) -> Any:
        if self.constant is not None:
            return self.constant
        return Range(self.low.run(frame), self.high.run(frame), self.low_included, self.high_included)

    def list_children(self) -> Iterable[Node]:
        return (self.low, self.high)


@dataclass(slots=True, eq=False)
class Between(Node):
    value: Node
    low: Node
    high: Node

    def run(self, frame: Frame) -> Any:
        return is_within(frame, self.value.run(frame), Range(self.low.run(frame), self.high.run(frame)))

    def list_children(self) -> Iterable[Node]:
        return (self.value, self.low, self.high)


def is_within(frame: Frame, value: Any, bounds: Range) -> bool | None:
    """Is the value in the range? null when it cannot be compared with its ends."""
    operators = frame.semantics.operators
    low = high = True
    if bounds.low is not UNBOUNDED:
        low = operators[">=" if bounds.low_included else ">"](frame, value, bounds.low)
    if bounds.high is not UNBOUNDED:
        high = operators["<=" if bounds.high_included else "<"](frame, value, bounds.high)
    if low is None or high is None:
        return None
    return low and high


@dataclass(slots=True, eq=False)
class Test(Node):
    """One unary test of the value named ``?``: ``op`` compares; without it a value, range or list matches."""

    op: str
    operand: Node
    asks: bool = False
    """The operand itself speaks of the value and is a condition."""

    def run(self, frame: Frame) -> Any:
        value = frame.lookup(TESTED)
        if self.op:
            return frame.semantics.operators[self.op](frame, value, self.operand.run(frame))
        found = self.operand.run(frame)
        if self.asks:
            return found
        if found is True and not isinstance(value, bool) and not isinstance(self.operand, (Literal, Name, Member)):
            return True  # a condition about other variables (DMN 1.5, 7.3.13); a plain value is compared
        return _matches(frame, value, found)

    def list_children(self) -> Iterable[Node]:
        return (self.operand,)


def _matches(frame: Frame, value: Any, found: Any) -> bool | None:
    equal = frame.semantics.operators["="]
    if isinstance(found, Range):
        return is_within(frame, value, found)
    if isinstance(found, list):
        frame.budget.spend(len(found))
        if isinstance(value, list) and equal(frame, value, found):
            return True
        return any(_in_list(frame, value, item) for item in found)
    return equal(frame, value, found)


def _in_list(frame: Frame, value: Any, item: Any) -> bool:
    if isinstance(item, Range):
        return is_within(frame, value, item) is True
    return frame.semantics.operators["="](frame, value, item) is True


@dataclass(slots=True, eq=False)
class Tests(Node):
    """Several tests of which one must hold; none at all (``-``) always holds; ``negated``: none may."""

    items: tuple[Node, ...]
    negated: bool = False

    def run(self, frame: Frame) -> Any:
        result: bool | None = not self.items
        for item in self.items:
            known = item.run(frame)
            if known is True:
                result = True
                break
            if known is None:
                result = None
        if self.negated and result is not None:
            return not result
        return result

    def list_children(self) -> Iterable[Node]:
        return self.items


@dataclass(slots=True, eq=False)
class In(Node):
    value: Node
    tests: Node

    def run(self, frame: Frame) -> Any:
        return self.tests.run(frame.make_inner({TESTED: self.value.run(frame)}))

    def list_children(self) -> Iterable[Node]:
        return (self.value, self.tests)

    def find_free_names(self) -> frozenset[str]:
        return self.value.find_free_names() | (self.tests.find_free_names() - {TESTED})


@dataclass(slots=True, eq=False)
class InstanceOf(Node):
    value: Node
    type: Type

    def run(self, frame: Frame) -> Any:
        return is_instance(self.value.run(frame), self.type)

    def list_children(self) -> Iterable[Node]:
        return (self.value,)
