"""Called processes in the indexes: they say what the states say, whatever is done, and wherever a process dies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import product
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
    ResumeInstance,
    Rollback,
    SuspendInstance,
)
from baton.model.errors import Rejected
from baton.model.reach import Access, Area, Reach
from baton.model.records import InstanceState
from baton.service import DefinitionQuery, Engine, InstanceQuery, narrow
from baton.store import called_keys, keys
from baton.store.index_ops import make_called_ops
from tests.service.conftest import Clock
from tests.service.processes import bpmn, deploy, external, fetch, line

MANY = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
EXTENSION = '<extensionElements><camunda:in businessKey="#{{execution.processBusinessKey}}-{}"/></extensionElements>'
INNER = bpmn(line(external("work")), key="inner")
MIDDLE = bpmn(
    '<startEvent id="s"/>'
    + external("before")
    + '<boundaryEvent id="b" attachedToRef="before"><compensateEventDefinition/></boundaryEvent>'
    + '<serviceTask id="undo" isForCompensation="true" camunda:type="external" camunda:topic="work"/>'
    + '<association id="a" associationDirection="One" sourceRef="b" targetRef="undo"/>'
    + f'<callActivity id="call" calledElement="inner">{EXTENSION.format("i")}</callActivity><endEvent id="e"/>'
    + '<sequenceFlow id="f1" sourceRef="s" targetRef="before"/><sequenceFlow id="f2" sourceRef="before" '
    + 'targetRef="call"/><sequenceFlow id="f3" sourceRef="call" targetRef="e"/>',
    key="middle",
)
OUTER = bpmn(
    line(
        f'<callActivity id="calls" calledElement="middle">{EXTENSION.format("m")}{MANY}</callActivity>',
        external("after"),
        '<callActivity id="again" calledElement="inner"/>',
    ),
    key="outer",
)
CALLED = InstanceQuery(called=True, limit=100)
ENDED = InstanceQuery(called=True, states=frozenset(state for state in InstanceState if state.is_ended), limit=1_000)


class Died(BaseException):
    """The process ends here."""


def deploy_all(engine: Engine) -> str:
    deploy(engine, INNER, "inner")
    deploy(engine, MIDDLE, "middle")
    return deploy(engine, OUTER, "outer").id


def read_index(engine: Engine) -> tuple[dict[str, int], dict[str, str], dict[str, str]]:
    """Moment, definition and business key of each called process that the indexes have."""
    moments: dict[str, int] = {}
    definitions: dict[str, str] = {}
    business_keys: dict[str, str] = {}
    for prefix in (keys.make_tag(partition) for partition in engine.store.partitions):
        read = engine.store.backend.read
        (flat,) = read([("ZRANGE", called_keys.name_called(prefix), 0, -1, "WITHSCORES")])
        moments |= {id_.decode(): int(score) for id_, score in zip(flat[::2], flat[1::2], strict=True)}
        for definition in engine.definitions.find(DefinitionQuery()):
            (members,) = read([("ZRANGE", called_keys.name_called(prefix, definition.id), 0, -1)])
            definitions |= {member.decode(): definition.id for member in members}
        (members,) = read([("ZRANGE", called_keys.name_called_business_keys(prefix), 0, -1)])
        business_keys |= {id_: key for key, id_ in (member.decode().split(keys.SEPARATOR) for member in members)}
    return moments, definitions, business_keys


def read_states(engine: Engine) -> tuple[dict[str, int], dict[str, str], dict[str, str]]:
    """The same, of the tokens that the states have."""
    found = [
        (f"{header.id}.{token.number}", token)
        for header in engine.instances.find(InstanceQuery())
        for token in engine.instance_reader.list_tokens(header.id)
        if token.kind == "process"
    ]
    return (
        {id_: token.entered_at or 0 for id_, token in found},
        {id_: token.definition_id for id_, token in found},
        {id_: token.business_key for id_, token in found if token.business_key is not None},
    )


def act(engine: Engine, outer: str, choice: int, number: int) -> None:
    """One of the things that can happen to an instance."""
    if choice == 0:
        engine.starts.start(outer, business_key=f"K{number}")
        return
    headers = engine.instances.find(InstanceQuery())
    if not headers:
        return
    header = headers[number % len(headers)]
    if choice in (1, 2, 3):
        for task in fetch(engine, n=choice):
            engine.external_tasks.complete(task.task.id, "w", {})
        return
    tokens = engine.instance_reader.list_tokens(header.id)
    called = [token for token in tokens if token.kind == "process"]
    commands: list[Command] = [
        CancelInstance(),
        CancelInstance(compensate=True),
        SuspendInstance(),
        ResumeInstance(),
        Rollback(to="calls"),
        ModifyInstance(instructions=(Instruction(kind="startBeforeActivity", element="again"),)),
    ]
    if called:
        one = called[number % len(called)].number
        commands.append(ModifyInstance(instructions=(Instruction(kind="cancel", token=one),)))
    others = [d.id for d in engine.definitions.find(DefinitionQuery(keys=("outer",))) if d.id != header.definition_id]
    if others:
        moves = tuple((name, name, False) for name in ("calls", "after", "again"))
        commands.append(MigrateInstance(definition_id=header.definition_id, target_id=others[0], moves=moves))
    engine.mailbox.submit(header.id, commands[(choice - 4) % len(commands)])


@contextmanager
def dying(engine: Engine, point: int) -> Iterator[None]:
    """The process ends at the crash point of that number, if it comes so far; 0: it does not."""
    reached = 0

    def die(_: str) -> None:
        nonlocal reached
        reached += 1
        if reached == point:
            raise Died

    engine.store.backend.on_point = die
    try:
        yield
    finally:
        engine.store.backend.on_point = None


steps = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 5), st.integers(0, 12)), min_size=3, max_size=14)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_the_indexes_say_what_the_states_say(
    engines: Callable[..., Engine], clock: Clock, steps: list[tuple[int, int, int]]
) -> None:
    pair = (engines(), engines())
    engine = pair[0]
    redis.Redis.from_url(engine.settings.redis_url).flushall()
    outer = deploy_all(engine)
    deploy(engine, OUTER.replace(b'id="after"', b'id="after" name="Later"'), "outer")
    engine.starts.start(outer, business_key="K")
    for turn, (choice, number, point) in enumerate(steps):
        engine = pair[turn % 2]
        with suppress(Died, Rejected), dying(engine, point):
            act(engine, outer, choice, number)
        clock.forward(engine.settings.lease_ms + 1)
        engine.run_due()

        states = read_states(engine)
        assert read_index(engine) == states
        found = engine.instances.find(CALLED)
        assert {header.id for header in found if header.is_called} == set(states[0])
        assert engine.instances.count(CALLED) == len(found)
        assert read_ended(engine) == read_histories(engine)


def read_ended(engine: Engine) -> dict[str, tuple[Any, ...]]:
    """Definition, start, end, whether it was cancelled: of each called process that lists have as ended."""
    found = engine.instances.find(ENDED)
    assert engine.instances.count(ENDED) == len(found)
    return {
        header.id: (header.definition_id, header.started_at, header.ended_at, header.state is InstanceState.TERMINATED)
        for header in found
        if header.is_called
    }


def read_histories(engine: Engine) -> dict[str, tuple[Any, ...]]:
    """The same as the histories tell it."""
    return {
        f"{header.id}.{each.token}": (each.called, each.started_at, each.ended_at, each.cancelled)
        for header in engine.instances.find(InstanceQuery(include_ended=True))
        for each in engine.history.project(header).activities
        if each.called and each.ended_at is not None
    }


def start_called(engine: Engine) -> tuple[str, InstanceQuery]:
    """An instance that has called three processes; and the query of these, as lists ask it."""
    outer = deploy_all(engine)
    started = engine.starts.start(outer, business_key="K")
    return started.id, replace(CALLED, definition_keys=("middle",))


def forget_index(engine: Engine, *, also_mark: bool = True) -> None:
    """As if an earlier release had called everything."""
    prefixes = [keys.make_tag(partition) for partition in engine.store.partitions]
    names = [called_keys.name_called_business_keys(prefix) for prefix in prefixes]
    for definition in (None, *(found.id for found in engine.definitions.find(DefinitionQuery()))):
        names += [called_keys.name_called(prefix, definition) for prefix in prefixes]
    names += [called_keys.CALLED_INDEXED] if also_mark else []
    engine.store.backend.read([("DEL", name) for name in names])


def test_a_called_process_counts_and_lists_like_any_other(engine: Engine, clock: Clock) -> None:
    started, middles = start_called(engine)
    clock.forward(5)
    for locked in fetch(engine, n=2):
        engine.external_tasks.complete(locked.task.id, "w", {"own": 1})
    newest = (("started_at", True),)

    assert [engine.instances.count(query) for query in (CALLED, middles, InstanceQuery())] == [6, 3, 1]
    by_start = [header.definition_key for header in engine.instances.find(replace(CALLED, sort=newest))]
    assert by_start[:2] == ["inner", "inner"]
    assert sorted(by_start[2:]) == ["middle", "middle", "middle", "outer"]
    inner = engine.instances.find(replace(CALLED, business_key="K-i"))
    assert {header.definition_key for header in inner} == {"inner"}
    by_key = [header.business_key for header in engine.instances.find(replace(CALLED, sort=(("business_key", False),)))]
    assert by_key == sorted(by_key, key=str)
    assert engine.instances.count(replace(CALLED, business_key_like="K-%")) == 5
    assert engine.instances.count(replace(CALLED, elements=("before",))) == 2
    assert [header.id for header in engine.instances.find(replace(CALLED, roots=True))] == [started]
    assert engine.instances.count_by_definition([inner[0].definition_id])[inner[0].definition_id].instances == 2

    engine.mailbox.submit(started, SuspendInstance())
    assert engine.instances.count(replace(CALLED, states=frozenset({InstanceState.SUSPENDED}))) == 6
    assert engine.instances.count(replace(CALLED, states=frozenset({InstanceState.ACTIVE}))) == 0


@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_pages_in_every_order_have_each_once(engine: Engine, clock: Clock, limit: int) -> None:
    start_called(engine)
    for _ in range(2):
        clock.forward(7)
        start_called(engine)
    clock.forward(7)
    for locked in fetch(engine, n=4):
        engine.external_tasks.complete(locked.task.id, "w", {})
    names = ("started_at", "ended_at", "business_key", "definition_id", "definition_key", "tenant_id", "id")
    for name, descending in product(names, (False, True)):
        query = replace(CALLED, sort=((name, descending),), limit=limit, include_ended=name == "ended_at")
        pages = [engine.instances.find(replace(query, first=first)) for first in range(0, 16 + limit, limit)]
        found = [header for page in pages for header in page]
        assert len(found) == len({header.id for header in found}) == engine.instances.count(query) == 16
        values = [getattr(header, name) or "" for header in found if name != "ended_at"]
        assert values == sorted(values, reverse=descending)


def test_lists_show_what_an_earlier_release_has_called(engine: Engine, engines: Callable[..., Engine]) -> None:
    _, middles = start_called(engine)
    expected = engine.instances.find(middles)
    forget_index(engine)

    upgraded = engines()

    assert upgraded.instances.find(middles) == expected
    assert read_index(upgraded) == read_states(upgraded)


def test_what_an_earlier_release_calls_and_ends_beside_this_one_is_found_at_the_next_start(
    engine: Engine, engines: Callable[..., Engine], clock: Clock
) -> None:
    started, _ = start_called(engine)
    engine.called_indexing.complete()
    stray = f"{started}.4711"
    prefix = keys.find_tag(started)
    inner = engine.definitions.find(DefinitionQuery(keys=("inner",)))[0].id
    forget_index(engine, also_mark=False)
    for name in (called_keys.name_called(prefix), called_keys.name_called(prefix, inner)):
        engine.store.backend.read([("ZADD", name, 1, stray)])
    engine.store.backend.read([("ZADD", called_keys.name_called_business_keys(prefix), 0, f"K\0{stray}")])

    assert engine.called_indexing.complete() == 0, "it has looked already"
    assert engines().called_indexing.complete() == 1

    assert read_index(engine) == read_states(engine)
    clock.forward(8 * 86_400_000)
    assert engines().called_indexing.complete() == 0, "no earlier release is at work any more"


def test_indexing_that_dies_anywhere_is_gone_on_with(engine: Engine, engines: Callable[..., Engine]) -> None:
    start_called(engine)
    died: list[bool] = []
    for point in (1, 2, 3, 4, 100):
        forget_index(engine)
        try:
            victim = engines()
            with dying(victim, point):
                victim.called_indexing.complete()
            died.append(False)
        except Died:
            died.append(True)

        engines().called_indexing.complete()

        assert read_index(engine) == read_states(engine)
    assert died == [True, True, True, True, False]


def test_callers_with_limited_rights_see_the_called_processes_of_instances_within_reach(engine: Engine) -> None:
    outer, _ = start_called(engine)
    middle = engine.definitions.find(DefinitionQuery(keys=("middle",)))[0].id
    own = engine.starts.start(middle).id
    for area, expected in ((Area(keys=frozenset({"outer"})), 4), (Area(keys=frozenset({"middle"})), 1), (Area(), 5)):
        reach = Reach(areas=(area,))
        access = Access(whose="ann", permission="instance:read", may=reach, sees=reach, others=reach, person="ann")
        narrowed = narrow(engine, access).instances

        for sort in ((), (("started_at", True),), (("business_key", False),), (("definition_key", False),)):
            assert len(narrowed.find(replace(CALLED, sort=sort))) == expected
        assert narrowed.count(CALLED) == expected
        ids = {header.id.partition(".")[0] for header in narrowed.find(CALLED)}
        assert ids == {4: {outer}, 1: {own}, 5: {outer, own}}[expected]
        assert narrowed.count(replace(CALLED, business_key="K-m")) == (0 if expected == 1 else 3)
        assert narrowed.count_by_definition([middle])[middle].instances == {4: 3, 1: 1, 5: 4}[expected]


def test_steps_beside_many_calls_write_no_more_index_entries(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = OUTER.replace(b"<loopCardinality>3<", b"<loopCardinality>300<")
    deploy(engine, INNER, "inner")
    deploy(engine, MIDDLE, "middle")
    engine.starts.start(deploy(engine, wide, "outer").id, business_key="K")
    written: list[int] = []

    def note(*args: Any) -> Any:
        ops = make_called_ops(*args)
        written.append(len(ops))
        return ops

    monkeypatch.setattr("baton.store.commit_payload.make_called_ops", note)
    locked, *others = fetch(engine, n=100)

    engine.external_tasks.complete(locked.task.id, "w", {})
    assert written == [3], "one call began: one entry in each index"
    engine.mailbox.submit(locked.task.instance_id, SuspendInstance())
    assert written == [3], "nothing was called"
    assert others


@pytest.mark.parametrize("with_call", [True, False])
def test_a_called_process_of_an_iteration_is_cancelled_with_it_and_the_others_go_on(
    engine: Engine, with_call: bool
) -> None:
    started, middles = start_called(engine)
    one, *_ = engine.instances.find(middles)
    token = next(t for t in engine.instance_reader.list_tokens(started) if f"{started}.{t.number}" == one.id)
    number = token.parent if with_call else token.number
    engine.mailbox.submit(started, ModifyInstance(instructions=(Instruction(kind="cancel", token=number),)))

    assert [engine.instances.count(middles), read_ended(engine)[one.id][-1]] == [2, True]
    for _ in range(6):
        for locked in fetch(engine):
            engine.external_tasks.complete(locked.task.id, "w", {})
    assert engine.instances.get(started).state is InstanceState.COMPLETED
    assert sorted(cancelled for *_, cancelled in read_ended(engine).values()) == [*[False] * 5, True]
