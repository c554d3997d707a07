"""What the newest instances tell of a definition and of the server: bounded samples, which say how large they are.

Counters kept by every commit would cost each turn; a sample costs only the request (docs/decisions/0054).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from baton.model.records import InstanceHeader, InstanceState
from baton.model.times import Millis
from baton.service.reads.history.projection import HistoryProjection
from baton.service.reads.history.reader import HistoryReader
from baton.service.turns.failures import EngineBug
from baton.store.store import Store

MAX_INSTANCES = 200
MAX_EVENTS = 10_000
MAX_ENDINGS = 1_000
ENDED = tuple(state for state in InstanceState if state.is_ended)


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


@dataclass(slots=True)
class Bucket:
    """A part of a time: instances that started and ended in it, and how long the ended ones had run."""

    at: Millis
    started: int = 0
    ended: int = 0
    durations: list[Millis] = field(default_factory=list[Millis])


class Samples:
    def __init__(self, store: Store, history: HistoryReader) -> None:
        self._store, self._history = store, history

    def read_sample(self, definition_id: str) -> DefinitionSample:
        """What its newest instances tell: at most ``MAX_INSTANCES``, and of these no more than ``MAX_EVENTS`` allow."""
        lists = self._store.lists
        ids = lists.list_newest_of(definition_id, MAX_INSTANCES)
        sample = DefinitionSample(lists.count_unfinished(definition_id) + lists.count_ended(definition_id))
        for header in lists.get_headers(ids):
            if sample.instances and sample.events + header.position > MAX_EVENTS:
                break
            try:
                _add_instance(sample, self._history.project(header))
            except EngineBug:
                # Its history is damaged and has an incident by now: the others tell enough.
                continue
        return sample

    def measure_throughput(self, since: Millis, until: Millis, count: int) -> tuple[list[Bucket], bool]:
        """A time in ``count`` parts, and whether it is told in full: no more than ``MAX_ENDINGS`` endings are read."""
        lists = self._store.lists
        ended = sorted(
            (item for state in ENDED for item in lists.list_newest(state, MAX_ENDINGS + 1, since=since)), reverse=True
        )
        headers = lists.get_headers([id_ for _, id_ in ended[:MAX_ENDINGS]])
        width = max(1, -(-(until - since) // count))
        buckets = [Bucket(since + width * index) for index in range(count)]
        for header in headers:
            _add_ending(buckets, header, since, width)
        for state in (InstanceState.ACTIVE, InstanceState.SUSPENDED):
            for started_at, _ in lists.list_newest(state, MAX_ENDINGS, since=since):
                if (bucket := _find_bucket(buckets, started_at, since, width)) is not None:
                    bucket.started += 1
        return buckets, len(ended) <= MAX_ENDINGS


def _add_instance(sample: DefinitionSample, projection: HistoryProjection) -> None:
    header = projection.header
    sample.instances += 1
    sample.events += projection.position
    if header.state is InstanceState.COMPLETED and header.ended_at is not None:
        sample.durations.append(header.ended_at - header.started_at)
    for id_, counts in projection.counts.items():
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
    for flow, number in projection.flows.items():
        if "/" not in flow:
            sample.flows[flow] = sample.flows.get(flow, 0) + number


def _find_bucket(buckets: Sequence[Bucket], at: Millis, since: Millis, width: Millis) -> Bucket | None:
    index = (at - since) // width
    return buckets[index] if 0 <= index < len(buckets) else None


def _add_ending(buckets: Sequence[Bucket], header: InstanceHeader, since: Millis, width: Millis) -> None:
    if (began := _find_bucket(buckets, header.started_at, since, width)) is not None:
        began.started += 1
    if header.ended_at is None or (bucket := _find_bucket(buckets, header.ended_at, since, width)) is None:
        return
    bucket.ended += 1
    bucket.durations.append(header.ended_at - header.started_at)
