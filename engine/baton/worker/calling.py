"""Calls a worker's function: ``def`` in the calling thread, ``async def`` in one event loop beside the threads."""

from __future__ import annotations

import asyncio
import inspect
import logging
import threading
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

from baton.worker.handler import Function
from baton.worker.task import Task

_log = logging.getLogger("baton.worker")


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

    def run(self, awaitable: Awaitable[Any]) -> Ending:
        """Wait for it in the calling thread. Whatever it raises is its ending."""
        return asyncio.run_coroutine_threadsafe(_end(awaitable), self._begun()).result()

    def _begun(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=_run_for_ever, args=(self._loop,), name="async-workers", daemon=True).start()
            return self._loop


def call(function: Function, task: Task, loop: Loop) -> Ending:
    """Never raises: also ``SystemExit`` and other BaseExceptions are endings, as a thread's end would tell nobody."""
    try:
        result = function(task)
    except BaseException as error:
        return Ending(error=error)
    return loop.run(result) if inspect.isawaitable(result) else Ending(result)


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
