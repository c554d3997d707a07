"""What an expression sees of the world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from baton.model.values import Value


class Scope(Protocol):
    """The variables visible at one place of an instance, and the engine's facts about that place."""

    @property
    def context(self) -> Mapping[str, Value]:
        """``execution`` (a dict: processInstanceId, businessKey …), ``now`` (an aware datetime) and the like."""
        ...

    def get(self, name: str) -> Value:
        """The variable's value; raises KeyError when it does not exist."""
        ...

    def __contains__(self, name: str) -> bool: ...

    def list_names(self) -> Iterable[str]: ...


class MappingScope:
    """A scope over plain mappings."""

    __slots__ = ("_variables", "context")

    def __init__(self, variables: Mapping[str, Value], context: Mapping[str, Value] | None = None) -> None:
        self._variables = variables
        self.context: Mapping[str, Value] = context or {}

    def get(self, name: str) -> Value:
        return self._variables[name]

    def __contains__(self, name: str) -> bool:
        return name in self._variables

    def list_names(self) -> Iterable[str]:
        return self._variables.keys()


class ChangingScope:
    """A scope over another one that remembers what an expression sets and removes, and lets it see that.

    Nothing has changed outside until the caller takes over ``changed`` and ``removed``.
    """

    __slots__ = ("_inner", "changed", "removed")

    def __init__(self, inner: Scope) -> None:
        self._inner = inner
        self.changed: dict[str, Value] = {}
        self.removed: set[str] = set()

    @property
    def context(self) -> Mapping[str, Value]:
        return self._inner.context

    def get(self, name: str) -> Value:
        if name in self.removed:
            raise KeyError(name)
        return self.changed[name] if name in self.changed else self._inner.get(name)

    def __contains__(self, name: str) -> bool:
        return name not in self.removed and (name in self.changed or name in self._inner)

    def list_names(self) -> Iterable[str]:
        return {*self._inner.list_names(), *self.changed} - self.removed

    def change(self, values: Mapping[str, Value]) -> None:
        self.changed.update(values)
        self.removed.difference_update(values)

    def remove(self, name: str) -> None:
        self.changed.pop(name, None)
        self.removed.add(name)
