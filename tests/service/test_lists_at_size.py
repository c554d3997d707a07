"""Lists, counts and statistics cost no more beside many ended instances than beside few: commands of the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import product

import pytest

from baton.model.commands import CancelInstance
from baton.model.records import InstanceState
from baton.service import Engine, InstanceQuery
from tests.service.conftest import Clock
from tests.service.processes import bpmn, deploy, external, line

ENDED = frozenset(state for state in InstanceState if state.is_ended)
FEW, MANY = 100, 1_000
PAGE_OF_ALL = InstanceQuery(include_ended=True)
PAGE = InstanceQuery(include_ended=True, limit=20)
SORTED = ["started_at", "ended_at", "business_key", "definition_key", "definition_id", "state"]


@pytest.fixture
def definitions(engine: Engine) -> list[str]:
    ids = [deploy(engine, bpmn(line(), key=f"p{number}"), name=f"p{number}").id for number in range(3)]
    return [*ids, deploy(engine, bpmn(line(external("work")), key="long"), name="long").id]


def run_instances(engine: Engine, clock: Clock, definitions: list[str], count: int) -> None:
    """One in four of each of three short processes, and one that is cancelled."""
    for number in range(count):
        clock.forward(7)
        header = engine.starts.start(definitions[number % 4], business_key=f"key-{number % 50}-{number}")
        if not header.state.is_ended:
            engine.mailbox.submit(header.id, CancelInstance())


def count_commands(engine: Engine, ask: Callable[[], object]) -> int:
    """How many commands the server has carried out for it, those inside scripts too."""
    ask()
    engine.store.backend.read([("CONFIG", "RESETSTAT")])
    ask()
    stats: bytes = engine.store.backend.read([("INFO", "commandstats")])[0]
    return sum(int(line.partition(b"calls=")[2].partition(b",")[0]) for line in stats.splitlines() if b"calls=" in line)


def list_questions(engine: Engine, clock: Clock, definitions: list[str]) -> dict[str, Callable[[], object]]:
    now, queries = clock.now, dict[str, InstanceQuery]()
    for name, descending in product(SORTED, (False, True)):
        for states in (None, ENDED):
            queries[f"{name} {descending} {states and 'ended'}"] = replace(
                PAGE, sort=((name, descending),), states=states
            )
    for name, descending in product(("started_at", "ended_at"), (False, True)):
        sort = ((name, descending),)
        queries[f"of a definition, {sort}"] = replace(PAGE, sort=sort, definition_ids=(definitions[1],))
        queries[f"of a key, {sort}"] = replace(PAGE, sort=sort, definition_keys=("p2",))
    filters: dict[str, InstanceQuery] = {
        "all": PAGE,
        "completed": replace(PAGE, states=frozenset({InstanceState.COMPLETED})),
        "of two keys": replace(PAGE, definition_keys=("p1", "p2")),
        "of other keys": replace(PAGE, definition_keys_not=("p1",)),
        "of no tenant": replace(PAGE, without_tenant=True),
        "of a tenant": replace(PAGE, tenant_ids=("other",)),
        "started since": replace(PAGE, started_after=now - 5),
        "started before": replace(PAGE, started_before=now),
        "ended since": replace(PAGE, ended_after=now - 5),
        "ended before": replace(PAGE, ended_before=now),
        "waiting": replace(PAGE, waiting=True),
        "not waiting": replace(PAGE, waiting=False),
        "undone": replace(PAGE, undone=True),
        "not undone": replace(PAGE, undone=False),
        "with an incident": replace(PAGE, with_incident=True),
        "without an incident": replace(PAGE, with_incident=False),
        "at an element": replace(PAGE, elements=("work",)),
        "of one business key": replace(PAGE, business_key="key-1-1"),
    }
    queries |= filters
    asked: dict[str, Callable[[], object]] = {}
    asked |= {name: partial(engine.instances.find, query) for name, query in queries.items()}
    asked |= {f"count: {name}": partial(engine.instances.count, query) for name, query in filters.items()}
    asked["statistics"] = partial(engine.instances.count_by_definition, definitions)
    asked["ended of each"] = partial(engine.instances.count_ended, definitions)
    asked["a page far behind"] = partial(engine.instances.find, replace(PAGE, first=FEW // 2))
    return asked


def test_a_page_and_a_count_cost_the_same_beside_ten_times_as_many_instances(
    engine: Engine, clock: Clock, definitions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("baton.service.reads.instance_plan.FEW", 50)
    run_instances(engine, clock, definitions, FEW)
    engine.store.indexing.complete()
    before = {name: count_commands(engine, ask) for name, ask in list_questions(engine, clock, definitions).items()}

    run_instances(engine, clock, definitions, MANY - FEW)
    after = {name: count_commands(engine, ask) for name, ask in list_questions(engine, clock, definitions).items()}

    grown = {name: (before[name], after[name]) for name in after if after[name] > before[name] + 250}
    assert grown == {}


def test_filters_and_orders_of_indexes_find_what_the_headers_say(
    engine: Engine, clock: Clock, definitions: list[str]
) -> None:
    run_instances(engine, clock, definitions, FEW)
    for key in (None, None, "key-z", "a"):
        clock.forward(3)
        engine.starts.start(definitions[3], business_key=key)
    engine.store.indexing.complete()
    every = engine.instances.find(PAGE_OF_ALL)
    middle = sorted(header.started_at for header in every)[len(every) // 2]
    for states, bound, keys, sort in product(
        (None, ENDED, frozenset({InstanceState.ACTIVE, InstanceState.CANCELLED})),
        list_bounds(middle),
        (None, ("p1",), ("p1", "long")),
        ((), *(((name, descending),) for name, descending in product(SORTED, (False, True)))),
    ):
        query = replace(bound, states=states, definition_keys=keys, sort=sort)
        expected = {
            header.id
            for header in every
            if (states is None or header.state in states)
            and (keys is None or header.definition_key in keys)
            and (bound.started_after is None or header.started_at > middle)
            and (bound.started_before is None or header.started_at < middle)
            and (bound.ended_before is None or (header.ended_at is not None and header.ended_at < middle))
        }

        page = engine.instances.find(replace(query, limit=1_000))

        assert {header.id for header in page} == expected, query
        assert len(page) == len(expected)
        assert engine.instances.count(query) == len(expected)
        if sort:
            values = [getattr(header, sort[0][0]) for header in page]
            known = [value for value in values if value is not None]
            assert known == sorted(known, reverse=sort[0][1]), query
            assert None not in (values[len(values) - len(known) :] if not sort[0][1] else values[: len(known)])


def list_bounds(moment: int) -> list[InstanceQuery]:
    return [
        PAGE_OF_ALL,
        replace(PAGE_OF_ALL, started_after=moment),
        replace(PAGE_OF_ALL, started_before=moment),
        replace(PAGE_OF_ALL, ended_before=moment),
    ]


def test_pages_far_behind_are_those_of_the_whole_list(
    engine: Engine, clock: Clock, definitions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("baton.store.scanning._STRIDE", 10)
    run_instances(engine, clock, definitions, FEW)
    engine.store.indexing.complete()
    for sort, bound in product(
        ((), (("started_at", True),), (("started_at", False),), (("ended_at", True),)),
        list_bounds(clock.now - 400),
    ):
        query = replace(bound, sort=sort)
        whole = [header.id for header in engine.instances.find(replace(query, limit=1_000))]
        for first in (0, 9, 11, 30, 55, 98, 100, 200):
            page = engine.instances.find(replace(query, first=first, limit=7))
            assert [header.id for header in page] == whole[first : first + 7], (sort, bound, first)
