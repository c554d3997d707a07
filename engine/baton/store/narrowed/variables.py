"""Instances within reach that an index of variables finds."""

from __future__ import annotations

from baton.model.times import Millis
from baton.model.values import Value
from baton.store.narrowed.gate import Gate
from baton.store.variable_index import VariableIndex


class NarrowedVariables(VariableIndex):
    """Whether there are few is told of all: how to look for them is chosen by it, nothing of it is shown."""

    def __init__(self, whole: VariableIndex, gate: Gate) -> None:
        self._whole, self._gate = whole, gate

    def find(self, name: str, value: Value, most: int) -> list[str] | None:
        found = self._whole.find(name, value, most)
        return None if found is None else self._gate.keep(found)

    def is_complete(self) -> bool:
        return self._whole.is_complete()

    def complete(self, now: Millis) -> int:
        return self._whole.complete(now)
