"""External tasks for workers that ask for them by topic: found, locked, waited for in a long poll."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from baton.model.errors import BadRequest
from baton.model.records import ExternalTask, Lock
from baton.model.rows import from_row
from baton.model.times import Millis
from baton.model.values import Value
from baton.service.core.clock import Clock
from baton.service.core.tracing import Tracing
from baton.service.deployments.library import DefinitionLibrary
from baton.service.reads.instance_reader import InstanceReader
from baton.service.reads.unreadable import UnreadableInstances
from baton.service.tasks.topic_fetches import TopicFetches
from baton.service.tasks.topic_hints import TopicHints
from baton.service.tasks.topic_limits import TopicLimiter
from baton.service.turns.waiters import HintListener
from baton.store import channels, codec
from baton.store.ports import Locked, TopicWish
from baton.store.store import Store

_POLL_MS = 1_000
"""How often a long poll looks for tasks whose moment came without a commit: a back-off or a lock that ended."""
_CANDIDATES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRequest:
    """What a worker wants from one topic; ``variables`` None: all that are visible to the task."""

    name: str
    lock_ms: int
    variables: tuple[str, ...] | None = None
    local_variables: bool = False
    business_key: str | None = None
    definition_ids: tuple[str, ...] | None = None
    definition_keys: tuple[str, ...] | None = None
    version_tag: str | None = None
    process_variables: Mapping[str, Value] = field(default_factory=dict[str, Value])
    tenant_ids: tuple[str, ...] | None = None
    without_tenant: bool = False
    include_extension_properties: bool = False

    @property
    def is_filtered(self) -> bool:
        return any(
            (self.business_key is not None, self.definition_ids is not None, self.definition_keys is not None)
        ) or bool(self.version_tag or self.process_variables or self.tenant_ids is not None or self.without_tenant)


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedTask:
    """A task that the worker holds now."""

    task: ExternalTask
    lock: Lock
    variables: dict[str, Value]
    extension_properties: Mapping[str, str] | None = None
    traceparent: str | None = None
    """The span that the work at the task is a part of, if it is in a trace."""


@dataclass(frozen=True, slots=True)
class _FetchRequest:
    """One request of a worker."""

    worker_id: str
    max_tasks: int
    topics: Sequence[TopicRequest]
    use_priority: bool
    newest_first: bool | None

    @property
    def is_filtered(self) -> bool:
        """Whether the queue alone does not give the tasks that match, or not in the wanted order."""
        return self.newest_first is not None or any(topic.is_filtered for topic in self.topics)


class TaskFetcher:
    def __init__(
        self,
        store: Store,
        library: DefinitionLibrary,
        reader: InstanceReader,
        unreadable: UnreadableInstances,
        hints: HintListener,
        limits: TopicLimiter,
        fetches: TopicFetches,
        clock: Clock,
        tracing: Tracing,
        *,
        chooses: bool = False,
    ) -> None:
        """``chooses``: the queues have more tasks than may be taken, so that each is read before it is locked."""
        self._chooses = chooses
        self._store, self._library, self._reader, self._unreadable = store, library, reader, unreadable
        self._tracing = tracing
        self._hints, self._limits, self._fetches, self._clock = hints, limits, fetches, clock
        self._topics = TopicHints(hints)

    def fetch_and_lock(
        self,
        worker_id: str,
        max_tasks: int,
        topics: Sequence[TopicRequest],
        *,
        use_priority: bool = True,
        newest_first: bool | None = None,
        async_timeout_ms: int = 0,
        given_up: Callable[[], bool] | None = None,
    ) -> list[LockedTask]:
        """Tasks locked for the worker; waits up to the timeout for the first. An empty list when there is none.

        ``given_up`` is called before each further attempt, so that nothing is locked for a client that has gone.
        """
        for topic in topics:
            if topic.lock_ms <= 0:
                raise BadRequest(
                    f"Expected a lock duration above 0 for topic '{topic.name}', but found {topic.lock_ms}"
                )
        if max_tasks <= 0 or not topics:
            return []
        how = _FetchRequest(worker_id, max_tasks, topics, use_priority, newest_first)
        if async_timeout_ms <= 0:
            self._fetches.record(worker_id, [topic.name for topic in topics])
            return self._fetch(how, self._store.partitions)
        return self._poll(how, self._clock.now() + async_timeout_ms, given_up)

    def _poll(self, how: _FetchRequest, deadline: Millis, given_up: Callable[[], bool] | None) -> list[LockedTask]:
        woken = threading.Event()
        names = [topic.name for topic in how.topics]
        topic_channels = {channels.name_topic_channel(name) for name in names}

        def wake(_: bytes) -> None:
            woken.set()

        # The hints first, then the wake-up: a woken poll finds the hint.
        self._topics.listen(names)
        for channel in topic_channels:
            self._hints.subscribe(channel, wake)
        try:
            while True:
                self._fetches.record(how.worker_id, names)
                found = self._fetch_where_hinted(how, names)
                left = deadline - self._clock.now()
                if found or left <= 0:
                    return found
                woken.wait(min(left, _POLL_MS) / 1000)
                woken.clear()
                if given_up is not None and given_up():
                    return []
        finally:
            for channel in topic_channels:
                self._hints.unsubscribe(channel, wake)

    def _fetch_where_hinted(self, how: _FetchRequest, names: list[str]) -> list[LockedTask]:
        """Fetch from the partitions that may have tasks; from all of them once in a while."""
        everywhere, now = self._store.partitions, self._clock.now()
        where = self._topics.choose_partitions(names, everywhere, now)
        if not where:
            return []
        found = self._fetch(how, where)
        # A limit may have left tasks where they are.
        more = (
            len(found) >= how.max_tasks
            or how.is_filtered
            or self._chooses
            or not self._limits.get_known().keys().isdisjoint(names)
        )
        self._topics.record_sweep(names, where, everywhere, more, now)
        return found

    def _fetch(self, how: _FetchRequest, where: Sequence[int]) -> list[LockedTask]:
        """Topics without limits first, then each of the limited ones as far as it may."""
        limits = self._limits.get_known()
        free = [topic for topic in how.topics if topic.name not in limits]
        found = self._show_each(free, self._lock(replace(how, topics=free), where)) if free else []
        for topic in how.topics:
            left = how.max_tasks - len(found)
            if topic.name not in limits or left <= 0:
                continue
            alone = replace(how, topics=[topic])
            locked = self._limits.lock_within(
                topic.name,
                limits[topic.name],
                left,
                topic.lock_ms,
                lambda most, alone=alone: self._lock(replace(alone, max_tasks=most), where),
            )
            found += self._show_each([topic], locked)
        return found

    def _lock(self, how: _FetchRequest, where: Sequence[int]) -> list[Locked]:
        now = self._clock.now()
        wishes = [TopicWish(topic=t.name, lock_ms=t.lock_ms, with_state=t.variables != ()) for t in how.topics]
        if how.is_filtered or self._chooses:
            return self._lock_chosen(how, wishes, where, now)
        return self._store.tasks.fetch(
            how.worker_id, wishes, now=now, limit=how.max_tasks, partitions=where, by_priority=how.use_priority
        )

    def _lock_chosen(
        self, how: _FetchRequest, wishes: Sequence[TopicWish], where: Sequence[int], now: Millis
    ) -> list[Locked]:
        """Read what could be locked, choose, and lock the chosen tasks."""
        chosen: list[tuple[ExternalTask, int]] = []
        for place, topic in enumerate(how.topics):
            ids = self._store.tasks.list_due(topic.name, now=now, limit=_CANDIDATES, partitions=where)
            found = self._store.lists.get_records(ExternalTask, ids)
            chosen += [(task, place) for task in found if self._matches(topic, task)]
        if how.newest_first is not None:
            chosen.sort(key=lambda pair: pair[0].created_at, reverse=how.newest_first)
        if how.use_priority:
            chosen.sort(key=lambda pair: -pair[0].priority)
        picked = chosen[: how.max_tasks * 2]
        locked = self._store.tasks.lock_chosen(
            how.worker_id, [(task, wishes[place]) for task, place in picked], now=now, limit=how.max_tasks
        )
        places = {task.id: place for task, place in picked}
        return [replace(item, wish=places[item.lock.task_id]) for item in locked]

    def _matches(self, topic: TopicRequest, task: ExternalTask) -> bool:
        if topic.business_key is not None and task.business_key != topic.business_key:
            return False
        if topic.definition_ids is not None and task.definition_id not in topic.definition_ids:
            return False
        if topic.definition_keys is not None and task.definition_key not in topic.definition_keys:
            return False
        if topic.tenant_ids is not None and task.tenant_id not in topic.tenant_ids:
            return False
        if topic.without_tenant and task.tenant_id is not None:
            return False
        if topic.version_tag and self._library.get_definition(task.definition_id).version_tag != topic.version_tag:
            return False
        if not topic.process_variables:
            return True
        values = self._reader.read_scope(self._store.lists.read_fields(task.instance_id), 0)
        return all(name in values and values[name] == value for name, value in topic.process_variables.items())

    def _show_each(self, topics: Sequence[TopicRequest], locked: Sequence[Locked]) -> list[LockedTask]:
        """Tasks of unreadable instances stay locked and are skipped, so that the other tasks are not lost with them."""
        shown = (
            self._unreadable.read_or_skip(item.lock.task_id, lambda item=item: self._show(topics[item.wish], item))
            for item in locked
        )
        return [task for task in shown if task is not None]

    def _show(self, topic: TopicRequest, locked: Locked) -> LockedTask:
        task = from_row(ExternalTask, codec.decode(locked.row))
        return LockedTask(
            task=task,
            lock=locked.lock,
            variables=self._read_variables(topic, task, locked),
            extension_properties=self._read_properties(task) if topic.include_extension_properties else None,
            traceparent=self._tracing.find_of_task(task, None if locked.trace is None else codec.decode(locked.trace)),
        )

    def _read_variables(self, topic: TopicRequest, task: ExternalTask, locked: Locked) -> dict[str, Value]:
        if topic.variables == ():
            return {}
        if topic.local_variables:
            values = self._reader.read_scope(locked.fields, task.token)
        else:
            values = self._reader.resolve_variables(task.instance_id, locked.fields, task.token)
        return values if topic.variables is None else {n: v for n, v in values.items() if n in topic.variables}

    def _read_properties(self, task: ExternalTask) -> Mapping[str, str]:
        node = self._library.get_model(task.definition_id).nodes.get(task.element)
        return {} if node is None else {**node.properties, **(node.external.headers if node.external else {})}
