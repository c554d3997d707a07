"""Called processes that have ended are in the lists of the history: what these say is what the histories say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from baton.model.commands import CancelInstance, Instruction, ModifyInstance, Rollback
from baton.model.reach import Access, Area, Reach
from baton.model.records import InstanceHeader, InstanceState
from baton.service import DefinitionQuery, Engine, InstanceQuery, narrow
from baton.store import called_keys, keys
from tests.service.conftest import Clock
from tests.service.processes import bpmn, deploy, external, fetch, line
from tests.service.test_called_index import deploy_all, read_ended, read_histories, start_called
from tests.service.test_lists_at_size import count_commands

ENDED = frozenset(state for state in InstanceState if state.is_ended)
ALL = InstanceQuery(called=True, include_ended=True, limit=1_000)
OVER = replace(ALL, states=ENDED, include_ended=False)


def complete_all(engine: Engine, rounds: int = 20) -> None:
    """Work on whatever there is, so many times ten tasks."""
    for _ in range(rounds):
        for locked in fetch(engine):
            engine.external_tasks.complete(locked.task.id, "w", {})


def test_what_has_ended_is_listed_as_the_history_tells_it(engine: Engine, clock: Clock) -> None:
    start_called(engine)
    other, _ = start_called(engine)
    clock.forward(5)
    complete_all(engine, 1)
    clock.forward(5)
    tokens = [token for token in engine.instance_reader.list_tokens(other) if token.kind == "process"]
    engine.mailbox.submit(other, ModifyInstance(instructions=(Instruction(kind="cancel", token=tokens[0].parent),)))
    clock.forward(5)
    engine.mailbox.submit(other, Rollback(to="calls"))
    clock.forward(5)
    complete_all(engine)
    third, _ = start_called(engine)
    engine.mailbox.submit(third, CancelInstance())

    histories = read_histories(engine)
    assert read_ended(engine) == histories
    assert {cancelled for *_, cancelled in histories.values()} == {True, False}
    assert engine.instances.count(OVER) == len(engine.instances.find(OVER)) == len(histories) + 3
    assert engine.instances.count(ALL) == engine.instances.count(OVER), "none runs any more"


def test_what_begins_and_ends_in_one_turn_is_listed(engine: Engine, clock: Clock) -> None:
    deploy(engine, bpmn(line(), key="quick"), "quick")
    caller = deploy(engine, bpmn(line('<callActivity id="c" calledElement="quick"/>'), key="caller"), "caller")

    started = engine.starts.start(caller.id, business_key="K")

    [found] = engine.instances.find(replace(ALL, definition_keys=("quick",)))
    assert (found.state, found.started_at, found.ended_at) == (InstanceState.COMPLETED, clock.now, clock.now)
    assert found.id.startswith(f"{started.id}.")
    assert engine.instances.find_callers_of_ended([found.id]) == {found.id: started.id}


def test_filters_find_what_they_find_of_instances(engine: Engine, clock: Clock) -> None:
    outer, middles = start_called(engine)
    clock.forward(10)
    complete_all(engine)
    middle = replace(middles, include_ended=True)
    first, last = (engine.instances.find(OVER)[at].ended_at or 0 for at in (0, -1))

    def count(query: InstanceQuery, **more: Any) -> int:
        query = replace(query, **more)
        found = engine.instances.find(query)
        assert engine.instances.count(query) == len(found)
        return len(found)

    assert [count(middle), count(middles), count(OVER)] == [3, 0, 8]
    assert count(middle, business_key="K-m") == count(OVER, business_key_like="K-m%") == 3
    assert [count(OVER, business_key="K-i"), count(OVER, business_keys=("K-i", "K"))] == [3, 4]
    assert count(OVER, definition_keys_not=("outer", "middle")) == 4
    assert count(OVER, states=frozenset({InstanceState.COMPLETED})) == 8
    assert count(OVER, states=frozenset({InstanceState.TERMINATED})) == 0
    assert count(middle, states=frozenset({InstanceState.CANCELLED})) == 0
    assert count(OVER, started_before=first) == count(OVER) - count(OVER, started_after=first - 1)
    assert count(middle, started_after=0, ended_before=last + 1) == 3
    assert count(middle, started_before=0) == count(middle, ended_after=last) == count(OVER, ended_before=first) == 0
    assert count(middle, roots=True) == 0
    assert [header.id for header in engine.instances.find(replace(OVER, roots=True))] == [outer]
    assert count(OVER, with_incident=True) == count(OVER, elements=("before",)) == 0
    assert count(OVER, with_incident=False) == 8
    assert engine.instances.count_ended([engine.instances.find(middle)[0].definition_id]) == {
        engine.instances.find(middle)[0].definition_id: 3
    }


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_pages_in_every_order_have_each_once(engine: Engine, clock: Clock, limit: int) -> None:
    for _ in range(3):
        start_called(engine)
        clock.forward(7)
        complete_all(engine, 2)
    stopped, _ = start_called(engine)
    engine.mailbox.submit(stopped, CancelInstance())
    names = ("started_at", "ended_at", "business_key", "definition_id", "definition_key", "tenant_id", "id", "duration")
    completed, narrow_to = frozenset({InstanceState.COMPLETED}), ("middle", "inner")
    for name, descending, states, definition_keys in product(
        names, (False, True), (None, ENDED, completed), (None, narrow_to)
    ):
        query = replace(ALL, sort=((name, descending),), limit=limit, states=states, definition_keys=definition_keys)
        whole = engine.instances.find(replace(query, limit=None, sort=()))
        found: list[InstanceHeader] = []
        while page := engine.instances.find(replace(query, first=len(found))):
            found += page
        assert sorted(header.id for header in found) == sorted(header.id for header in whole)
        assert engine.instances.count(query) == len(found) > 0
        values = [getattr(header, name) for header in found]
        keys_of = [(value is not None, value if value is not None else 0) for value in values]
        assert keys_of == sorted(keys_of, reverse=descending)


def test_a_page_and_a_count_cost_the_same_beside_ten_times_as_many(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("baton.service.reads.instance_plan.FEW", 50)
    deploy(engine, bpmn(line(), key="quick"), "quick")
    many = '<callActivity id="c" calledElement="quick"><extensionElements><camunda:in businessKey="K"/>'
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>100</loopCardinality></multiInstanceLoopCharacteristics>"
    caller = deploy(engine, bpmn(line(f"{many}</extensionElements>{loop}</callActivity>"), key="caller"), "caller").id
    page = replace(OVER, limit=50)
    quick = replace(page, definition_keys=("quick",))

    def measure() -> dict[str, int]:
        asked: dict[str, Callable[[], object]] = {}
        for name, query in (("all", page), ("of a definition", quick)):
            asked[f"count {name}"] = lambda query=query: engine.instances.count(query)
            asked[f"count {name} since"] = lambda query=query: engine.instances.count(replace(query, ended_after=1))
            asked[f"count {name} begun since"] = lambda query=query: engine.instances.count(
                replace(query, started_after=1)
            )
            for sort in ((), (("started_at", True),), (("ended_at", True),), (("definition_key", False),)):
                asked[f"{name} {sort}"] = lambda query=query, sort=sort: engine.instances.find(
                    replace(query, sort=sort)
                )
        completed = replace(page, states=frozenset({InstanceState.COMPLETED}))
        asked["completed"] = lambda: engine.instances.count(completed)
        asked["by key"] = lambda: engine.instances.find(replace(page, sort=(("business_key", True),)))
        return {name: count_commands(engine, ask) for name, ask in asked.items()}

    engine.starts.start(caller)
    engine.store.indexing.complete()
    before = measure()
    for _ in range(9):
        clock.forward(3)
        engine.starts.start(caller)
    after = measure()

    assert engine.instances.count(quick) == 1_000
    assert {name: (before[name], after[name]) for name in after if after[name] > before[name] + 250} == {}


def list_ended_keys(engine: Engine) -> list[bytes]:
    """All keys that say something of called processes that have ended."""
    names: list[bytes] = engine.store.backend.read([("KEYS", "{p*}:c*")])[0]
    return [name for name in names if called_keys.is_of_ended(name.decode()) or b":ch:" in name]


def test_what_was_called_goes_with_the_history_of_its_caller(engine: Engine, clock: Clock) -> None:
    outer, _ = start_called(engine)
    other, _ = start_called(engine)
    complete_all(engine)
    assert engine.instances.count(OVER) == 16

    engine.administration.delete_history(outer)
    assert engine.instances.count(OVER) == len(engine.instances.find(OVER)) == 8
    assert {header.id.partition(".")[0] for header in engine.instances.find(OVER)} == {other}
    clock.forward(10 * 86_400_000)
    assert engine.administration.forget_expired(10) == 1

    assert list_ended_keys(engine) == []


def test_what_an_earlier_release_has_deleted_is_forgotten_at_the_next_start(
    engine: Engine, engines: Callable[..., Engine]
) -> None:
    outer, _ = start_called(engine)
    complete_all(engine)
    header = engine.instances.get(outer)
    names = [keys.name_state(outer), keys.name_history(outer)]
    engine.store.backend.read([("DEL", name) for name in names])
    assert engine.instances.find(replace(OVER, definition_keys=("middle",))) == []

    engines().called_indexing.complete()

    assert list_ended_keys(engine) == []
    assert header.state is InstanceState.COMPLETED


def test_what_cannot_be_read_any_more_keeps_what_it_has_called(engine: Engine) -> None:
    outer, middles = start_called(engine)
    complete_all(engine)
    engine.store.forget_record_entries(outer)
    assert engine.instances.count(replace(OVER, definition_keys=("middle",))) == 3

    engine.store.backend.read([("DEL", keys.name_state(outer))])
    assert engine.store.forget_traces(outer)

    assert list_ended_keys(engine) == []
    assert middles.called


def test_callers_with_limited_rights_see_what_instances_within_reach_have_called(engine: Engine) -> None:
    outer, _ = start_called(engine)
    middle = engine.definitions.find(DefinitionQuery(keys=("middle",)))[0].id
    own = engine.starts.start(middle).id
    complete_all(engine)
    for area, expected in ((Area(keys=frozenset({"outer"})), 8), (Area(keys=frozenset({"middle"})), 2), (Area(), 10)):
        reach = Reach(areas=(area,))
        access = Access(whose="ann", permission="history:read", may=reach, sees=reach, others=reach, person="ann")
        narrowed = narrow(engine, access).instances

        for sort in ((), (("started_at", True),), (("ended_at", True),), (("business_key", False),)):
            assert len(narrowed.find(replace(OVER, sort=sort))) == expected
        assert narrowed.count(OVER) == expected
        ids = {header.id.partition(".")[0] for header in narrowed.find(OVER)}
        assert ids == {8: {outer}, 2: {own}, 10: {outer, own}}[expected]
        assert narrowed.count(replace(OVER, business_key="K-m")) == (0 if expected == 2 else 3)
        assert narrowed.count_ended([middle])[middle] == {8: 3, 2: 1, 10: 4}[expected]


def test_a_deleted_definition_is_known_while_called_processes_of_it_are_kept(engine: Engine, clock: Clock) -> None:
    start_called(engine)
    complete_all(engine)
    middle = engine.definitions.find(DefinitionQuery(keys=("middle",)))[0]
    engine.administration.delete_definition(middle.id)
    engine.store.indexing.complete()

    assert engine.instances.count(replace(OVER, definition_keys=("middle",))) == 3
    clock.forward(10 * 86_400_000)
    engine.administration.forget_expired(10)
    engine.store.indexing.complete()
    assert middle.id not in engine.store.lists.list_definition_ids()


def test_processes_that_call_nothing_take_no_memory_for_it(engine: Engine) -> None:
    engine.starts.start(deploy(engine, bpmn(line(external("work")))).id)
    complete_all(engine, 1)

    assert list_ended_keys(engine) == []
    deploy_all(engine)
