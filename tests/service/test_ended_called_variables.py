"""Called processes that have ended are found by the variables that they ended with: histories of their callers tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from baton.model.commands import CancelInstance
from baton.model.events import Event
from baton.model.reach import Access, Area, Reach
from baton.model.records import InstanceHeader, InstanceState
from baton.service import Engine, InstanceQuery, VariableFilter, narrow
from baton.service.core.search import Search
from baton.store import keys
from baton.store.history import StoredHistory
from tests.service.conftest import Clock
from tests.service.fixtures.record import KEY
from tests.service.processes import bpmn, deploy, external, fetch, line
from tests.service.test_lists_at_size import count_commands

DAY = 86_400_000
ENDED = frozenset(state for state in InstanceState if state.is_ended)
OVER = InstanceQuery(called=True, roots=False, states=ENDED, limit=1_000)
ANY = replace(OVER, states=None, include_ended=True)
NAMES = ("started_at", "ended_at", "business_key", "definition_id", "definition_key", "tenant_id", "id", "duration")


def call(key: str, *, loops: bool = False) -> str:
    """A call that gives all variables; ``loops``: one for each of ``items``."""
    given = '<camunda:in variables="all"/><camunda:in businessKey="K"/>'
    given += '<camunda:in source="item" target="item"/>' if loops else ""
    loop = '<multiInstanceLoopCharacteristics camunda:collection="items" camunda:elementVariable="item"/>'
    inside = f"<extensionElements>{given}</extensionElements>{loop if loops else ''}"
    return f'<callActivity id="call" calledElement="{key}">{inside}</callActivity>'


QUICK = bpmn(line(), key="quick")
INNER = bpmn(line(external("work")), key="inner")
MIDDLE = bpmn(line(call("inner"), external("after")), key="middle")
OUTER = bpmn(line(call("middle")), key="outer")
MANY = bpmn(line(call("inner", loops=True)), key="many")
CALLER = bpmn(line(call("quick")), key="caller")
CALLS_MANY = bpmn(line(call("quick", loops=True), external("rest")), key="callsmany")


@pytest.fixture
def processes(engine: Engine) -> dict[str, str]:
    """Ids of definitions by their keys."""
    return deploy_all(engine)


def deploy_all(engine: Engine) -> dict[str, str]:
    files = {"quick": QUICK, "inner": INNER, "middle": MIDDLE, "outer": OUTER, "many": MANY}
    files |= {"caller": CALLER, "callsmany": CALLS_MANY}
    return {key: deploy(engine, text, key).id for key, text in files.items()}


def complete(engine: Engine, **variables: Any) -> None:
    for locked in fetch(engine):
        engine.external_tasks.complete(locked.task.id, "w", variables)


def by(name: str, value: Any, operator: Any = "eq", **more: Any) -> tuple[VariableFilter, ...]:
    return (VariableFilter(name=name, operator=operator, value=value, **more),)


def find(engine: Engine, query: InstanceQuery, **more: Any) -> list[InstanceHeader]:
    """What a list finds, which its count has to say."""
    query = replace(query, **more)
    found = engine.instances.find(query)
    assert engine.instances.count(query) == len(found)
    return found


def list_keys(engine: Engine, query: InstanceQuery, **more: Any) -> list[str]:
    return sorted(header.definition_key for header in find(engine, query, **more))


def test_what_was_called_is_found_by_its_variables_as_long_as_it_runs_and_then(
    engine: Engine, processes: dict[str, str]
) -> None:
    engine.starts.start(processes["outer"], variables={"amount": 5})
    assert list_keys(engine, ANY, variables=by("amount", 5)) == ["inner", "middle"]

    complete(engine, amount=6, said="yes")
    assert list_keys(engine, ANY, variables=by("amount", 5)) == ["middle"]
    assert list_keys(engine, OVER, variables=by("amount", 6)) == list_keys(engine, ANY, variables=by("said", "yes"))
    assert list_keys(engine, OVER, variables=by("amount", 6)) == ["inner"]
    complete(engine, amount=7)

    assert list_keys(engine, ANY, variables=by("amount", 5)) == []
    assert list_keys(engine, OVER, variables=by("amount", 5, "gt")) == ["inner", "middle"]
    assert list_keys(engine, OVER, variables=by("amount", 7) + by("said", "yes")) == []
    assert list_keys(engine, OVER, variables=by("SAID", "YES", fold_name=True, fold_value=True)) == ["inner"]
    assert list_keys(engine, OVER, variables=by("SAID", "YES")) == []
    whole = replace(ANY, roots=None)
    assert list_keys(engine, whole, variables=by("amount", 5, "gteq")) == ["inner", "middle", "outer"]


def test_other_filters_hold_beside_those_by_variables(engine: Engine, processes: dict[str, str]) -> None:
    engine.starts.start(processes["outer"], variables={"amount": 5})
    complete(engine)
    complete(engine)
    stopped = engine.starts.start(processes["outer"], variables={"amount": 5}).id
    engine.mailbox.submit(stopped, CancelInstance())
    five = replace(OVER, variables=by("amount", 5))

    assert list_keys(engine, five) == ["inner", "inner", "middle", "middle"]
    assert list_keys(engine, five, definition_keys=("inner",)) == ["inner", "inner"]
    assert list_keys(engine, five, states=frozenset({InstanceState.TERMINATED})) == ["inner", "middle"]
    assert list_keys(engine, five, business_key="K") == list_keys(engine, five)
    assert list_keys(engine, five, business_key="L") == []
    some = find(engine, five, states=frozenset({InstanceState.COMPLETED}))
    assert list_keys(engine, five, ids=tuple(header.id for header in some)) == ["inner", "middle"]
    either = (replace(OVER, variables=by("amount", 6)), replace(OVER, definition_keys=("middle",), called=False))
    assert list_keys(engine, OVER, any_of=(either,)) == ["middle", "middle"]
    either = (five, replace(OVER, definition_keys=("none",)))
    assert list_keys(engine, five, any_of=(either,)) == list_keys(engine, five)


def test_each_iteration_is_found_by_its_own_values(engine: Engine, processes: dict[str, str]) -> None:
    engine.starts.start(processes["many"], variables={"items": [1, 2, 3], "amount": 5})
    numbers = {header.id: header for header in find(engine, ANY, variables=by("amount", 5))}
    running = [find(engine, ANY, variables=by("item", item))[0].id for item in (1, 2, 3)]
    complete(engine)

    ended = [find(engine, OVER, variables=by("item", item)) for item in (1, 2, 3)]

    assert [header.id for found in ended for header in found] == running
    assert set(running) == set(numbers)
    assert len(find(engine, OVER, variables=by("item", 2, "gteq"))) == 2


def test_what_lists_find_is_what_the_histories_say(engine: Engine, clock: Clock, processes: dict[str, str]) -> None:
    for number in range(4):
        clock.forward(3)
        engine.starts.start(processes["outer"], variables={"amount": number})
        engine.starts.start(processes["many"], variables={"items": [number, number + 1], "amount": number})
        complete(engine, amount=number * 2)
    complete(engine)
    told: dict[str, dict[str, Any]] = {}
    for header in engine.instances.find(InstanceQuery(include_ended=True)):
        for item in engine.history.project(header).variables:
            told.setdefault(f"{header.id}.{item.scope}", {})[item.name] = item.value

    for name, value in product(("amount", "item"), range(8)):
        expected = {header.id for header in find(engine, OVER) if told[header.id].get(name) == value}
        assert {header.id for header in find(engine, OVER, variables=by(name, value))} == expected
    assert len(find(engine, OVER, variables=by("amount", 0, "gteq"))) == len(find(engine, OVER)) > 10


def test_values_that_are_taken_out_of_the_history_are_not_found(engine: Engine, processes: dict[str, str]) -> None:
    engine.starts.start(processes["many"], variables={"items": [1, 2], "amount": 5})
    complete(engine)
    first, second = find(engine, OVER, variables=by("amount", 5))
    instance_id, _, number = first.id.partition(".")

    engine.history_changes.delete_variable(instance_id, int(number), "amount")
    assert [header.id for header in find(engine, OVER, variables=by("amount", 5))] == [second.id]
    assert len(find(engine, OVER, variables=by("item", 0, "gt"))) == 2
    engine.history_changes.delete_variables(instance_id)

    assert find(engine, OVER, variables=by("amount", 5)) == find(engine, OVER, variables=by("item", 0, "gt")) == []


def test_archived_ones_are_found_too(engines: Callable[..., Engine], clock: Clock, tmp_path: Path) -> None:
    # given
    engine = engines(archive_dir=tmp_path / "archive", archive_after="P1D")
    processes = deploy_all(engine)
    started = engine.starts.start(processes["many"], variables={"items": [1, 2, 3]}).id
    engine.starts.start(processes["outer"], variables={"item": 3})
    complete(engine)
    complete(engine)
    before = {item: find(engine, OVER, variables=by("item", item)) for item in range(5)}

    # when
    clock.forward(2 * DAY)
    assert engine.archiving.run() == 2

    # then
    assert {item: find(engine, OVER, variables=by("item", item)) for item in range(5)} == before
    assert [len(found) for found in before.values()] == [0, 1, 1, 3, 0]
    engine.history_changes.delete_variables(started)
    assert len(find(engine, OVER, variables=by("item", 0, "gt"))) == 2


def test_encrypted_histories_are_read(engines: Callable[..., Engine]) -> None:
    engine = engines(encryption_keys=KEY, cached_instances=0)
    processes = deploy_all(engine)
    engine.starts.start(processes["many"], variables={"items": ["a", "b"]})
    complete(engine)

    assert len(find(engine, OVER, variables=by("item", "b"))) == 1
    assert len(find(engine, OVER, variables=by("item", "%", "like"))) == 2


def test_callers_with_limited_rights_find_them_inside_what_they_reach(
    engine: Engine, processes: dict[str, str]
) -> None:
    started = {key: engine.starts.start(processes[key], variables={"amount": 5}).id for key in ("outer", "middle")}
    complete(engine)
    complete(engine)
    for area, expected in ((Area(keys=frozenset({"outer"})), {started["outer"]}), (Area(), {*started.values()})):
        reach = Reach(areas=(area,))
        access = Access(whose="ann", permission="history:read", may=reach, sees=reach, others=reach, person="ann")
        narrowed = narrow(engine, access)

        found = find(narrowed, OVER, variables=by("amount", 5))

        assert {header.id.partition(".")[0] for header in found} == expected
        assert len(found) == (2 if len(expected) == 1 else 3)


def test_a_damaged_history_tells_of_nothing_and_gets_an_incident(engine: Engine, processes: dict[str, str]) -> None:
    running = engine.starts.start(processes["outer"], variables={"amount": 5}).id
    engine.starts.start(processes["outer"], variables={"amount": 5})
    complete(engine)
    name = keys.name_history(running)
    engine.store.backend.read([("LSET", name, 0, b"damaged")])

    found = engine.instances.find(replace(OVER, variables=by("amount", 5)))

    assert [header.id.partition(".")[0] == running for header in found] == [False]
    assert engine.instances.get(running).incidents == 1


# -- how much is read


def follow(engine: Engine, query: InstanceQuery, most: int) -> Iterator[tuple[list[str], Search]]:
    """The answers of a list, each with its search."""
    search = Search(most)
    while True:
        yield [header.id for header in engine.instances.find(query, search)], search
        if search.stopped is None:
            return
        search = Search(most, search.stopped)


def count_parts(engine: Engine, query: InstanceQuery, most: int) -> list[int]:
    search, counts = Search(most), list[int]()
    while True:
        counts.append(engine.instances.count(query, search))
        if search.stopped is None:
            return counts
        search = Search(most, search.stopped)


@pytest.fixture
def read_histories(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whose histories were read, each time."""
    seen, read_each, iterate = list[str](), StoredHistory.read_each, StoredHistory.iterate

    def note_each(self: StoredHistory, instance_ids: Sequence[str]) -> list[list[Event] | None]:
        seen.extend(instance_ids)
        return read_each(self, instance_ids)

    def note(self: StoredHistory, instance_id: str, *more: Any) -> Iterator[Event]:
        seen.append(instance_id)
        return iterate(self, instance_id, *more)

    monkeypatch.setattr(StoredHistory, "read_each", note_each)
    monkeypatch.setattr(StoredHistory, "iterate", note)
    return seen


