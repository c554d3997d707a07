"""Instances that leave the memory leave nothing there that only a collection of garbage would find."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from baton.model.records import InstanceState
from baton.runtime.core.token import Token
from baton.runtime.core.workflow import TokenWorkflow
from baton.service import Settings, assemble
from tests.service.processes import ONE_TASK, bpmn, deploy, external, fetch, line

CALLING = bpmn(line('<callActivity id="call" calledElement="called"/>'))
CALLED = bpmn(line(external("t")), key="called")


@contextmanager
def collecting_nothing() -> Iterator[list[object]]:
    """What a collection at the end finds of instances, but for what is empty."""
    found: list[object] = []
    gc.collect()
    gc.disable()
    try:
        yield found
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        found += [type(item).__name__ for item in gc.garbage if isinstance(item, Token | TokenWorkflow) and vars(item)]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


@pytest.mark.parametrize("xml", [ONE_TASK, CALLING], ids=["one task", "a called process"])
@pytest.mark.parametrize("kept", [0, 2, 100])
def test_what_is_dropped_from_memory_needs_no_collection(valkey: str, xml: bytes, kept: int) -> None:
    settings = Settings(redis_url=valkey, partitions=4, cached_instances=kept)
    with closing(assemble(settings)) as engine:
        deploy(engine, CALLED, name="called")
        definition = deploy(engine, xml)

        with collecting_nothing() as found:
            started = [engine.starts.start(definition.id) for _ in range(6)]
            for locked in fetch(engine):
                engine.external_tasks.complete(locked.task.id, "w")
            states = {engine.instances.get(instance.id).state for instance in started}

    assert states == {InstanceState.COMPLETED}
    assert found == []
