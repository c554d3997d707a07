"""The pytest plugin of Baton: fixtures ``engine`` and ``clock``, options ``--baton-…``.

Loaded with every run of pytest where Baton is installed, so it imports the rest only when a test needs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from baton.testing.backends import Backend
    from baton.testing.clock import TestClock
    from baton.testing.engine import TestEngine
    from baton.testing.in_process import InProcess


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("baton", "Baton: tests of processes")
    group.addoption("--baton-url", metavar="URL", help="run the tests of processes against this server")
    group.addoption(
        "--baton-clock", metavar="FILE", help="the BATON_TEST_CLOCK of that server, for tests that move the clock"
    )


@pytest.fixture(scope="session")
def baton_in_process() -> Iterator[InProcess]:
    """What all tests of a run share; not for tests themselves."""
    from baton.testing.in_process import InProcess

    shared = InProcess()
    yield shared
    shared.close()


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Iterator[TestEngine]:
    """An empty Baton."""
    from baton.testing.engine import TestEngine

    backend = _make_backend(request)
    tested = TestEngine(backend)
    yield tested
    tested.close()
    backend.close()


@pytest.fixture
def clock(engine: TestEngine) -> TestClock:
    """The time of the processes under test."""
    return engine.clock


def _make_backend(request: pytest.FixtureRequest) -> Backend:
    from baton.testing.backends import InProcessBackend, ServerBackend

    url: str | None = request.config.getoption("--baton-url")
    if url is None:
        return InProcessBackend(request.getfixturevalue("baton_in_process"))
    clock: str | None = request.config.getoption("--baton-clock")
    return ServerBackend(url, None if clock is None else Path(clock))
