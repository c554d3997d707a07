"""One evaluation in progress: the scope, the names bound on the way, the budget, and the dialect's meanings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from baton.expression.core.errors import ExpressionError, suggest
from baton.expression.core.limits import Budget
from baton.expression.core.scope import Scope

Operator = Callable[["Frame", Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Function:
    """A function of a dialect: called with the frame and its arguments; ``names`` are its parameters by name."""

    call: Callable[..., Any]
    least: int = 0
    most: int = 0
    names: tuple[tuple[str, ...], ...] = ()


class Semantics:
    """What the tree's nodes mean in one dialect. Dialects override what differs."""

    dialect = ""
    operators: Mapping[str, Operator] = {}
    unary: Mapping[str, Callable[[Frame, Any], Any]] = {}
    functions: Mapping[str, Function] = {}

    def resolve_missing(self, frame: Frame, name: str) -> Any:
        """The value of a variable that does not exist."""
        raise ExpressionError(f"Expected a variable '{name}', but found none{suggest(name, frame.list_known())}")

    def get_truth(self, frame: Frame, value: Any) -> Any:
        """True, False or None (unknown) for a value used as a condition."""
        raise NotImplementedError

    def get_member(self, frame: Frame, target: Any, name: str) -> Any:
        raise NotImplementedError

    def get_item(self, frame: Frame, target: Any, key: Any) -> Any:
        raise NotImplementedError

    def call_method(self, frame: Frame, target: Any, name: str, args: Sequence[Any]) -> Any:
        raise NotImplementedError

    def leave(self, frame: Frame, value: Any) -> Any:  # noqa: ARG002
        """The value as a process variable."""
        return value

    def iterate(self, frame: Frame, value: Any) -> Sequence[Any]:
        raise NotImplementedError


class Frame:
    """``local`` holds names bound by loops and contexts; ``parent`` the frame around."""

    __slots__ = ("budget", "local", "parent", "scope", "semantics")

    def __init__(
        self,
        scope: Scope,
        semantics: Semantics,
        budget: Budget | None = None,
        local: Mapping[str, Any] | None = None,
        parent: Frame | None = None,
    ) -> None:
        self.scope = scope
        self.semantics = semantics
        self.budget = budget or Budget()
        self.local = local
        self.parent = parent

    def make_inner(self, local: Mapping[str, Any]) -> Frame:
        """A frame that also sees ``local``, on the same budget."""
        return Frame(self.scope, self.semantics, self.budget, local, self)

    def lookup(self, name: str) -> Any:
        frame: Frame | None = self
        while frame is not None:
            if frame.local is not None and name in frame.local:
                return frame.local[name]
            frame = frame.parent
        try:
            return self.scope.get(name)
        except KeyError:
            pass
        context = self.scope.context
        return context[name] if name in context else self.semantics.resolve_missing(self, name)

    def list_known(self) -> list[str]:
        """Names that exist here, for near matches."""
        names = [*self.scope.list_names(), *self.scope.context]
        frame: Frame | None = self
        while frame is not None:
            names.extend(frame.local or ())
            frame = frame.parent
        return names

    def get_now(self) -> datetime:
        moment = self.scope.context.get("now")
        if not isinstance(moment, datetime):
            raise ExpressionError("Expected the time as 'now' in the context, but found none")
        return moment
