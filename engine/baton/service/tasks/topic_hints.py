"""Which partitions may have tasks of a topic, so that a long poll need not ask all of them.

A sweep of all partitions that found fewer tasks than asked for has emptied them: from then on only a partition in which
something was committed for the topic, or the passing of time (a back-off, a lock that ran out), can bring a task.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

from baton.model.ids import get_partition
from baton.model.times import Millis
from baton.service.turns.waiters import HintListener
from baton.store import channels

SWEEP_MS = 1_000
"""How long the outcome of a sweep is trusted; also covers lost hints."""


class TopicHints:
    """Per topic: when all partitions were found empty, and which have had something since."""

    def __init__(self, hints: HintListener) -> None:
        self._hints = hints
        self._lock = threading.Lock()
        self._fresh: dict[str, set[int]] = {}
        self._swept: dict[str, Millis] = {}

    def listen(self, topics: Iterable[str]) -> None:
        """Listen to hints for these topics from now on."""
        for topic in topics:
            if topic not in self._fresh:
                with self._lock:
                    self._fresh.setdefault(topic, set())
                self._hints.subscribe(
                    channels.name_topic_channel(topic), lambda message, t=topic: self._note_hint(t, message)
                )

    def _note_hint(self, topic: str, message: bytes) -> None:
        partition = get_partition(message.decode())
        with self._lock:
            self._fresh[topic].add(partition)

    def choose_partitions(self, topics: Sequence[str], everywhere: Sequence[int], now: Millis) -> Sequence[int]:
        """The partitions to fetch from for these topics now; uses up their hints."""
        with self._lock:
            fresh: set[int] = set()
            known = all(now - self._swept.get(topic, 0) < SWEEP_MS for topic in topics)
            for topic in topics:
                fresh |= self._fresh[topic]
                self._fresh[topic].clear()
            return sorted(fresh) if known else everywhere

    def record_sweep(
        self, topics: Sequence[str], where: Sequence[int], everywhere: Sequence[int], full: bool, now: Millis
    ) -> None:
        """Record what was found in those partitions; ``full``: there may be more than was taken."""
        with self._lock:
            for topic in topics:
                if full:
                    self._fresh[topic].update(where if where is not everywhere else ())
                    if where is everywhere:
                        self._swept.pop(topic, None)
                elif where is everywhere:
                    self._swept[topic] = now
