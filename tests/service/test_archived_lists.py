"""Whichever instances are archived, and however often that is killed: lists, counts and pages stay what they were."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baton.model.records import InstanceState
from baton.service import Engine, InstanceQuery, Settings, assemble
from baton.service.core.queries import VariableFilter
from baton.service.core.search import Search
from baton.store import keys
from baton.store.operations import apply_ops
from tests.soak import SEEDS
from tests.store.archiving import end, make_id
from tests.store.building import begin, header

ENDED = [state for state in InstanceState if state.is_ended]
DEFINITIONS = ("p:1:d", "p:2:e", "q:1:f")
KEYS = ("order-1", "order-12", "order", "ticket")
TENANTS = ("north", "south")
STARTS, ENDS = (1000, 1001, 1002, 5000), (6000, 6001, 6002, 12_000, 5_000_000)
"""Some that are the same, and some that are far from each other: counts go by stretches of time."""
SORTS = (
    *("started_at", "ended_at", "business_key", "state", "definition_id", "definition_key", "tenant_id"),
    *("id", "duration"),
)
PAGE = 4
MOST_PLACES = 30
"""Of one victim with a few acts; one that is to die later lives."""


@dataclass(frozen=True)
class Step:
    """What a victim does, and the place where it dies; ``settles``: whether somebody settles then what it has left."""

    acts: Sequence[tuple[str, Sequence[int]]]
    dies_at: int
    settles: bool


CALLS = st.fixed_dictionaries(
    {
        "definition_id": st.sampled_from(DEFINITIONS),
        "started_at": st.sampled_from(STARTS),
        "ended_at": st.sampled_from(ENDS),
        "cancelled": st.booleans(),
        "business_key": st.none() | st.sampled_from(KEYS),
    }
)
"""What an instance has called."""


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Any]:
    """Of the header of one instance."""
    definition = draw(st.sampled_from(DEFINITIONS))
    return {
        "definition_id": definition,
        "definition_key": definition.partition(":")[0],
        "state": draw(st.sampled_from([*ENDED, InstanceState.COMPLETED, InstanceState.ACTIVE])),
        "business_key": draw(st.none() | st.sampled_from(KEYS)),
        "tenant_id": draw(st.none() | st.sampled_from(TENANTS)),
        "started_at": draw(st.sampled_from(STARTS)),
        "at": draw(st.sampled_from(ENDS)),
        "undone": draw(st.booleans()),
        "called": draw(st.lists(CALLS, max_size=3)),
    }


def some(values: Sequence[Any]) -> st.SearchStrategy[tuple[Any, ...] | None]:
    return st.none() | st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple)


def rarely(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), st.none(), strategy)


QUERIES = st.builds(
    InstanceQuery,
    include_ended=st.just(True),
    states=rarely(st.sets(st.sampled_from(list(InstanceState)), min_size=1).map(frozenset)),
    definition_ids=some(DEFINITIONS),
    definition_keys=rarely(some(("p", "q"))),
    business_key=rarely(st.sampled_from(KEYS)),
    business_key_like=rarely(st.sampled_from(("order%", "%1", "order-1%"))),
    tenant_ids=rarely(some(TENANTS)),
    started_after=rarely(st.sampled_from(STARTS)),
    started_before=rarely(st.sampled_from(STARTS)),
    ended_after=rarely(st.sampled_from(ENDS)),
    ended_before=rarely(st.sampled_from(ENDS)),
    undone=rarely(st.booleans()),
    variables=st.sampled_from(
        [
            *((), ()),
            (VariableFilter(name="amount", operator="lt", value=5),),
            (VariableFilter(name="amount", operator="eq", value=3),),
        ]
    ),
    called=st.booleans(),
    sort=st.none().map(lambda _: ()) | st.tuples(st.tuples(st.sampled_from(SORTS), st.booleans())),
)
ACTS = st.tuples(st.sampled_from(["move", "move", "move", "back", "rewrite"]), st.lists(st.integers(0, 15), max_size=8))
STEPS = st.builds(
    Step,
    acts=st.lists(ACTS, min_size=1, max_size=3),
    dies_at=st.integers(1, MOST_PLACES),
    settles=st.booleans(),
)


@contextmanager
def start_victims(url: str) -> Iterator[Callable[[Path, Step, int], str]]:
    command = [sys.executable, "-m", "tests.store.archive_victim", url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        asked, answers = child.stdin, child.stdout
        assert asked is not None
        assert answers is not None

        def kill(folder: Path, step: Step, instances: int) -> str:
            acts = [
                (what, [make_id(number) for number in sorted(set(chosen)) if number < instances])
                for what, chosen in step.acts
            ]
            asked.write(f"{folder} {step.dies_at} {json.dumps(acts)}\n")
            asked.flush()
            return answers.readline().strip()

        yield kill
        asked.close()


def make_instances(engine: Engine, instances: Sequence[dict[str, Any]]) -> None:
    for number, given_facts in enumerate(instances):
        if given_facts["state"].is_ended:
            end(engine.store, number, **given_facts)
        else:
            facts = {name: value for name, value in given_facts.items() if name not in ("at", "called")}
            after = header(make_id(number), **facts)
            begin(engine.store, instance_id=make_id(number), after=after)


def tell(engine: Engine, queries: Sequence[InstanceQuery]) -> list[Any]:
    return [told for query in queries for told in tell_one(engine, query)]


def tell_one(engine: Engine, query: InstanceQuery) -> list[Any]:
    whole, count = engine.instances.find(query), engine.instances.count(query)
    pages, parts = read_pages(engine, query), read_parts(engine, query)
    ids = sorted(header.id for header in whole)
    assert (count, sorted(pages), sorted(parts)) == (len(ids), ids, ids)
    return [whole, pages, parts]


def read_pages(engine: Engine, query: InstanceQuery) -> list[str]:
    found: list[str] = []
    while page := engine.instances.find(replace(query, first=len(found), limit=PAGE)):
        found += [header.id for header in page]
    return found


def read_parts(engine: Engine, query: InstanceQuery) -> list[str]:
    """As a search that may read three instances, and goes on where it had to end."""
    found: list[str] = []
    first, search = 0, Search(3)
    while True:
        page = engine.instances.find(replace(query, first=first, limit=PAGE), search)
        found += [header.id for header in page]
        if search.stopped is not None:
            search = Search(3, search.stopped)
        elif len(page) == PAGE:
            first, search = first + PAGE, Search(3, search.begin)
        else:
            return found


def check(
    url: str,
    folder: Path,
    kill: Callable[[Path, Step, int], str],
    instances: Sequence[dict[str, Any]],
    steps: Sequence[Step],
    queries: Sequence[InstanceQuery],
    indexed: bool,
) -> None:
    redis.Redis.from_url(url).flushall()
    more: dict[str, Any] = {"indexed_variables": "amount", "compact_history": True} if indexed else {}
    engine = assemble(Settings(redis_url=url, partitions=4, archive_dir=folder, archive_after="P1D", **more))
    try:
        if indexed:
            engine.store.indexing.complete()
        complete_variables(engine)
        apply_ops(engine.store.backend, keys.GONE, [["SADD", keys.GONE, *DEFINITIONS]])  # none of them is deployed
        make_instances(engine, instances)
        before = tell(engine, queries)
        assert engine.store.archive is not None
        for step in steps:
            died = kill(folder, step, len(instances))
            assert died.startswith(("died", "lived")), died
            assert tell(engine, queries) == before, died
            complete_variables(engine)
            assert tell(engine, queries) == before, f"{died}, and variables are indexed"
            if step.settles:
                with engine.store.archive.hold_mover_lock():
                    engine.store.archive.settle()
                assert tell(engine, queries) == before, f"{died}, and it is settled"
    finally:
        engine.close()


def complete_variables(engine: Engine) -> None:
    """If they are to be indexed: as the loops do in the hours that follow."""
    for hour in range(3):
        while engine.store.variables.complete(engine.clock.now() + hour * 3_600_000):
            pass


def run(url: str, folder: Path, examples: int) -> None:
    """Random instances, of which some are moved, or brought back, by processes that die."""
    numbers = iter(range(1 << 30))
    with start_victims(url) as kill:

        @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(
            instances=st.lists(facts(), min_size=4, max_size=16),
            steps=st.lists(STEPS, min_size=1, max_size=4),
            queries=st.lists(QUERIES, min_size=4, max_size=6),
            indexed=st.sampled_from([True, True, False]),
        )
        def check_some(
            instances: list[dict[str, Any]], steps: list[Step], queries: list[InstanceQuery], indexed: bool
        ) -> None:
            check(url, folder / f"archive{next(numbers)}", kill, instances, steps, queries, indexed)

        check_some()


def test_lists_counts_and_pages_stay_the_same_while_random_instances_are_archived(valkey: str, tmp_path: Path) -> None:
    run(valkey, tmp_path, 12)


@pytest.mark.soak
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("seed", SEEDS)
def test_lists_counts_and_pages_stay_the_same_for_long(seed: int, valkey: str, tmp_path: Path) -> None:
    del seed
    run(valkey, tmp_path, 500)
