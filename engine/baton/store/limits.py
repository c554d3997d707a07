"""Limits of topics: how many tasks may be locked per second, and at once, wherever their instances live.

Tasks are spread over all partitions, so the count is kept in one place beside them: a place is held before a task is
locked and given back after its lock has ended. Who dies in between holds it until the lock would have run out: the
limit is never exceeded, at worst it is not used up for a while.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from baton.model.times import Millis
from baton.store import channels, keys
from baton.store.blobs import BlobCodec
from baton.store.operations import apply_ops
from baton.store.ports import Backend, iterate_pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLimits:
    """None: no limit."""

    locks_per_second: float | None = None
    locks_at_once: int | None = None

    @property
    def interval_ms(self) -> int:
        """From one lock to the next; 0 where that is not limited."""
        return max(1, round(1_000 / self.locks_per_second)) if self.locks_per_second else 0


class Limits:
    def __init__(self, backend: Backend, blobs: BlobCodec) -> None:
        self._backend, self._blobs = backend, blobs

    def read_all(self) -> dict[str, TopicLimits]:
        """The limited topics."""
        flat = self._backend.read([("HGETALL", keys.LIMITS)])[0]
        return {topic.decode(): _make_limits(self._blobs.decode(blob)) for topic, blob in iterate_pairs(flat)}

    def set(self, topic: str, limits: TopicLimits, locked: Mapping[str, Millis]) -> None:
        """Limit a topic; ``locked``: its tasks that are locked already, until when."""
        row = self._blobs.encode([limits.locks_per_second, limits.locks_at_once])
        held = [["ZADD", keys.name_held(topic), str(until), task_id] for task_id, until in locked.items()]
        gone = ["DEL", keys.name_held(topic), keys.name_pace(topic)]
        apply_ops(self._backend, keys.LIMITS, [["HSET", keys.LIMITS, topic, row], gone, *held])

    def hold(self, topic: str, locked: Mapping[str, Millis]) -> None:
        """Tasks of a topic that are locked already, until when, take their places."""
        ops = [["ZADD", keys.name_held(topic), str(until), task_id] for task_id, until in locked.items()]
        if ops:
            apply_ops(self._backend, keys.LIMITS, ops)

    def remove(self, topic: str) -> None:
        ops = [["HDEL", keys.LIMITS, topic], ["DEL", keys.name_held(topic), keys.name_pace(topic)]]
        apply_ops(self._backend, keys.LIMITS, ops)

    # -- which definitions may use a topic

    def read_uses(self) -> dict[str, tuple[str, ...]]:
        """Topic -> the keys of the definitions that may use it; a topic that is missing is for all."""
        flat = self._backend.read([("HGETALL", keys.TOPIC_USES)])[0]
        return {topic.decode(): tuple(self._blobs.decode(blob)) for topic, blob in iterate_pairs(flat)}

    def set_uses(self, topic: str, definition_keys: Sequence[str]) -> None:
        row = self._blobs.encode(list(definition_keys))
        apply_ops(self._backend, keys.TOPIC_USES, [["HSET", keys.TOPIC_USES, topic, row]])

    def remove_uses(self, topic: str) -> None:
        apply_ops(self._backend, keys.TOPIC_USES, [["HDEL", keys.TOPIC_USES, topic]])

    def admit(self, topic: str, limits: TopicLimits, owner: str, wanted: int, *, now: Millis, until: Millis) -> int:
        """How many tasks may be locked now, up to ``wanted``; their places are held for the owner."""
        args = [now, wanted, limits.locks_at_once or 0, limits.interval_ms, until, owner]
        return int(self._backend.run("admit", [keys.name_held(topic), keys.name_pace(topic)], args))

    def settle(
        self, topic: str, limits: TopicLimits, owner: str, granted: int, locked: Sequence[tuple[str, Millis]]
    ) -> None:
        """What became of the places: tasks locked (id, until); the others are free again."""
        ops: list[list[str | bytes | int]] = []
        if limits.locks_at_once:
            ops.extend(["ZREM", keys.name_held(topic), f"{owner}:{place}"] for place in range(1, granted + 1))
            ops.extend(["ZADD", keys.name_held(topic), str(until), task_id] for task_id, until in locked)
        if limits.interval_ms and len(locked) < granted:
            ops.append(["DECRBY", keys.name_pace(topic), str((granted - len(locked)) * limits.interval_ms)])
        if ops:
            apply_ops(self._backend, keys.LIMITS, ops)

    def record_extension(self, topic: str, task_id: str, until: Millis) -> None:
        apply_ops(self._backend, keys.LIMITS, [["ZADD", keys.name_held(topic), str(until), task_id]])

    def record_release(self, tasks: Iterable[tuple[str, str]]) -> None:
        """(topic, task id): the lock has ended; workers that wait for the topic may look again."""
        ops: list[list[str | bytes | int]] = []
        for topic, task_id in tasks:
            ops.append(["ZREM", keys.name_held(topic), task_id])
            ops.append(["PUBLISH", channels.name_topic_channel(topic), task_id.partition(".")[0]])
        apply_ops(self._backend, keys.LIMITS, ops)


def _make_limits(row: list[float | int | None]) -> TopicLimits:
    per_second, at_once = row
    return TopicLimits(locks_per_second=per_second, locks_at_once=None if at_once is None else int(at_once))
