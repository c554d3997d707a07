"""Short payloads of many callers to one server, sent together: whatever is ready when the line is free.

A round trip costs a process more than what is in it: a call of the system to send and one to receive, a wake-up of the
server and of the caller. Nothing waits for company: a payload that finds the line free leaves at once, those that come
while it is on its way leave together when its replies are there.

The caller that finds the line free sends, its own payload and all that wait; then the first of those that came
meanwhile. So there is no thread that could die, and a caller that dies while it sends or waits takes nobody with it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from redis.exceptions import ConnectionError as RedisConnectionError

from baton.store.connecting import LOST, pack_command
from baton.store.ports import Arg

PATIENCE_S = 0.25
"""A payload that has waited for the line so long goes alone: the server is slow, or frozen."""
MOST_TOGETHER = 64
"""Payloads in one round trip."""
LONGEST_BYTES, MOST_COMMANDS = 65_536, 20
"""A payload with more than that goes alone: others would wait for it."""


Command: TypeAlias = "tuple[Arg, ...]"
Converse: TypeAlias = "Callable[[bytes, int, list[Any]], None]"
"""Sends packed commands in one try; adds so many replies, as far as they come before the connection is lost."""


@dataclass(slots=True, eq=False)
class _Payload:
    """``leads``: it is to send itself and those that wait. ``is_lost``: it was sent, and its replies were not heard."""

    packed: bytes
    count: int
    wait: Command | None
    replies: list[Any] | None = None
    leads: bool = False
    is_lost: bool = False
    settled: threading.Event = field(default_factory=threading.Event)


class Pipeline:
    """Safe for threads and greenlets."""

    def __init__(self, converse: Converse) -> None:
        self._converse = converse
        self._lock = threading.Lock()
        self._waiting: deque[_Payload] = deque()
        self._is_taken = False

    def exchange(self, commands: Sequence[Command], wait: Command | None) -> list[Any] | None:
        """The replies of the commands, errors among them, and that of ``wait``, which all that leave together share.

        None if it was not sent, and has to go alone: it is long, or the server is slow. Raises ConnectionError when the
        connection was lost before all its replies were heard; what became of it is unknown then.
        """
        packed = b"".join(map(pack_command, commands))
        if len(packed) > LONGEST_BYTES or len(commands) > MOST_COMMANDS:
            return None
        payload = _Payload(packed, len(commands), wait)
        with self._lock:
            if self._is_taken:
                self._waiting.append(payload)
            else:
                self._is_taken = payload.leads = True
        if payload.leads or self._is_to_lead(payload):
            self._lead(payload)
        if payload.is_lost:
            raise RedisConnectionError("Expected replies, but the connection on which several waited was lost")
        return payload.replies

    def _is_to_lead(self, payload: _Payload) -> bool:
        """Wait until the payload was sent by another, which is False, or is to send itself and those that wait."""
        try:
            if not payload.settled.wait(PATIENCE_S) and not self._leave(payload):
                payload.settled.wait()
        except BaseException:
            if not self._leave(payload) and payload.leads:
                self._finish((), ())
            raise
        return payload.leads

    def _leave(self, payload: _Payload) -> bool:
        """Whether it had not been sent, and now will not be."""
        with self._lock:
            if payload not in self._waiting:
                return False
            self._waiting.remove(payload)
            return True

    def _lead(self, payload: _Payload) -> None:
        """Send the payload and those that wait; those whose replies were not heard are marked as lost."""
        batch = [payload]
        replies: list[Any] = []
        try:
            with self._lock:
                batch += [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_TOGETHER - 1))]
            packed = b"".join([sent.packed for sent in batch])
            count = sum(sent.count for sent in batch)
            if wait := next((sent.wait for sent in batch if sent.wait is not None), None):
                packed, count = packed + pack_command(wait), count + 1
            self._converse(packed, count, replies)
        except LOST:
            pass
        finally:
            self._finish(batch, replies)

    def _finish(self, batch: Sequence[_Payload], replies: Sequence[Any]) -> None:
        """Leave the line to the first that waits, and give each payload its replies as far as they were heard."""
        with self._lock:
            following = self._waiting.popleft() if self._waiting else None
            self._is_taken = following is not None
            if following is not None:
                # Under the lock: one that dies now must know whether it has the line.
                following.leads = True
                following.settled.set()
        first, confirmed = 0, replies[sum(sent.count for sent in batch) :]
        for sent in batch:
            last = first + sent.count
            sent.is_lost = last > len(replies) or (sent.wait is not None and not confirmed)
            if not sent.is_lost:
                sent.replies = [*replies[first:last], *(confirmed if sent.wait is not None else ())]
            first = last
            sent.settled.set()
