"""Lists of many instances that have one business key, or that are named by their ids: a page reads its own headers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from baton.model.commands import CancelInstance
from baton.model.records import InstanceHeader, InstanceState
from baton.service import Engine, InstanceQuery
from baton.service.core.search import Search
from baton.service.reads import named_instances
from tests.service.conftest import Clock
from tests.service.processes import bpmn, deploy, external, line

ENDED = frozenset(state for state in InstanceState if state.is_ended)
SHARED = 30
"""Instances with one business key."""
KEY = InstanceQuery(business_key="shared", include_ended=True)


@pytest.fixture
def instances(engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every second has the key; some run, some have ended, some were cancelled."""
    monkeypatch.setattr(named_instances, "READ_ALL", 3)
    short, long = (deploy(engine, bpmn(line(*inner), key=key), key).id for key, inner in MODELS.items())
    made: list[str] = []
    for number in range(2 * SHARED):
        clock.forward(7)
        key = "shared" if number % 2 == 0 else f"shared-{number}"
        made.append(engine.starts.start(long if number % 3 == 0 else short, business_key=key).id)
        if number % 9 == 0:
            clock.forward(2)
            engine.mailbox.submit(made[-1], CancelInstance())
    engine.store.indexing.complete()
    return made


MODELS = {"short": (), "long": (external("work"),)}


@pytest.fixture
def read_headers(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of the headers that are read."""
    read, lists = list[str](), type(engine.store.lists)
    real = lists.get_headers

    def get_headers(self: object, instance_ids: Sequence[str]) -> list[InstanceHeader]:
        read.extend(instance_ids)
        return real(engine.store.lists, instance_ids)

    monkeypatch.setattr(lists, "get_headers", get_headers)
    return read


def test_a_page_of_a_shared_key_reads_its_own_headers(
    engine: Engine, instances: list[str], read_headers: list[str]
) -> None:
    newest = replace(KEY, sort=(("started_at", True),), first=4, limit=5)

    page = engine.instances.find(newest)

    assert [header.id for header in page] == instances[-2::-2][4:9]
    assert len(read_headers) == 5


def test_a_count_of_a_shared_key_reads_no_header(engine: Engine, instances: list[str], read_headers: list[str]) -> None:
    every = replace(KEY, include_ended=False, states=frozenset(InstanceState))
    assert engine.instances.count(every) == 30
    counts = engine.instances.count(KEY), engine.instances.count(replace(KEY, include_ended=False))
    ended = engine.instances.count(replace(KEY, definition_keys=("short",), states=ENDED))

    assert (counts, ended, read_headers) == ((30, 6), 20, [])


def test_pages_by_moments_are_those_that_the_headers_make(
    engine: Engine, clock: Clock, instances: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    middle = clock.now - 200
    key, some = {"business_key": "shared"}, {"ids": tuple(instances[5:40])}
    names: list[dict[str, Any]] = [key, some, key | some]
    names += [{"business_keys": ("shared", "shared-1")}, {"business_key_like": "shared-%"}]
    bounds: list[dict[str, Any]] = [{}, {"started_after": middle}, {"ended_before": middle}]
    bounds += [{"definition_keys": ("long",)}]
    sorts = ((), *(((name, down),) for name, down in product(("started_at", "ended_at", "state"), (False, True))))
    queries = [
        InstanceQuery(**name, **bound, states=states, include_ended=True, sort=sort, first=first, limit=7)
        for name, bound, states, sort, first in product(names, bounds, (None, ENDED), sorts, (0, 3))
    ]
    by_moments = [_tell(engine, query) for query in queries]
    monkeypatch.setattr(named_instances, "READ_ALL", 1_000)

    by_headers = [_tell(engine, query) for query in queries]

    wrong = [query for query, one, other in zip(queries, by_moments, by_headers, strict=True) if one != other]
    assert (len(wrong), wrong[:1]) == (0, [])


def _tell(engine: Engine, query: InstanceQuery) -> tuple[int, list[object]]:
    """How many there are, and what a page is sorted by: of equal ones either may come first."""
    page = engine.instances.find(query)
    values = [getattr(header, name) for header in page for name, _ in query.sort] if query.sort else page
    return engine.instances.count(query), list(values)


def test_a_search_among_those_that_share_a_key_goes_on_where_it_stopped(engine: Engine, instances: list[str]) -> None:
    asked = replace(KEY, started_by="nobody", sort=(("started_at", False),), limit=10)
    first = Search(most=20)

    assert engine.instances.find(asked, first) == []
    assert first.stopped is not None
    then = Search(most=20, begin=first.stopped)
    assert engine.instances.find(asked, then) == []

    assert (first.read, then.read, then.stopped) == (20, 10, None)


def test_more_than_an_index_is_asked_for_are_searched(
    engine: Engine, instances: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(named_instances, "MOST", 10)
    monkeypatch.setattr("baton.service.reads.instance_queries.FEW", 10)
    search = Search(most=20)

    page = engine.instances.find(replace(KEY, sort=(("started_at", False),), limit=20), search)

    assert [header.id for header in page] == instances[:20:2]
    assert search.stopped is not None
