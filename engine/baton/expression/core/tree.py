"""The syntax tree of all dialects. Each node knows how to run itself; what differs is asked of the frame's semantics.

Depth is bounded by the parser, and chains of operators are flat, so running needs little stack. Only loops can make an
evaluation longer than its text: they pay from the budget (see ``loops``).
"""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from baton.expression.core.errors import ExpressionError
from baton.expression.core.frame import Frame
from baton.expression.core.limits import describe


@dataclass(slots=True, eq=False)
class Node:
    position: int

    def run(self, frame: Frame) -> Any:
        raise NotImplementedError

    def list_children(self) -> Iterable[Node]:
        return ()

    def find_free_names(self) -> frozenset[str]:
        """Names of the variables that the node reads from outside."""
        return frozenset[str]().union(*(child.find_free_names() for child in self.list_children()))

    def changes_variables(self) -> bool:
        """Whether running the node can set or remove variables."""
        return any(child.changes_variables() for child in self.list_children())

    def walk(self) -> Iterator[Node]:
        """The node and all inside it."""
        yield self
        for child in self.list_children():
            yield from child.walk()

    def count_nodes(self) -> int:
        return 1 + sum(child.count_nodes() for child in self.list_children())


@dataclass(slots=True, eq=False)
class Literal(Node):
    value: Any

    def run(self, frame: Frame) -> Any:  # noqa: ARG002
        return self.value


@dataclass(slots=True, eq=False)
class Name(Node):
    name: str

    def run(self, frame: Frame) -> Any:
        try:
            return frame.lookup(self.name)
        except ExpressionError as error:
            raise error.add_position(self.position) from None

    def find_free_names(self) -> frozenset[str]:
        return frozenset((self.name,))


@dataclass(slots=True, eq=False)
class Unary(Node):
    op: str
    operand: Node

    def run(self, frame: Frame) -> Any:
        try:
            return frame.semantics.unary[self.op](frame, self.operand.run(frame))
        except ExpressionError as error:
            raise error.add_position(self.position) from None

    def list_children(self) -> Iterable[Node]:
        return (self.operand,)


@dataclass(slots=True, eq=False)
class Chain(Node):
    """``first op a op b …``, from left to right."""

    first: Node
    rest: tuple[tuple[str, Node, int], ...]

    def run(self, frame: Frame) -> Any:
        operators = frame.semantics.operators
        value = self.first.run(frame)
        for op, node, position in self.rest:
            other = node.run(frame)
            try:
                value = operators[op](frame, value, other)
            except ExpressionError as error:
                raise error.add_position(position) from None
        return value

    def list_children(self) -> Iterable[Node]:
        return (self.first, *(node for _, node, _ in self.rest))


@dataclass(slots=True, eq=False)
class Comparisons(Chain):
    """``a < b <= c``: every neighbouring pair must hold (Python)."""

    def run(self, frame: Frame) -> Any:
        operators = frame.semantics.operators
        left = self.first.run(frame)
        result: Any = True
        for op, node, position in self.rest:
            right = node.run(frame)
            try:
                result = operators[op](frame, left, right)
            except ExpressionError as error:
                raise error.add_position(position) from None
            if not result:
                return result
            left = right
        return result


@dataclass(slots=True, eq=False)
class Logic(Node):
    """``and`` (``decides`` is False) or ``or`` (True) of several conditions; unknown ones give null (FEEL)."""

    decides: bool
    items: tuple[Node, ...]

    def run(self, frame: Frame) -> Any:
        truth = frame.semantics.get_truth
        result: bool | None = not self.decides
        for item in self.items:
            try:
                known = truth(frame, item.run(frame))
            except ExpressionError as error:
                raise error.add_position(item.position) from None
            if known is self.decides:
                return self.decides
            if known is None:
                result = None
        return result

    def list_children(self) -> Iterable[Node]:
        return self.items


@dataclass(slots=True, eq=False)
class EitherValue(Node):
    """Python's ``and`` and ``or``: the value that decides, not a boolean."""

    decides: bool
    items: tuple[Node, ...]

    def run(self, frame: Frame) -> Any:
        value: Any = None
        for item in self.items:
            value = item.run(frame)
            if frame.semantics.get_truth(frame, value) is self.decides:
                return value
        return value

    def list_children(self) -> Iterable[Node]:
        return self.items


@dataclass(slots=True, eq=False)
class Conditional(Node):
    test: Node
    then: Node
    otherwise: Node

    def run(self, frame: Frame) -> Any:
        try:
            holds = frame.semantics.get_truth(frame, self.test.run(frame))
        except ExpressionError as error:
            raise error.add_position(self.test.position) from None
        return (self.then if holds else self.otherwise).run(frame)

    def list_children(self) -> Iterable[Node]:
        return (self.test, self.then, self.otherwise)


@dataclass(slots=True, eq=False)
class Member(Node):
    target: Node
    name: str

    def run(self, frame: Frame) -> Any:
        target = self.target.run(frame)
        try:
            return frame.semantics.get_member(frame, target, self.name)
        except ExpressionError as error:
            raise error.add_position(self.position) from None

    def list_children(self) -> Iterable[Node]:
        return (self.target,)


@dataclass(slots=True, eq=False)
class Index(Node):
    target: Node
    key: Node

    def run(self, frame: Frame) -> Any:
        target, key = self.target.run(frame), self.key.run(frame)
        try:
            return frame.semantics.get_item(frame, target, key)
        except ExpressionError as error:
            raise error.add_position(self.position) from None

    def list_children(self) -> Iterable[Node]:
        return (self.target, self.key)


@dataclass(slots=True, eq=False)
class Slice(Node):
    """``a[low:high]``."""

    target: Node
    low: Node
    high: Node

    def run(self, frame: Frame) -> Any:
        target, low, high = self.target.run(frame), self.low.run(frame), self.high.run(frame)
        if not isinstance(target, (str, list)):
            raise ExpressionError(f"Expected a text or a list to slice, but found {describe(target)}").add_position(
                self.position
            )
        if not all(bound is None or (isinstance(bound, int) and not isinstance(bound, bool)) for bound in (low, high)):
            raise ExpressionError("Expected whole numbers as bounds of a slice, but found others").add_position(
                self.position
            )
        return target[low:high]

    def list_children(self) -> Iterable[Node]:
        return (self.target, self.low, self.high)


@dataclass(slots=True, eq=False)
class Call(Node):
    """A function of the dialect; the parser has checked its name and the number of arguments."""

    name: str
    call: Callable[..., Any]
    arguments: tuple[Node, ...]

    def run(self, frame: Frame) -> Any:
        arguments = [argument.run(frame) for argument in self.arguments]
        try:
            return self.call(frame, *arguments)
        except ExpressionError as error:
            raise error.add_position(self.position) from None

    def list_children(self) -> Iterable[Node]:
        return self.arguments


@dataclass(slots=True, eq=False)
class Method(Node):
    target: Node
    name: str
    arguments: tuple[Node, ...]

    def run(self, frame: Frame) -> Any:
        target = self.target.run(frame)
        arguments = [argument.run(frame) for argument in self.arguments]
        try:
            return frame.semantics.call_method(frame, target, self.name, arguments)
        except ExpressionError as error:
            raise error.add_position(self.position) from None

    def list_children(self) -> Iterable[Node]:
        return (self.target, *self.arguments)
