"""Long polling, bounded: so many at once per process, so long each, and ended at once by a graceful shutdown."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TypeVar

from baton.model.errors import Overloaded
from baton.model.records import InstanceHeader
from baton.service import LockedTask
from baton.web.context import RequestContext
from baton.web.models.fetch import MAX_TASKS, FetchExternalTasks

T = TypeVar("T")


def fetch_bounded(context: RequestContext, body: FetchExternalTasks) -> list[LockedTask]:
    """Fetch and lock, waiting for the first task where asked. Raises Overloaded when too many wait already."""
    return _poll(context, body.asyncResponseTimeout or 0, lambda wait: _fetch(context, body, wait))


def wait_for_end(context: RequestContext, instance_id: str, timeout_ms: int) -> InstanceHeader:
    """The instance once it has ended, or as it is when the time is over. Raises NotFound, and as ``fetch_bounded``."""
    return _poll(
        context,
        timeout_ms,
        lambda wait: context.engine.endings.wait(instance_id, wait, lambda: _is_given_up(context)),
    )


def _poll(context: RequestContext, wait_ms: int, ask: Callable[[int], T]) -> T:
    """``ask`` with how long it may wait, in milliseconds."""
    opened = context.open_requests
    wait = min(max(0, wait_ms), context.settings.max_long_poll_ms)
    if wait == 0 or opened.is_stopping:
        return ask(0)
    if not opened.polls.take(context.settings.max_long_polls):
        raise Overloaded(f"Expected fewer than {context.settings.max_long_polls} long polls at once on this server")
    try:
        return ask(wait)
    finally:
        opened.polls.give()


def _is_given_up(context: RequestContext) -> bool:
    return context.open_requests.is_stopping or has_gone(context.request.environ.get("gunicorn.socket"))


def _fetch(context: RequestContext, body: FetchExternalTasks, wait_ms: int) -> list[LockedTask]:
    return context.engine.task_fetcher.fetch_and_lock(
        body.workerId,
        min(body.maxTasks, MAX_TASKS),
        [topic.to_request() for topic in body.topics or ()],
        use_priority=body.usePriority or False,
        newest_first=body.newest_first,
        async_timeout_ms=wait_ms,
        given_up=lambda: _is_given_up(context),
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
