"""Sentinels replace a primary that dies or freezes: work goes on, and nothing that was answered is lost."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from baton.expression.scripts import LocalScriptRunner
from baton.model.records import InstanceState
from baton.service import Engine, Settings, assemble
from tests.clusters import until
from tests.sentinels import Sentinels
from tests.service.processes import deploy, fetch

pytestmark = pytest.mark.slow


@pytest.fixture
def sentinels() -> Iterator[Sentinels]:
    folder = Path(tempfile.mkdtemp(prefix="baton-"))
    made = Sentinels(folder)
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def engine(sentinels: Sentinels) -> Iterator[Engine]:
    made = assemble(Settings(redis_url=sentinels.url, replicas=1, partitions=4), scripts=LocalScriptRunner())
    yield made
    made.close()


def test_a_sentinel_that_is_away_costs_no_time(sentinels: Sentinels) -> None:
    url = sentinels.url.replace("@127.0.0.1", "@127.0.0.1:1,127.0.0.1", 1)
    began = time.monotonic()
    engine = assemble(Settings(redis_url=url, partitions=4), scripts=LocalScriptRunner())

    assert engine.starts.start(deploy(engine).id)
    assert time.monotonic() - began < 2
    engine.close()


@pytest.mark.parametrize("blow", ["kill", "freeze"])
def test_work_goes_on_with_the_new_primary(sentinels: Sentinels, engine: Engine, blow: str) -> None:
    definition = deploy(engine)
    headers = [engine.starts.start(definition.id) for _ in range(20)]

    gone = sentinels.strike(blow)
    began = time.monotonic()
    until(lambda: engine.starts.start(definition.id))
    assert time.monotonic() - began < 8, "connections to the old primary cost one timeout together, not one each"
    if blow == "freeze":
        sentinels.thaw(gone)

    for locked in fetch(engine, n=50):
        until(lambda locked=locked: engine.external_tasks.complete(locked.task.id, "w") is None)
    assert {engine.instances.get(header.id).state for header in headers} == {InstanceState.COMPLETED}
