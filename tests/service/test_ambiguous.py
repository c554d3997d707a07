"""The ambiguous outcome: the server did it, and the connection broke before it could say so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from baton.model.commands import SetVariables
from baton.model.events import EventType
from baton.model.records import InstanceState
from baton.service import Completion, DefinitionQuery, Engine, InstanceQuery, MessageQuery, TopicLimits
from baton.store.redis_store import hash_script
from baton.store.server import Server
from tests.service.conftest import Clock
from tests.service.processes import MESSAGE, bpmn, deploy, external, fetch, line, receive
from tests.service.proxy import CuttingProxy

HOUR = 3_600_000


@pytest.fixture
def proxy(valkey: str, valkey_server: Server) -> Iterator[CuttingProxy]:
    assert valkey
    address = Path(f"{valkey_server.socket}.proxy")
    made = CuttingProxy(valkey_server.socket, address)
    yield made
    made.close()
    address.unlink()


@pytest.fixture
def url(proxy: CuttingProxy) -> str:
    return f"unix://{proxy.address}"


def warmed(engine: Engine) -> None:
    """Every script is known to the server: from now on a request names its script by its hash."""
    definition = deploy(engine, bpmn(line(external("t", "warm")), key="warm"), name="warm")
    header = engine.starts.start(definition.id)
    (locked,) = fetch(engine, "warm")
    engine.external_tasks.extend_lock(locked.task.id, "w", 20_000)
    engine.external_tasks.complete(locked.task.id, "w")
    engine.run_due()
    engine.outbox.dispatch()
    assert engine.instances.get(header.id).state is InstanceState.COMPLETED


@pytest.mark.parametrize("script", ["submit", "commit", "lock", "hold", "apply", "take", "claim", "due"])
def test_what_was_done_unheard_is_done_once(engine: Engine, clock: Clock, proxy: CuttingProxy, script: str) -> None:
    warmed(engine)
    definition = deploy(engine, bpmn(line(external("t"), receive("wait")), extra=MESSAGE))

    def cut_at(name: str, act: Callable[[], object]) -> None:
        if name == script:
            proxy.cut(hash_script(name))
        act()

    header = engine.starts.start(definition.id, business_key="K")
    cut_at("submit", lambda: engine.mailbox.submit(header.id, SetVariables(set={"n": 1})))
    cut_at("commit", lambda: engine.mailbox.submit(header.id, SetVariables(set={"m": 2})))
    cut_at("apply", lambda: deploy(engine, bpmn(line(external("t")), key="other"), name="other"))
    cut_at("lock", lambda: fetch(engine))
    clock.forward(10_001)
    (locked,) = fetch(engine)
    cut_at("hold", lambda: engine.external_tasks.extend_lock(locked.task.id, "w", 30_000))
    engine.external_tasks.complete(locked.task.id, "w", {"paid": True})
    cut_at("take", engine.run_due)
    cut_at("due", engine.run_due)
    cut_at("claim", engine.outbox.dispatch)
    engine.messages.correlate(MessageQuery(name="Paid", business_key="K"))

    assert proxy.cuts == (0 if script == "take" else 1)
    assert engine.instances.get(header.id).state is InstanceState.COMPLETED
    assert engine.instance_reader.get_variables(header.id) == {"n": 1, "m": 2, "paid": True}
    positions = [event.position for event in engine.history.list_events(header.id)]
    assert positions == list(range(1, len(positions) + 1))
    assert len(engine.definitions.find(DefinitionQuery(keys=("other",)))) == 1
    assert engine.instances.count(InstanceQuery()) == 0


def test_a_start_that_was_done_unheard_starts_one_instance(engine: Engine, proxy: CuttingProxy) -> None:
    warmed(engine)
    definition = deploy(engine)
    proxy.cut(hash_script("commit"))

    header = engine.starts.start(definition.id)

    assert (proxy.cuts, engine.instances.count(InstanceQuery())) == (1, 1)
    assert [e.position for e in engine.history.list_events(header.id)] == list(range(1, header.position + 1))


def test_a_completion_without_a_lease_that_was_done_unheard_is_done_once(engine: Engine, proxy: CuttingProxy) -> None:
    warmed(engine)
    header = engine.starts.start(deploy(engine, bpmn(line(external("t")))).id)
    (locked,) = fetch(engine)
    proxy.cut(hash_script("commit"))

    engine.external_tasks.complete(locked.task.id, "w")

    assert proxy.cuts == 1
    types = [event.type for event in engine.history.list_events(header.id)]
    assert types.count(EventType.EXTERNAL_TASK_COMPLETED) == 1
    assert engine.instances.get(header.id).state is InstanceState.COMPLETED


@pytest.mark.parametrize(("in_memory", "script"), [(True, "commit"), (False, "submit"), (False, "commit")])
def test_completions_of_many_instances_that_were_done_unheard_are_done_once(
    engines: Callable[..., Engine], proxy: CuttingProxy, in_memory: bool, script: str
) -> None:
    engine, other = engines(), engines()
    warmed(engine)
    definition = deploy(engine, bpmn(line(external("t"))))
    headers = [(engine if in_memory else other).starts.start(definition.id) for _ in range(5)]
    locked = fetch(engine)
    proxy.cut(hash_script(script))

    outcomes = engine.bulk_completion.complete([Completion(task_id=item.task.id, worker_id="w") for item in locked])

    assert (proxy.cuts, outcomes) == (1, [None] * 5)
    for header in headers:
        types = [event.type for event in engine.history.list_events(header.id)]
        assert types.count(EventType.EXTERNAL_TASK_COMPLETED) == 1
        assert engine.instances.get(header.id).state is InstanceState.COMPLETED


def test_a_turn_whose_commit_was_cut_twice_is_found_by_its_agenda(
    engine: Engine, clock: Clock, proxy: CuttingProxy
) -> None:
    warmed(engine)
    header = engine.starts.start(deploy(engine).id)
    proxy.cut(hash_script("take"))
    engine.store.turns.take(header.id, now=clock.now, owner="dead", lease_ms=10_000)
    assert proxy.cuts == 1

    clock.forward(10_000)
    assert engine.run_due() == 1

    assert engine.run_due() == 0
    engine.mailbox.submit(header.id, SetVariables(set={"n": 1}))
    assert engine.instance_reader.get_variables(header.id) == {"n": 1}


def test_a_start_timer_that_was_claimed_unheard_fires_once_a_lease_later(
    engine: Engine, clock: Clock, proxy: CuttingProxy
) -> None:
    warmed(engine)
    engine.starts.fire_timers(clock.now)
    daily = '<startEvent id="s"><timerEventDefinition><timeDuration xsi:type="tFormalExpression">PT1H</timeDuration>'
    daily += "</timerEventDefinition></startEvent>"
    definition = deploy(engine, bpmn(line(external("t")).replace('<startEvent id="s"/>', daily)))
    clock.forward(HOUR)
    proxy.cut(hash_script("advance"))

    engine.starts.fire_timers(clock.now)
    clock.forward(engine.settings.lease_ms)
    engine.starts.fire_timers(clock.now)
    engine.starts.fire_timers(clock.now)

    assert proxy.cuts == 1
    assert engine.instances.count(InstanceQuery(definition_ids=(definition.id,))) == 1


def test_room_for_locks_that_was_held_unheard_never_lets_the_limit_be_passed(
    engine: Engine, clock: Clock, proxy: CuttingProxy
) -> None:
    warmed(engine)
    engine.topic_limits.set("work", TopicLimits(locks_at_once=2))
    definition = deploy(engine)
    for _ in range(4):
        engine.starts.start(definition.id)
    locked = fetch(engine, n=1)
    proxy.cut(hash_script("admit"))

    locked += fetch(engine, n=1)

    assert proxy.cuts == 1
    assert len(locked) <= 2
    clock.forward(HOUR)
    assert len(fetch(engine, n=10)) == 2


def test_a_turn_that_was_given_back_unheard_is_taken_at_its_moment(
    engine: Engine, clock: Clock, proxy: CuttingProxy
) -> None:
    warmed(engine)
    turns, header = engine.store.turns, engine.starts.start(deploy(engine).id)
    for owner in ("warm", "once"):
        taken = turns.take(header.id, now=clock.now, owner=owner, lease_ms=10_000)
        assert taken is not None
        if owner == "once":
            proxy.cut(hash_script("release"))
        turns.release(taken, again_at=clock.now + 500)

    assert proxy.cuts == 1
    assert engine.run_due() == 0
    clock.forward(500)
    assert engine.run_due() == 1
