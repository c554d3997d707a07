"""Instances that an earlier release has written: found as before, and in the new indexes after a while."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from baton.model.commands import CancelInstance
from baton.model.records import InstanceState
from baton.service import DefinitionQuery, Engine, InstanceQuery
from baton.store import keys
from tests.service.conftest import Clock
from tests.service.processes import bpmn, deploy, external, line

NEWEST = InstanceQuery(include_ended=True, sort=(("started_at", True),), limit=5)
ROOT, MOST_POINTS = Path(__file__).parents[2], 1_000
ENDED = [state.value for state in InstanceState if state.is_ended]


@pytest.fixture
def definition(engine: Engine, clock: Clock) -> str:
    """With instances that ended in another order than they began."""
    found = deploy(engine, bpmn(line(external("work")))).id
    started = [engine.starts.start(found).id for _ in range(20) if clock.forward(3) is None]
    for instance in reversed(started[:15]):
        clock.forward(3)
        engine.mailbox.submit(instance, CancelInstance())
    return found


def forget_indexes(engine: Engine, definition: str, *, also_mark: bool = True) -> None:
    """As if an earlier release had written everything."""
    prefixes = [keys.make_tag(partition) for partition in engine.store.partitions]
    names = [keys.name_by_state(prefix, state, by_start=True) for prefix in prefixes for state in ENDED]
    names += [keys.name_ended(prefix, definition, by_start=True) for prefix in prefixes]
    names += [keys.INDEXED] if also_mark else []
    engine.store.backend.read([("DEL", name) for name in names])


@pytest.mark.parametrize("also_mark", [True, False], ids=["not yet looked at", "still at work"])
def test_lists_show_what_an_earlier_release_has_written(engine: Engine, definition: str, also_mark: bool) -> None:
    engine.store.indexing.complete()
    expected = [engine.instances.find(replace(NEWEST, first=first)) for first in (0, 5, 10, 15)]
    forget_indexes(engine, definition, also_mark=also_mark)

    assert not engine.store.indexing.is_complete()
    assert [engine.instances.find(replace(NEWEST, first=first)) for first in (0, 5, 10, 15)] == expected

    assert engine.store.indexing.complete() >= 15
    assert engine.store.indexing.is_complete()
    assert [engine.instances.find(replace(NEWEST, first=first)) for first in (0, 5, 10, 15)] == expected
    assert engine.store.indexing.complete() == 0


def test_indexing_that_is_killed_anywhere_is_gone_on_with(engine: Engine, definition: str) -> None:
    engine.store.indexing.complete()
    expected = [engine.instances.find(replace(NEWEST, first=first)) for first in (0, 5, 10, 15)]
    killed: list[bool] = []
    for point in (1, 4, 6, MOST_POINTS):
        forget_indexes(engine, definition)
        command = [sys.executable, "-m", "tests.service.indexing_victim", engine.settings.redis_url, str(point)]
        killed.append(subprocess.run(command, cwd=ROOT, check=False, timeout=60).returncode == -signal.SIGKILL)
        assert [engine.instances.find(replace(NEWEST, first=first)) for first in (0, 5, 10, 15)] == expected

        engine.store.indexing.complete()

        assert engine.store.indexing.is_complete()
        assert [engine.instances.find(replace(NEWEST, first=first)) for first in (0, 5, 10, 15)] == expected
    assert killed == [True, True, True, False]


def test_what_an_earlier_release_has_deleted_leaves_the_indexes(engine: Engine, definition: str) -> None:
    engine.store.indexing.complete()
    gone, *left = engine.instances.find(InstanceQuery(states=frozenset({InstanceState.CANCELLED})))
    prefix = keys.find_tag(gone.id)
    names = (keys.name_by_state(prefix, gone.state.value), keys.name_ended(prefix, definition))
    engine.store.backend.read([("ZREM", name, gone.id) for name in names])
    engine.store.backend.read([("DEL", keys.name_state(gone.id))])

    engine.store.indexing.complete()

    assert engine.store.indexing.is_complete()
    found = engine.instances.find(replace(NEWEST, limit=50, definition_ids=(definition,)))
    assert {header.id for header in found} >= {header.id for header in left}
    assert gone.id not in {header.id for header in found}


def test_ended_instances_of_a_deleted_definition_are_found_by_its_key(engine: Engine, clock: Clock) -> None:
    first = deploy(engine, bpmn(line()), name="one").id
    engine.starts.start(first)
    deploy(engine, bpmn(line(external("work"))), name="two")
    engine.store.indexing.complete()

    engine.administration.delete_definition(first, False)

    assert [found.id for found in engine.definitions.find(DefinitionQuery(keys=("p",)))] != [first]
    query = InstanceQuery(include_ended=True, definition_keys=("p",), limit=10)
    assert [header.definition_id for header in engine.instances.find(query)] == [first]
    assert engine.instances.count(query) == 1

    (header,) = engine.instances.find(query)
    engine.store.forget(header)
    engine.store.indexing.complete()
    assert first not in engine.store.lists.list_definition_ids()


def test_an_instance_that_has_undone_everything_is_found_among_many(engine: Engine, clock: Clock) -> None:
    definition = deploy(engine, bpmn(line(external("work")))).id
    ids = [engine.starts.start(definition).id for _ in range(5) if clock.forward(1) is None]
    engine.mailbox.submit(ids[2], CancelInstance(compensate=True))
    expected = [h.id for h in engine.instances.find(InstanceQuery(include_ended=True)) if h.undone]

    engine.store.indexing.complete()

    query = InstanceQuery(include_ended=True, undone=True, limit=10)
    assert [header.id for header in engine.instances.find(query)] == expected == [ids[2]]
    assert engine.instances.count(query) == 1
    assert engine.instances.count(replace(query, undone=False)) == 4
