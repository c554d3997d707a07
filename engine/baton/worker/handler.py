"""``@worker``: a function, the topic it serves, and how its attempts may end."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Generic, ParamSpec, Protocol, TypeAlias, TypeVar, cast

from baton.worker.arguments import Arguments, read_arguments
from baton.worker.retrying import Retrying, Seconds, read_retrying
from baton.worker.task import Task

Given = ParamSpec("Given")
Result = TypeVar("Result", covariant=True)


@dataclass(frozen=True, slots=True)
class Handler(Generic[Given, Result]):
    """Still callable like the function it wraps, so that tests need no engine.

    ``lock`` is in seconds: how long a task is nobody else's. It is extended while the function runs, so it only decides
    how soon another worker takes over when this one dies. ``timeout`` is how many seconds one attempt may take.
    ``local``: of the variables only the task's own, its inputs, and results that only its outputs pass on.
    """

    function: Callable[Given, Result]
    topic: str
    lock: float = 30.0
    concurrency: int = 1
    variables: tuple[str, ...] | None = None
    timeout: float | None = None
    local: bool = False
    arguments: Arguments = field(default_factory=Arguments)
    retrying: Retrying = field(default_factory=Retrying)

    def __call__(self, *args: Given.args, **kwargs: Given.kwargs) -> Result:
        """What the function gives: its result, or of an ``async def`` the coroutine to await."""
        return self.function(*args, **kwargs)

    def begin(self, task: Task) -> Any:
        """Call the function with what it wants of ``task``. Raises Failure for variables that are missing or wrong."""
        args, kwargs = self.arguments.take(task)
        function: Callable[..., Any] = self.function
        return function(*args, **kwargs)


AnyHandler: TypeAlias = Handler[..., Any]


class Decorator(Protocol):
    """What ``@worker(…)`` makes."""

    def __call__(self, function: Callable[Given, Result], /) -> Handler[Given, Result]: ...


def worker(
    topic: str,
    *,
    lock: float = 30.0,
    concurrency: int = 1,
    variables: Sequence[str] | None = None,
    timeout: Seconds | None = None,
    local: bool = False,
    retry: int | None = None,
    backoff: Seconds | Sequence[Seconds] | None = None,
    no_retry: type[Exception] | Sequence[type[Exception]] = (),
    errors: Mapping[type[Exception], str] | None = None,
) -> Decorator:
    """Serve ``topic`` with the decorated function, at most ``concurrency`` tasks at a time.

    The function takes the task, or variables by name, converted to what its parameters are annotated with.
    ``variables``: fetch only these; left out, those that the parameters name, or all when the task itself is taken.
    ``timeout``: an attempt that takes longer (seconds or timedelta) is a failed attempt.
    ``local``: fetch only the inputs of the task, and return what only its outputs see.
    ``retry``: how many times a failed task is tried again, in place of the model's retry cycle; ``backoff``: how
    long to wait before: the first pause, doubled each time, or one pause for each try.
    ``no_retry``: what can never work at a later try, and opens an incident at once.
    ``errors``: exceptions that the model knows as business errors, with their codes.

    Raises ValueError for nonsense, and TypeError for a function that cannot be called so, or is a generator.
    """
    if not isinstance(topic, str) or not topic:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValueError(f'Expected a topic, as in @worker("charge-card"), but found {topic!r}')
    if not 0 < lock < math.inf or concurrency < 1:
        raise ValueError(f"Expected lock > 0 and concurrency >= 1, but found lock={lock}, concurrency={concurrency}")
    longest = _read_timeout(timeout)
    retrying = read_retrying(retry, backoff, no_retry, errors)

    def decorate(function: Callable[Given, Result], /) -> Handler[Given, Result]:
        _check_kind(function, topic)
        arguments = read_arguments(function, topic)
        names = arguments.names if variables is None else tuple(variables)
        return Handler(function, topic, lock, concurrency, names, longest, local, arguments, retrying)

    return decorate


def _read_timeout(timeout: Seconds | None) -> float | None:
    if timeout is None:
        return None
    seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
    if not 0 < seconds < math.inf:
        raise ValueError(f"Expected timeout > 0, but found {timeout}")
    return seconds


def _check_kind(function: Any, topic: str) -> None:
    if not callable(function):
        raise TypeError(f"Expected for topic '{topic}' a function of the task, but found {type(function).__name__}")
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(
            f"Expected for topic '{topic}' a function of the task that returns its result, but it is a generator: "
            "use return in place of yield"
        )


def find_handlers(found: Iterable[object]) -> Iterator[AnyHandler]:
    """Those among ``found``, such as the values of a module, and in its lists."""
    for item in found:
        if isinstance(item, Handler):
            yield cast("AnyHandler", item)
        elif isinstance(item, (list, tuple)):
            yield from find_handlers(cast("Iterable[object]", item))


def check_topics(handlers: Sequence[AnyHandler]) -> None:
    """Raises ValueError for several handlers of one topic: a task would go to either of them."""
    topics = [handler.topic for handler in handlers]
    repeated = sorted({topic for topic in topics if topics.count(topic) > 1})
    if repeated:
        raise ValueError(f"Expected one handler for each topic, but found several for {', '.join(repeated)}")
