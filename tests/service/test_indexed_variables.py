"""Instances are found by the values of indexed variables, as a search finds them, at any size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baton.model.commands import (
    CancelInstance,
    Command,
    Instruction,
    MigrateInstance,
    ModifyInstance,
    Rollback,
    SetVariables,
)
from baton.model.errors import Rejected
from baton.model.reach import Access, Area, Reach
from baton.service import DefinitionQuery, Engine, InstanceQuery, narrow
from baton.service.core.queries import VariableFilter
from baton.service.core.search import Search
from tests.service.conftest import Clock
from tests.service.indexing import (
    ALL,
    NAMES,
    ask_for,
    complete,
    count_read,
    list_found,
    read_entries,
    read_wanted_entries,
)
from tests.service.processes import bpmn, deploy, external, fetch, line
from tests.service.test_called_index import Died, dying
from tests.service.test_lists_at_size import count_commands

VALUES: tuple[Any, ...] = (
    *(42, 42.0, "42", 42.5, 1, True, False, 0, -0.0, None, "", "1", "ann", "Ann", "x" * 5_000, "x" * 4_999 + "y"),
    *(2**53 + 1, float(2**53), 2**63 - 1, float("inf"), float("nan"), "a\0b", [1], {"a": 1}, b"42"),
    *(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))),
)
CALLER = bpmn(line('<callActivity id="call" calledElement="inner"/>'), key="outer")
INNER = bpmn(line(external("work")), key="inner")


# -- finding


def test_an_instance_is_found_with_as_few_commands_beside_ten_times_as_many(indexed: Engine, clock: Clock) -> None:
    definition = deploy(indexed, bpmn(line())).id
    queries = [ask_for("order", 7), replace(ask_for("order", 7), called=True, limit=50), ask_for("order", "none")]
    costs: list[list[int]] = []
    for numbers in (range(100), range(100, 1_000)):
        for number in numbers:
            clock.forward(7)
            indexed.starts.start(definition, variables={"order": number, "customer": "all"})
        asked = [lambda query=query: indexed.instances.find(query) for query in queries]
        asked += [lambda query=query: indexed.instances.count(query) for query in queries]  # type: ignore[misc]
        costs.append([count_commands(indexed, ask) for ask in asked])

    assert costs[1] == costs[0]
    assert len(list_found(indexed, queries[0])) == len(list_found(indexed, queries[1])) == 1
    assert count_read(indexed, queries[0]) == 0


def test_a_value_that_too_many_have_is_searched_for(
    indexed: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("baton.service.reads.indexed_instances.FEW", 5)
    definition = deploy(indexed, bpmn(line())).id
    for _ in range(8):
        clock.forward(1)
        indexed.starts.start(definition, variables={"customer": "all"})

    assert len(list_found(indexed, ask_for("customer", "all"))) == 8
    assert count_read(indexed, ask_for("customer", "all")) == 16


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_values_are_equal_as_a_search_has_them(indexed: Engine, engines: Callable[..., Engine], value: Any) -> None:
    definition = deploy(indexed, bpmn(line())).id
    for other in VALUES:
        indexed.starts.start(definition, variables={"customer": other, "free": other})

    found, searched = list_found(indexed, ask_for("customer", value)), list_found(indexed, ask_for("free", value))

    assert found == searched
    assert indexed.store.variables.is_complete()


@pytest.mark.parametrize(
    "wanted",
    [
        VariableFilter(name="CUSTOMER", operator="eq", value="ann", fold_name=True),
        VariableFilter(name="customer", operator="eq", value="ANN", fold_value=True),
        VariableFilter(name="customer", operator="neq", value="bob"),
        VariableFilter(name="customer", operator="like", value="a%"),
        VariableFilter(name="other", operator="eq", value="ann"),
    ],
    ids=["names in any case", "values in any case", "not equal", "like", "of another name"],
)
def test_what_the_index_does_not_serve_is_searched_for(indexed: Engine, wanted: VariableFilter) -> None:
    definition = deploy(indexed, bpmn(line())).id
    header = indexed.starts.start(definition, variables={"customer": "ann", "other": "ann"})
    query = replace(ALL, variables=(wanted,))

    assert list_found(indexed, query) == [header.id]
    assert count_read(indexed, query) > 0


def test_the_narrowest_of_several_variables_is_enough(indexed: Engine) -> None:
    definition = deploy(indexed, bpmn(line())).id
    first = indexed.starts.start(definition, variables={"customer": "ann", "order": 1, "free": "x"})
    indexed.starts.start(definition, variables={"customer": "ann", "order": 2, "free": "x"})
    filters = tuple(
        VariableFilter(name=name, operator="eq", value=value)
        for name, value in (("free", "x"), ("customer", "ann"), ("order", 1))
    )

    assert list_found(indexed, replace(ALL, variables=filters)) == [first.id]


def test_called_processes_are_found_beside_instances_in_one_order(indexed: Engine, clock: Clock) -> None:
    indexed.store.indexing.complete()
    deploy(indexed, INNER, "inner")
    outer, inner = deploy(indexed, CALLER, "outer").id, deploy(indexed, INNER, "inner").id
    for number in range(6):
        clock.forward(1)
        indexed.starts.start(outer, variables={"customer": "ann"})
        clock.forward(1)
        indexed.starts.start(inner, variables={"customer": "ann" if number % 2 else "bob"})
    for header in indexed.instances.find(ask_for("customer", "ann")):
        for token in indexed.instance_reader.list_tokens(header.id):
            if token.kind == "process":
                set_ = SetVariables(set={"customer": "ann"}, token=token.number, local=True)
                indexed.mailbox.submit(header.id, set_)
    for sort in ((), (("started_at", True),), (("started_at", False),), (("id", False),)):
        query = ask_for("customer", "ann", called=True, sort=sort)
        searched = replace(query, variables=(replace(query.variables[0], operator="like"),))

        whole, pages = list_found(indexed, query), read_pages(indexed, query)
        parts = [header.id for header in read_parts(indexed, replace(query, limit=100))]

        assert sum("." in id_ for id_ in whole) == 6
        assert len(whole) == 15
        assert whole == list_found(indexed, searched)
        assert pages == read_pages(indexed, searched)
        assert sorted(parts) == sorted(whole)


@pytest.mark.parametrize("sort", [(), (("started_at", True),), (("started_at", False),), (("id", True),)], ids=str)
def test_an_instance_is_in_the_first_answer_however_many_called_processes_are_searched(
    indexed: Engine, clock: Clock, sort: Any
) -> None:
    indexed.store.indexing.complete()
    deploy(indexed, INNER, "inner")
    outer = deploy(indexed, CALLER, "outer").id
    orders: list[str] = []
    for number in range(9):
        clock.forward(1)
        orders.append(indexed.starts.start(outer, variables={"order": number}).id)
    for number in (0, 4, 8):
        query = ask_for("order", number, called=True, sort=sort, limit=5)
        search = Search(4)

        first = indexed.instances.find(query, search)

        assert [header.id for header in first] == [orders[number]]
        assert search.stopped is not None
        assert [header.id for header in read_parts(indexed, query)] == [orders[number]]
        # A page that it would fill has to have what comes before it.
        assert [header.id for header in read_parts(indexed, replace(query, limit=1))] == [orders[number]]


def read_pages(engine: Engine, query: InstanceQuery) -> list[str]:
    pages = (engine.instances.find(replace(query, first=at, limit=2)) for at in range(0, 18, 2))
    return [header.id for page in pages for header in page]


def read_parts(engine: Engine, query: InstanceQuery) -> Iterator[Any]:
    """As a search that may read four, and goes on where it had to end."""
    search = Search(4)
    while True:
        yield from engine.instances.find(query, search)
        if search.stopped is None:
            return
        search = Search(4, search.stopped)


def test_callers_with_limited_rights_find_theirs_only(indexed: Engine) -> None:
    ids = [deploy(indexed, bpmn(line(), key=key), key).id for key in ("p", "q")]
    headers = [indexed.starts.start(id_, variables={"customer": "ann"}) for id_ in ids]
    reach = Reach(areas=(Area(keys=frozenset({"q"})),))
    access = Access(whose="who", permission="instance:read", may=reach, sees=reach, others=reach, person="mary")

    assert list_found(narrow(indexed, access), ask_for("customer", "ann")) == [headers[1].id]


# -- what happens to an instance


LONG = line(external("first"), external("second"))


def make_commands(engine: Engine, number: int, value: Any, definition_id: str) -> list[Command]:
    moves = tuple((name, name, False) for name in ("first", "second"))
    others = [d.id for d in engine.definitions.find(DefinitionQuery(keys=("p",))) if d.id != definition_id]
    return [
        SetVariables(set={NAMES[number % 2]: value}),
        SetVariables(removed=(NAMES[number % 2],)),
        SetVariables(set={"customer": value, "order": [value]}),
        CancelInstance(),
        Rollback(to="first"),
        ModifyInstance(instructions=(Instruction(kind="startBeforeActivity", element="first"),)),
        MigrateInstance(definition_id=definition_id, target_id=others[0], moves=moves, variables={"order": value}),
    ]


def act(engine: Engine, definition: str, choice: int, number: int, value: Any) -> None:
    """One of the things that can happen to instances."""
    if choice in (0, 1):
        engine.starts.start(definition, variables={NAMES[choice]: value})
        return
    headers = engine.instances.find(ALL)
    if not headers:
        return
    header = headers[number % len(headers)]
    if choice == 2:
        for task in fetch(engine, n=1):
            engine.external_tasks.complete(task.task.id, "w", {NAMES[number % 2]: value})
    elif choice == 3 and header.state.is_ended:
        engine.administration.delete_history(header.id)
    else:
        engine.mailbox.submit(header.id, make_commands(engine, number, value, header.definition_id)[choice % 7])


STEPS = st.lists(
    st.tuples(
        st.integers(0, 10), st.integers(0, 5), st.sampled_from((1, 1.0, "1", True, "ann", None)), st.integers(0, 12)
    ),
    min_size=3,
    max_size=16,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, late=st.integers(0, 8))
def test_lists_with_and_without_the_index_are_the_same(
    engines: Callable[..., Engine], index: Callable[..., Engine], clock: Clock, steps: list[Any], late: int
) -> None:
    """From some step on with the index, and wherever a process dies."""
    plain, pair = engines(compact_history=True), (index(), index())
    redis.Redis.from_url(plain.settings.redis_url).flushall()
    definition = deploy(plain, bpmn(LONG)).id
    deploy(plain, bpmn(LONG.replace('id="second"', 'id="second" name="Later"')))
    for number, (choice, place, value, point) in enumerate(steps):
        with_index = pair[number % 2]
        if number == late:
            complete(with_index)
        acting = plain if number < late else with_index
        with suppress(Died, Rejected), dying(acting, 0 if number < late else point):
            act(acting, definition, choice, place, value)
        clock.forward(acting.settings.lease_ms + 1)
        acting.run_due()

        assert with_index.store.variables.is_complete() is (number >= late)
        for name in NAMES:
            for wanted in (1, "1", True, "ann", None):
                query = ask_for(name, wanted)
                assert list_found(with_index, query) == list_found(plain, query)
        if number >= late:
            assert read_entries(with_index) == read_wanted_entries(with_index)
