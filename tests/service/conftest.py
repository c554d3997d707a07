"""An engine on a real server, with a clock that stands until it is moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from baton.expression.scripts import LocalScriptRunner
from baton.service import Engine, Settings, assemble
from tests.service.indexing import NAMES, complete

WHOLE_TURN_MS = 600_000
"""Turns are cut by real time: on a busy machine a test would find half of what its turn does."""


class Clock:
    """Time as an argument."""

    def __init__(self) -> None:
        self.now = 1_800_000_000_000

    def __call__(self) -> int:
        return self.now

    def forward(self, ms: int) -> None:
        self.now += ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def url(valkey: str) -> str:
    """Where the engines of a test find the store."""
    return valkey


@pytest.fixture
def engines(url: str, clock: Clock) -> Iterator[Callable[..., Engine]]:
    """Makes engines on one store, as if each were a process."""
    made: list[Engine] = []

    def make(**more: object) -> Engine:
        more = {"max_turn_ms": WHOLE_TURN_MS, **more}
        settings = Settings(redis_url=url, partitions=4, clock=clock, **more)  # type: ignore[arg-type]
        engine = assemble(settings, scripts=LocalScriptRunner())
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.close()


@pytest.fixture
def engine(engines: Callable[..., Engine]) -> Engine:
    return engines()


@pytest.fixture
def index(engines: Callable[..., Engine]) -> Callable[..., Engine]:
    """An engine that indexes two variables, or others."""

    def make(names: str = ",".join(NAMES), **more: object) -> Engine:
        return engines(indexed_variables=names, compact_history=True, **more)

    return make


@pytest.fixture
def indexed(index: Callable[..., Engine]) -> Engine:
    """One that has indexed all that there is."""
    engine = index()
    complete(engine)
    return engine
