"""``task.once``: a step whose result is recorded, so that a further attempt at the task does not do it again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from baton.model.values import FileValue, Value
from baton.worker.describing import describe_error, describe_value
from baton.worker.errors import EngineRefused, EngineUnreachable, Failure
from baton.worker.rest import Rest
from baton.worker.values import Typed, from_typed, to_typed_variables


class RecordedResults(Protocol):
    """Where results are recorded, by keys."""

    def read(self) -> Mapping[str, Typed]:
        """Those of earlier attempts."""
        ...

    def record(self, key: str, result: Typed) -> Typed:
        """What is recorded now: the first that came for the key. Raises EngineRefused, EngineUnreachable."""
        ...


@dataclass(slots=True)
class MemoryResults:
    """For tests of a worker's function: as long as the task's object lives."""

    _results: dict[str, Typed] = field(default_factory=dict[str, Typed])

    def read(self) -> Mapping[str, Typed]:
        return self._results

    def record(self, key: str, result: Typed) -> Typed:
        return self._results.setdefault(key, result)


class EngineResults:
    """In the engine, with the task: they go when it is over. ``is_first``: no earlier attempt has recorded any."""

    def __init__(self, rest: Rest, task_id: str, is_first: bool, give_up: Callable[[], bool]) -> None:
        self._rest, self._give_up = rest, give_up
        self._path = f"/external-task/{task_id}/results"
        self._known: dict[str, Typed] | None = {} if is_first else None

    def read(self) -> Mapping[str, Typed]:
        """Asked for once in an attempt."""
        if self._known is None:
            self._known = self._rest.request_surely("GET", self._path, give_up=self._give_up)
        return self._known or {}

    def record(self, key: str, result: Typed) -> Typed:
        recorded = self._rest.post_surely(self._path, {"results": {key: result}}, give_up=self._give_up)[key]
        self._known = {**(self._known or {}), key: recorded}
        return recorded


LONGEST_KEY = 200
"""Characters that the engine takes."""


def do_once(results: RecordedResults, key: str, step: Callable[[], Any]) -> Value:
    """The recorded result, or else that of the step, once it is recorded. Raises what the step raises, and Failure."""
    _check_key(key)
    known = results.read()
    if key in known:
        return from_typed(known[key])
    return _record(results, key, step())


async def do_once_async(results: RecordedResults, key: str, step: Callable[[], Awaitable[Any]]) -> Value:
    """As ``do_once``. A time-out that comes while the result is being recorded does not keep it from being so."""
    _check_key(key)
    known = await asyncio.to_thread(results.read)
    if key in known:
        return from_typed(known[key])
    result = await step()
    return await asyncio.shield(asyncio.ensure_future(asyncio.to_thread(_record, results, key, result)))


def _check_key(key: object) -> None:
    if not isinstance(key, str) or not 0 < len(key) <= LONGEST_KEY:
        raise ValueError(f"Expected a key of 1 to {LONGEST_KEY} characters, but found {describe_value(key)}")


def _record(results: RecordedResults, key: str, result: Any) -> Value:
    """As it will be read, so that the first attempt gets the same as a further one."""
    try:
        if isinstance(result, FileValue):
            raise TypeError("Expected a result that is not a file")
        return from_typed(results.record(key, to_typed_variables({key: result})[key]))
    except (EngineRefused, EngineUnreachable, TypeError) as error:
        # Another attempt would do it again: that is for an operator to decide, who knows what was done.
        raise Failure(
            f"The step '{key}' has been done, but its result could not be recorded. {describe_error(error)}", retries=0
        ) from error
