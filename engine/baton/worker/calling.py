"""Calls a worker's function: ``def`` in the calling thread, ``async def`` in one event loop beside the threads."""

from __future__ import annotations

import asyncio
import concurrent.futures
import inspect
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from baton.worker.attempt import Attempt
from baton.worker.handler import AnyHandler
from baton.worker.task import Task
from baton.worker.tracing import run_within

_log = logging.getLogger("baton.worker")

Middleware: TypeAlias = Callable[[Task, Callable[[], Any]], Any]
"""Called around each attempt with the task and what goes on; gives the result, for an ``async def`` an awaitable."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call ended: with ``error`` if there is one, else with ``result``."""

    result: object = None
    error: BaseException | None = None


class Loop:
    """An event loop in a thread of its own, begun with the first coroutine."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, awaitable: Awaitable[Any], attempt: Attempt) -> Ending:
        """Wait for it in the calling thread. Whatever it raises is its ending; a time-out cancels it."""
        future = asyncio.run_coroutine_threadsafe(_end(awaitable), self._begun())
        attempt.on_cancel(future.cancel)
        try:
            return future.result()
        except concurrent.futures.CancelledError as error:
            return Ending(error=error)

    def _begun(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=_run_for_ever, args=(self._loop,), name="async-workers", daemon=True).start()
            return self._loop


class Caller:
    """Calls handlers, inside the ``middleware``, the first of them outermost."""

    def __init__(self, middleware: Sequence[Middleware] = ()) -> None:
        self._loop = Loop()
        self._middleware = tuple(middleware)

    def call(self, handler: AnyHandler, attempt: Attempt) -> Ending:
        """Never raises: also ``SystemExit`` and its kin are endings, as a thread's end would tell nobody."""
        if attempt.problem is not None:
            return Ending(error=attempt.problem)
        with run_within(attempt.task.traceparent):
            return self._call(handler, attempt)

    def _call(self, handler: AnyHandler, attempt: Attempt) -> Ending:
        proceed: Callable[[], Any] = partial(handler.begin, attempt.task)
        for around in reversed(self._middleware):
            proceed = partial(around, attempt.task, proceed)
        try:
            result = proceed()
        except BaseException as error:
            return Ending(error=error)
        return self._loop.run(result, attempt) if inspect.isawaitable(result) else Ending(result)


async def _end(awaitable: Awaitable[Any]) -> Ending:
    try:
        return Ending(await awaitable)
    except BaseException as error:  # SystemExit would end the loop, and with it all other coroutines
        return Ending(error=error)


def _run_for_ever(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    while True:
        try:
            loop.run_forever()
        except BaseException:  # SystemExit of a task that a worker's function began; the others go on
            _log.exception("a task in the event loop tried to end the worker")
