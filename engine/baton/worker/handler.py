"""``@worker``: a function and the topic it serves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from baton.model.values import Value
from baton.worker.task import Task

Function: TypeAlias = Callable[[Task], "Mapping[str, Value] | None"]


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

    def __call__(self, task: Task) -> Mapping[str, Value] | None:
        return self.function(task)


def worker(
    topic: str, *, lock: float = 30.0, concurrency: int = 1, variables: Sequence[str] | None = None
) -> Callable[[Function], Handler]:
    """Serve ``topic`` with the decorated function, at most ``concurrency`` tasks at a time.

    ``variables``: fetch only these, None for all that the task sees. Raises ValueError for nonsense.
    """
    if lock <= 0 or concurrency < 1:
        raise ValueError(f"Expected lock > 0 and concurrency >= 1, but found lock={lock}, concurrency={concurrency}")
    names = None if variables is None else tuple(variables)
    return lambda function: Handler(function, topic, lock, concurrency, names)