@pytest.mark.parametrize("sort", [(), *(((name, down),) for name in NAMES for down in (False, True))])
@pytest.mark.parametrize("most", [1, 60, 1_500])
def test_a_search_goes_on_to_the_end_and_finds_each_once(
    engine: Engine, clock: Clock, processes: dict[str, str], sort: tuple[tuple[str, bool], ...], most: int
) -> None:
    for number in range(6):
        clock.forward(3)
        engine.starts.start(processes["caller"], variables={"item": number})
        engine.starts.start(processes["many"], variables={"items": [number, number, number + 1]})
    engine.store.indexing.complete()
    complete(engine)
    query = replace(ANY, roots=None, variables=by("item", 3), sort=sort, limit=100)
    expected = sorted(header.id for header in engine.instances.find(replace(query, limit=None)))

    answers = list(follow(engine, query, most))

    assert sorted(id_ for found, _ in answers for id_ in found) == expected
    assert len(expected) == 5
    assert sum(count_parts(engine, query, most)) == 5
    assert (len(answers) > 5) is (most < 1_500)


@pytest.mark.parametrize("sort", [(), *(((name, down),) for name in NAMES for down in (False, True))])
def test_a_search_beside_an_index_of_the_variable_finds_each_once(
    engines: Callable[..., Engine], clock: Clock, sort: tuple[tuple[str, bool], ...]
) -> None:
    engine = engines(indexed_variables="item", compact_history=True)
    processes = deploy_all(engine)
    for number in range(6):
        clock.forward(3)
        engine.starts.start(processes["caller"], variables={"item": number})
        engine.starts.start(processes["many"], variables={"items": [number, number, number + 1]})
    complete(engine)
    engine.store.indexing.complete()
    while engine.store.variables.complete(engine.clock.now()):
        pass
    query = replace(ANY, roots=None, variables=by("item", 3), sort=sort, limit=100)
    expected = sorted(header.id for header in engine.instances.find(replace(query, limit=None)))
    assert len(expected) == 5

    for most in (1, 60, 1_500):
        answers = [found for found, _ in follow(engine, query, most)]

        assert sorted(id_ for found in answers for id_ in found) == expected
        assert sum(count_parts(engine, query, most)) == 5


