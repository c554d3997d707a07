"""Pages of lists of instances: the same instances as in the whole list, and no more headers read than needed."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import product

import pytest

from baton.model.commands import CancelInstance, SuspendInstance
from baton.model.records import InstanceState
from baton.service import Engine, InstanceQuery
from baton.store.lists import Lists
from tests.service.conftest import Clock
from tests.service.processes import bpmn, deploy, external, line

RUNNING = frozenset({InstanceState.ACTIVE, InstanceState.SUSPENDED})
ENDED = frozenset(InstanceState) - RUNNING
STATES = [None, RUNNING, ENDED, frozenset(InstanceState), frozenset({InstanceState.ACTIVE, InstanceState.COMPLETED})]
SORTS = [(), (("started_at", True),), (("started_at", False),), (("ended_at", True),)]


@pytest.fixture
def definitions(engine: Engine, clock: Clock) -> list[str]:
    """Two definitions with 90 instances, each started, ended, cancelled or suspended at a moment of its own."""
    short = deploy(engine, bpmn(line(), key="short"), name="short").id
    long = deploy(engine, bpmn(line(external("work")), key="long"), name="long").id
    chance, open_ones = random.Random(5), list[str]()
    for _ in range(90):
        clock.forward(chance.randint(1, 50))
        header = engine.starts.start(chance.choice([short, long]))
        if not header.state.is_ended:
            open_ones.append(header.id)
        if open_ones and chance.random() < 0.4:
            clock.forward(chance.randint(1, 50))
            chosen = open_ones.pop(chance.randrange(len(open_ones)))
            engine.mailbox.submit(chosen, CancelInstance() if chance.random() < 0.7 else SuspendInstance())
    engine.store.indexing.complete()
    return [short, long]


def test_pages_are_parts_of_the_whole_list(engine: Engine, definitions: list[str]) -> None:
    choices = (None, (definitions[1],), tuple(definitions))
    for states, sort, chosen, (first, limit) in product(STATES, SORTS, choices, [(0, 10), (7, 25), (60, 50)]):
        query = InstanceQuery(states=states, include_ended=True, sort=sort, definition_ids=chosen)
        whole = [header.id for header in engine.instances.find(query)]

        page = engine.instances.find(replace(query, first=first, limit=limit))

        assert [header.id for header in page] == whole[first : first + limit], (states, sort, chosen, first)
        assert engine.instances.count(query) == len(whole)


@pytest.mark.parametrize("sort", [(), (("started_at", True),), (("ended_at", True),)])
def test_the_first_page_reads_few_headers(
    engine: Engine, clock: Clock, sort: tuple[tuple[str, bool], ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    definition = deploy(engine, bpmn(line()))
    for _ in range(300):
        clock.forward(1)
        engine.starts.start(definition.id)
    engine.store.indexing.complete()
    read: list[str] = []
    get_headers = Lists.get_headers
    monkeypatch.setattr(Lists, "get_headers", lambda self, ids: (read.extend(ids), get_headers(self, ids))[1])

    found = engine.instances.find(InstanceQuery(states=ENDED, sort=sort, limit=20, definition_ids=(definition.id,)))

    assert len(found) == 20
    assert len(read) < 200
