"""``@worker``: a function and the topic it serves."""

from __future__ import annotations

import inspect
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from baton.model.values import Value
from baton.worker.task import Task

Result: TypeAlias = "Mapping[str, Value] | None"
Function: TypeAlias = "Callable[[Task], Result | Awaitable[Result]]"
"""What ``@worker`` decorates: ``def`` or ``async def``."""


@dataclass(frozen=True, slots=True)
class Handler:
    """Still callable like the function it wraps, so that tests need no engine.

    ``lock`` is in seconds: how long a task is nobody else's. It is extended while the function runs, so it only decides
    how soon another worker takes over when this one dies.
    """

    function: Function
    topic: str
    lock: float = 30.0
    concurrency: int = 1
    variables: tuple[str, ...] | None = None

    def __call__(self, task: Task) -> Any:
        """What the function gives: its result, or of an ``async def`` the coroutine to await."""
        return self.function(task)


def worker(
    topic: str, *, lock: float = 30.0, concurrency: int = 1, variables: Sequence[str] | None = None
) -> Callable[[Function], Handler]:
    """Serve ``topic`` with the decorated function, at most ``concurrency`` tasks at a time.

    ``variables``: fetch only these, None for all that the task sees. Raises ValueError for nonsense,
    and TypeError for a function that cannot be called with the task alone, or is a generator.
    """
    if not isinstance(topic, str) or not topic:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValueError(f'Expected a topic, as in @worker("charge-card"), but found {topic!r}')
    if not 0 < lock < math.inf or concurrency < 1:
        raise ValueError(f"Expected lock > 0 and concurrency >= 1, but found lock={lock}, concurrency={concurrency}")
    names = None if variables is None else tuple(variables)

    def decorate(function: Function) -> Handler:
        _check_function(function, topic)
        return Handler(function, topic, lock, concurrency, names)

    return decorate


def _check_function(function: Function, topic: str) -> None:
    expected = f"Expected for topic '{topic}' a function of one argument, the task"
    if not callable(function):
        raise TypeError(f"{expected}, but found {type(function).__name__}")
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(f"{expected}, that returns its result, but it is a generator: use return in place of yield")
    try:
        signature = inspect.signature(function)
    except ValueError:
        return  # some built-in functions have none to look at
    try:
        signature.bind(None)
    except TypeError as error:
        raise TypeError(f"{expected}, but it takes {signature}: {error}") from None
