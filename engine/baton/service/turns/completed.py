"""Which elements an instance has completed, for its lines of log: without reading its history again for each."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock

from baton.model.events import Event, EventType
from baton.model.records import InstanceHeader
from baton.model.turn_result import TurnResult
from baton.store.store import Store

MOST_INSTANCES = 1_000
"""Those longest without a turn here are forgotten; their history is read again if they have a line."""


class CompletedElements:
    """Turns of this process are followed, what others have done meanwhile is read from the history. For threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: OrderedDict[str, tuple[int, frozenset[str]]] = OrderedDict()
        """Instance -> the position up to which the elements are those completed."""
        self._lock = Lock()

    def note(self, result: TurnResult) -> None:
        """After a commit."""
        if not result.events:
            return
        id_, before = result.instance_id, result.header.position - len(result.events)
        with self._lock:
            position, elements = self._known.get(id_, (0, frozenset()))
        if position == before:
            self._keep(id_, result.header.position, elements | _list_completed(result.events))

    def read(self, header: InstanceHeader) -> frozenset[str]:
        """Their BPMN ids. Raises Damaged, Overloaded."""
        with self._lock:
            position, elements = self._known.get(header.id, (0, frozenset()))
        if position < header.position:
            elements |= _list_completed(self._store.history.iterate(header.id, position + 1, header.position))
            self._keep(header.id, header.position, elements)
        return elements

    def forget(self, instance_id: str) -> None:
        """It has ended: no line about it follows."""
        with self._lock:
            self._known.pop(instance_id, None)

    def _keep(self, instance_id: str, position: int, elements: frozenset[str]) -> None:
        with self._lock:
            self._known[instance_id] = (position, elements)
            self._known.move_to_end(instance_id)
            if len(self._known) > MOST_INSTANCES:
                self._known.popitem(last=False)


def _list_completed(events: Iterable[Event]) -> frozenset[str]:
    return frozenset(event.element for event in events if event.type is EventType.ELEMENT_COMPLETED and event.element)
