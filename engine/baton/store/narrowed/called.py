"""Called processes within reach: those of the instances that are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from baton.model.called import EndedProcess
from baton.model.records import InstanceState
from baton.model.times import Millis
from baton.store.called import ENDS, CalledProcesses
from baton.store.lists import Lists, Order
from baton.store.narrowed.gate import Gate
from baton.store.scanning import Span


class NarrowedCalled(CalledProcesses):
    """A set has those of callers of any definition, so it is within reach only where everything is."""

    def __init__(self, whole: CalledProcesses, lists: Lists, gate: Gate) -> None:
        self._whole, self._lists, self._gate = whole, lists, gate

    def make_span(
        self,
        states: Collection[InstanceState],
        definition_ids: Collection[str] | None = None,
        *,
        by: Order,
        descending: bool = False,
        low: Millis | None = None,
        high: Millis | None = None,
    ) -> Span:
        span = self._whole.make_span(states, definition_ids, by=by, descending=descending, low=low, high=high)
        known = self._lists.list_definition_ids()
        reached = self._gate.divide_definitions(known)[0]
        return replace(span, within=frozenset(span.names if len(reached) == len(known) else ()))

    def make_keyed_span(self, states: Collection[InstanceState], *, descending: bool = False) -> Span:
        return self._whole.make_keyed_span(states, descending=descending)

    def is_any(self, *, ended: bool) -> bool:
        return self._whole.is_any(ended=ended)

    def count_each(self, definition_ids: Sequence[str], *, ended: bool = False) -> dict[str, int]:
        states = ENDS if ended else (InstanceState.ACTIVE,)
        return {id_: self._lists.count(self.make_span(states, [id_], by="both")) for id_ in definition_ids}

    def estimate_each(self, definition_ids: Sequence[str], *, ended: bool = False) -> dict[str, int]:
        """Nothing of it is told."""
        return self._whole.estimate_each(definition_ids, ended=ended)

    def find_by_business_key(self, business_key: str, *, whole: bool = True, ended: bool = False) -> list[str]:
        return self._gate.keep(self._whole.find_by_business_key(business_key, whole=whole, ended=ended))

    def find_few_by_business_key(
        self, business_key: str, *, whole: bool = True, ended: bool = False, most: int
    ) -> list[str] | None:
        """None where all are more than that: it chooses how to look for them, and is not told."""
        found = self._whole.find_few_by_business_key(business_key, whole=whole, ended=ended, most=most)
        return None if found is None else self._gate.keep(found)

    def read_each(self, ids: Sequence[str]) -> list[Mapping[str, bytes]]:
        there = set(self._gate.check(ids))
        found = dict(zip(there, self._whole.read_each(list(there)), strict=True))
        return [found.get(id_, {}) for id_ in ids]

    def read_ended(self, ids: Sequence[str]) -> list[EndedProcess | None]:
        there = list(self._gate.check(ids))
        found = dict(zip(there, self._whole.read_ended(there), strict=True))
        return [found.get(id_) for id_ in ids]
