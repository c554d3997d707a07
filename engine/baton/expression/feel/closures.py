"""Functions that a model makes: literals, and whatever is called by name."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from baton.expression.core.frame import Frame
from baton.expression.core.tree import Node
from baton.expression.feel.types import ANY, Type, coerce
from baton.expression.feel.values import FunctionValue


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    name: str
    type: Type = ANY


@dataclass(frozen=True, eq=False)
class FeelFunction(FunctionValue):
    """A function as a value: ``body`` answers to the frame of the caller and the arguments by name."""

    parameters: tuple[Parameter, ...]
    body: Callable[[Frame, Mapping[str, Any]], Any]
    result: Type = ANY


def call_function(frame: Frame, function: Any, arguments: Sequence[Any], named: Mapping[str, Any] | None = None) -> Any:
    """What the function gives; null when it is none, or when the arguments do not fit its parameters."""
    if not isinstance(function, FeelFunction):
        return None
    given = dict(named) if named else dict(zip((p.name for p in function.parameters), arguments, strict=False))
    if len(arguments) not in (0, len(function.parameters)) and not named:
        return None
    if set(given) != {parameter.name for parameter in function.parameters}:
        return None
    try:
        bound = {parameter.name: coerce(given[parameter.name], parameter.type) for parameter in function.parameters}
    except TypeError:
        return None
    with frame.budget.enter_call():
        value = function.body(frame, bound)
    try:
        return coerce(value, function.result)
    except TypeError:
        return None


@dataclass(slots=True, eq=False)
class FunctionOf(Node):
    """``function(a, b) body``: sees what was in scope where it was written."""

    parameters: tuple[Parameter, ...]
    body: Node
    result: Type = ANY

    def run(self, frame: Frame) -> Any:
        cost = self.body.count_nodes()

        def answer(caller: Frame, arguments: Mapping[str, Any]) -> Any:
            caller.budget.spend(cost)
            return self.body.run(frame.make_inner(arguments))

        return FeelFunction(self.parameters, answer, self.result)

    def list_children(self) -> Iterable[Node]:
        return (self.body,)

    def find_free_names(self) -> frozenset[str]:
        return self.body.find_free_names() - {parameter.name for parameter in self.parameters}


@dataclass(slots=True, eq=False)
class Invoke(Node):
    """A call of a value; ``names`` are those of the arguments when they are given by name.

    ``built_in``: the call of the built-in function of that name, for when the value is no function.
    """

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] = ()
    built_in: Node | None = None

    def run(self, frame: Frame) -> Any:
        function = self.function.run(frame)
        if self.built_in is not None and not isinstance(function, FunctionValue):
            return self.built_in.run(frame)
        values = [argument.run(frame) for argument in self.arguments]
        if self.names:
            return call_function(frame, function, (), dict(zip(self.names, values, strict=True)))
        return call_function(frame, function, values)

    def list_children(self) -> Iterable[Node]:
        return (self.function, *self.arguments)
