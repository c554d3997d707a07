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
    from baton.testing.coverage import Coverage
    from baton.testing.engine import TestEngine
    from baton.testing.in_process import InProcess


COVERAGE: pytest.StashKey[Coverage] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("baton", "Baton: tests of processes")
    group.addoption("--baton-url", metavar="URL", help="run the tests of processes against this server")
    group.addoption(
        "--baton-clock", metavar="FILE", help="the BATON_TEST_CLOCK of that server, for tests that move the clock"
    )
    group.addoption(
        "--baton-coverage",
        nargs="?",
        const="",
        metavar="DIR",
        help="say which elements of the processes were passed; with DIR, as pictures (SVG) there too",
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    coverage = config.stash.get(COVERAGE, None)
    if coverage is None:
        return
    terminalreporter.section("elements of processes that were passed")
    for line in coverage.describe():
        terminalreporter.write_line(line)
    if folder := config.getoption("--baton-coverage"):
        for line in coverage.write(Path(folder)):
            terminalreporter.write_line(line)


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
    if request.config.getoption("--baton-coverage") is not None:
        _get_coverage(request.config).add(tested.client, tested.deployments)
    tested.close()
    backend.close()


@pytest.fixture
def clock(engine: TestEngine) -> TestClock:
    """The time of the processes under test."""
    return engine.clock


def _get_coverage(config: pytest.Config) -> Coverage:
    from baton.testing.coverage import Coverage

    return config.stash.setdefault(COVERAGE, Coverage())


def _make_backend(request: pytest.FixtureRequest) -> Backend:
    from baton.testing.backends import InProcessBackend, ServerBackend

    url: str | None = request.config.getoption("--baton-url")
    if url is None:
        return InProcessBackend(request.getfixturevalue("baton_in_process"))
    clock: str | None = request.config.getoption("--baton-clock")
    return ServerBackend(url, None if clock is None else Path(clock))
