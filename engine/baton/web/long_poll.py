"""Long polling, bounded: so many at once per process, so long each, and ended at once by a graceful shutdown."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence

from baton.model.errors import Overloaded
from baton.service import LockedTask, TopicRequest
from baton.web.call import Call
from baton.web.topics import Asked

stopping = threading.Event()
"""Set when this process shuts down: long polls and streams end."""


class Slots:
    """A counter with a limit; ``take`` answers whether there was room."""

    def __init__(self) -> None:
        self.used = 0
        self._lock = threading.Lock()

    def take(self, limit: int) -> bool:
        with self._lock:
            if self.used >= limit:
                return False
            self.used += 1
            return True

    def give(self) -> None:
        with self._lock:
            self.used -= 1


polls = Slots()
streams = Slots()


def fetch_bounded(call: Call, asked: Asked, topics: Sequence[TopicRequest]) -> list[LockedTask]:
    """Fetch and lock, waiting for the first task where asked. Raises Overloaded when too many wait already."""
    wait = min(asked.timeout_ms, call.settings.max_long_poll_ms)
    if wait == 0 or stopping.is_set():
        return _fetch(call, asked, topics, 0)
    if not polls.take(call.settings.max_long_polls):
        raise Overloaded(f"Expected fewer than {call.settings.max_long_polls} long polls at once on this server")
    try:
        return _fetch(call, asked, topics, wait)
    finally:
        polls.give()


def _fetch(call: Call, asked: Asked, topics: Sequence[TopicRequest], wait_ms: int) -> list[LockedTask]:
    return call.engine.task_fetcher.fetch_and_lock(
        asked.worker_id,
        asked.max_tasks,
        topics,
        use_priority=asked.use_priority,
        newest_first=asked.descending,
        async_timeout_ms=wait_ms,
        given_up=lambda: stopping.is_set() or has_gone(call.request.environ.get("gunicorn.socket")),
    )


def has_gone(client: socket.socket | None) -> bool:
    """Whether the client has closed the connection: a worker killed while it waited must not be given tasks."""
    if client is None:
        return False
    timeout = client.gettimeout()
    try:
        client.settimeout(0.0)
        return client.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        client.settimeout(timeout)
