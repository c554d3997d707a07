"""Long polling, bounded: so many at once per process, so long each, and ended at once by a graceful shutdown."""

from __future__ import annotations

import socket
import threading

from baton.model.errors import Overloaded
from baton.service import LockedTask
from baton.web.context import RequestContext
from baton.web.models.fetch import MAX_TASKS, FetchExternalTasks

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


def fetch_bounded(context: RequestContext, body: FetchExternalTasks) -> list[LockedTask]:
    """Fetch and lock, waiting for the first task where asked. Raises Overloaded when too many wait already."""
    wait = min(max(0, body.asyncResponseTimeout or 0), context.settings.max_long_poll_ms)
    if wait == 0 or stopping.is_set():
        return _fetch(context, body, 0)
    if not polls.take(context.settings.max_long_polls):
        raise Overloaded(f"Expected fewer than {context.settings.max_long_polls} long polls at once on this server")
    try:
        return _fetch(context, body, wait)
    finally:
        polls.give()


def _fetch(context: RequestContext, body: FetchExternalTasks, wait_ms: int) -> list[LockedTask]:
    return context.engine.task_fetcher.fetch_and_lock(
        body.workerId,
        min(body.maxTasks, MAX_TASKS),
        [topic.to_request() for topic in body.topics or ()],
        use_priority=body.usePriority or False,
        newest_first=body.newest_first,
        async_timeout_ms=wait_ms,
        given_up=lambda: stopping.is_set() or has_gone(context.request.environ.get("gunicorn.socket")),
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
