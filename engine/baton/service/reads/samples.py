"""What the newest instances of a definition tell of its elements: a bounded sample, which says how large it is.

Counters kept by every commit would cost each turn; a sample costs only the request (docs/decisions/0054).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, takewhile

from baton.model.records import InstanceHeader, InstanceState
from baton.model.times import Millis
from baton.service.reads.history.projection import HistoryProjection
from baton.service.reads.history.reader import HistoryReader
from baton.store.store import Store

MAX_INSTANCES = 200
MAX_EVENTS = 2_000


@dataclass(frozen=True, slots=True)
class Durations:
    """Milliseconds that half of them, and 95 in 100, did not exceed; None without any."""

    p50: Millis | None = None
    p95: Millis | None = None

    @classmethod
    def measure(cls, values: Iterable[Millis]) -> Durations:
        """By the nearest rank."""
        ordered = sorted(values)
        if not ordered:
            return cls()
        return cls(*(ordered[max(0, -(-len(ordered) * part // 100) - 1)] for part in (50, 95)))


@dataclass(slots=True)
class ElementSample:
    """How often tokens came to an element and left it, and how long those that completed were there."""

    entered: int = 0
    completed: int = 0
    cancelled: int = 0
    durations: list[Millis] = field(default_factory=list[Millis])


@dataclass(slots=True)
class DefinitionSample:
    """``instances`` were read of ``total`` that there are; ``events`` is how many events that were."""

    total: int
    instances: int = 0
    events: int = 0
    elements: dict[str, ElementSample] = field(default_factory=dict[str, ElementSample])
    flows: dict[str, int] = field(default_factory=dict[str, int])
    durations: list[Millis] = field(default_factory=list[Millis])
    """Of the instances among them that have completed."""


class Samples:
    def __init__(self, store: Store, history: HistoryReader) -> None:
        self._store, self._history = store, history

    def read_sample(self, definition_id: str) -> DefinitionSample:
        """What its newest instances tell: at most ``MAX_INSTANCES``, and of these no more than ``MAX_EVENTS`` allow."""
        lists = self._store.lists
        ids = lists.list_newest_of(definition_id, MAX_INSTANCES)
        sample = DefinitionSample(lists.count_unfinished(definition_id) + lists.count_ended(definition_id))
        for projection in self._history.project_some(_take(lists.get_headers(ids))):
            _add_instance(sample, projection)
        return sample


def _take(headers: Sequence[InstanceHeader]) -> Sequence[InstanceHeader]:
    """As many of the first as have at most so many events together, and at least one."""
    events = accumulate(header.position for header in headers)
    return headers[: max(1, sum(1 for _ in takewhile(lambda count: count <= MAX_EVENTS, events)))]


def _add_instance(sample: DefinitionSample, projection: HistoryProjection) -> None:
    header = projection.header
    sample.instances += 1
    sample.events += projection.position
    if header.state is InstanceState.COMPLETED and header.ended_at is not None:
        sample.durations.append(header.ended_at - header.started_at)
    for id_, counts in projection.counted.elements.items():
        # What lies behind a slash is in a called process, which has a page of its own.
        if "/" not in id_:
            element = sample.elements.setdefault(id_, ElementSample())
            element.entered += counts["entered"]
            element.completed += counts["completed"]
            element.cancelled += counts["cancelled"]
    for activity in projection.activities:
        if activity.ended_at is None or activity.body or activity.cancelled:
            continue
        if activity.definition_id == header.definition_id:
            element = sample.elements.setdefault(activity.element, ElementSample())
            element.durations.append(activity.ended_at - activity.started_at)
    for flow, number in projection.counted.flows.items():
        if "/" not in flow:
            sample.flows[flow] = sample.flows.get(flow, 0) + number