def test_an_answer_reads_so_many_events_and_always_one_history(
    engine: Engine, processes: dict[str, str], read_histories: list[str]
) -> None:
    for _ in range(5):
        engine.starts.start(processes["callsmany"], variables={"items": list(range(60))})
    engine.store.indexing.complete()
    length = engine.instances.find(InstanceQuery())[0].position
    query = replace(OVER, variables=by("item", 3))
    for most, histories in ((10, 1), (3 * length + length // 2, 3)):
        read_histories.clear()

        found, search = next(follow(engine, query, most))

        assert len(set(read_histories)) == len(read_histories) == histories
        assert search.stopped is not None
        assert len(found) <= histories
    assert [len(found) for found, _ in follow(engine, query, 2 * length + length // 2)] == [2, 2, 1]


def test_the_history_of_a_caller_is_read_once_in_an_answer(
    engine: Engine, processes: dict[str, str], read_histories: list[str]
) -> None:
    started = engine.starts.start(processes["callsmany"], variables={"items": list(range(450))}).id
    query = replace(OVER, variables=by("item", 440, "gteq"))

    found = engine.instances.find(query)
    assert (len(found), read_histories.count(started)) == (10, len(set(read_histories)))
    read_histories.clear()
    answers = list(follow(engine, query, 800))

    assert (len(answers), sum(len(found) for found, _ in answers)) == (2, 10)
    assert set(read_histories) == {started}
    assert len(read_histories) <= 2 * len(answers), "a long one is looked at with others, and then read page by page"


def test_histories_are_read_where_nothing_else_decides(
    engine: Engine, clock: Clock, processes: dict[str, str], read_histories: list[str]
) -> None:
    first = engine.starts.start(processes["outer"], variables={"amount": 5}).id
    clock.forward(5)
    engine.starts.start(processes["many"], variables={"items": [1, 2], "amount": 5})
    complete(engine)
    complete(engine)
    five = replace(OVER, variables=by("amount", 5))

    def list_read(query: InstanceQuery) -> list[str]:
        read_histories.clear()
        find(engine, query)
        return sorted(set(read_histories))

    assert list_read(OVER) == list_read(replace(five, roots=True)) == []
    assert list_read(replace(five, definition_keys=("middle",))) == [first]
    assert list_read(replace(five, started_before=clock.now)) == [first]
    assert list_read(replace(five, tenant_ids=("none",))) == []
    assert list_read(replace(OVER, any_of=((five, replace(OVER, business_key="K")),))) == []
    assert list_read(replace(OVER, any_of=((five, replace(OVER, definition_keys=("inner",))),))) == [first]
    assert len(list_read(five)) == 2


def test_a_page_costs_the_same_beside_ten_times_as_many(
    engine: Engine, clock: Clock, processes: dict[str, str]
) -> None:
    def start_many() -> None:
        clock.forward(3)
        engine.starts.start(processes["callsmany"], variables={"items": list(range(60))})

    query = replace(OVER, variables=by("item", 3), sort=(("ended_at", True),), limit=5)
    for _ in range(2):
        start_many()
    engine.store.indexing.complete()
    before = count_commands(engine, lambda: engine.instances.find(query, Search(1_000)))
    for _ in range(18):
        start_many()

    after = count_commands(engine, lambda: engine.instances.find(query, Search(1_000)))

    assert after <= before + 100
