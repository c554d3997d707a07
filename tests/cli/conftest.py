from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result

from baton.cli import main
from tests.worker.fake_engine import FakeEngine


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    engine = FakeEngine()
    yield engine
    engine.close()


@pytest.fixture
def baton(engine: FakeEngine) -> Callable[..., Result]:
    """Run the command line against the engine."""

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(main, [*arguments, "--url", engine.url])

    return invoke
