"""Turns whose process dies, or takes longer than the lease, in the middle: not tried without end."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from baton.model.commands import CancelInstance, ResolveIncident, SetVariables, StartInstance
from baton.model.errors import CannotComplete
from baton.model.records import InstanceHeader, InstanceState
from baton.runtime import Instance
from baton.service import Engine
from baton.service.core.queries import IncidentQuery, InstanceQuery
from tests.service.conftest import Clock
from tests.service.processes import MESSAGE, ONE_TASK, SIGNAL, bpmn, deploy, line
from tests.store.building import asking, queued

pytestmark = pytest.mark.slow

TAKER = """
import os, signal, sys
from baton.expression.scripts import LocalScriptRunner
from baton.model.commands import ResolveIncident
from baton.runtime import Instance
from baton.service import Settings, assemble

def die(self, *_):
    os.kill(os.getpid(), signal.SIGKILL)

Instance.decide = die
work, url, now, *more = sys.argv[1:]
engine = assemble(Settings(redis_url=url, partitions=4, clock=lambda: int(now)), scripts=LocalScriptRunner())
exec(work)
"""
TAKE = """
instance_id, *incidents = more
for incident in incidents:
    engine.mailbox.submit(instance_id, ResolveIncident(incident_id=incident))
engine.mailbox.take_turn(instance_id)
"""


def lose_turn(engine: Engine, clock: Clock, instance_id: str, *resolve: str, times: int = 1) -> None:
    """Another process takes the turn and is killed in the middle of it; its lease runs out.

    ``resolve``: ids of incidents to retry.
    """
    for _ in range(times):
        lose_process(engine, clock, TAKE, instance_id, *resolve)


def lose_process(engine: Engine, clock: Clock, work: str, *more: str) -> None:
    """Another process does the work and is killed as soon as it decides a turn."""
    arguments = [work, engine.settings.redis_url, str(clock.now), *more]
    done = subprocess.run([sys.executable, "-c", TAKER, *arguments], check=False, capture_output=True, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr
    clock.forward(engine.settings.lease_ms + 1)


def start(engine: Engine) -> InstanceHeader:
    return engine.starts.start(deploy(engine, ONE_TASK).id)


def list_kinds(engine: Engine) -> list[str]:
    return [incident.kind for incident in engine.incidents.find(IncidentQuery())]


def test_the_third_process_makes_an_incident_of_a_turn_that_has_killed_two(engine: Engine, clock: Clock) -> None:
    header = start(engine)
    lose_turn(engine, clock, header.id, times=2)

    with pytest.raises(CannotComplete, match="died or took longer"):
        engine.mailbox.submit(header.id, SetVariables(set={"n": 1}))

    assert list_kinds(engine) == ["turnTooLong"]
    assert engine.instance_reader.get_variables(header.id) == {}


def test_one_lost_turn_is_repeated_without_an_incident(engine: Engine, clock: Clock) -> None:
    header = start(engine)
    lose_turn(engine, clock, header.id)

    engine.mailbox.submit(header.id, SetVariables(set={"n": 1}))

    assert list_kinds(engine) == []
    assert engine.instance_reader.get_variables(header.id) == {"n": 1}


def test_lost_turns_with_a_commit_between_them_do_not_add_up(engine: Engine, clock: Clock) -> None:
    header = start(engine)
    for number in range(3):
        lose_turn(engine, clock, header.id)
        engine.mailbox.submit(header.id, SetVariables(set={"n": number}))

    assert list_kinds(engine) == []


def test_after_the_incident_nothing_tries_the_turn_again_until_it_is_retried(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = start(engine)
    lose_turn(engine, clock, header.id, times=2)
    engine.run_due()
    (incident,) = engine.incidents.find(IncidentQuery())
    decide, tried = Instance.decide, list[int]()
    monkeypatch.setattr(Instance, "decide", lambda self, *more: tried.append(1) or decide(self, *more))  # type: ignore[arg-type]

    clock.forward(3_600_000)
    engine.run_due()
    with pytest.raises(CannotComplete):
        engine.mailbox.submit(header.id, SetVariables(set={"n": 1}))
    assert tried == []
    assert list_kinds(engine) == ["turnTooLong"]

    engine.mailbox.submit(header.id, ResolveIncident(incident_id=incident.id))

    assert list_kinds(engine) == []
    engine.mailbox.submit(header.id, SetVariables(set={"n": 2}))
    assert engine.instance_reader.get_variables(header.id) == {"n": 2}


def test_a_retry_that_is_lost_is_not_repeated_by_itself(engine: Engine, clock: Clock) -> None:
    header = start(engine)
    lose_turn(engine, clock, header.id, times=2)
    engine.run_due()
    (incident,) = engine.incidents.find(IncidentQuery())
    lose_turn(engine, clock, header.id, incident.id)

    engine.run_due()
    assert list_kinds(engine) == ["turnTooLong"]

    engine.mailbox.submit(header.id, ResolveIncident(incident_id=incident.id))
    assert list_kinds(engine) == []


def test_an_instance_whose_turns_are_lost_can_be_cancelled(engine: Engine, clock: Clock) -> None:
    header = start(engine)
    lose_turn(engine, clock, header.id, times=2)

    engine.mailbox.submit(header.id, CancelInstance())

    assert engine.instances.get(header.id).state is InstanceState.CANCELLED
    assert list_kinds(engine) == []


def test_a_start_that_has_killed_two_processes_is_answered_and_not_tried_again(engine: Engine, clock: Clock) -> None:
    definition = deploy(engine, ONE_TASK)
    instance_id = f"{'0' * 16}-01"
    command = queued("start", StartInstance(definition_id=definition.id))
    asked = asking(instance_id, command, now=clock.now, owner="a", lease_ms=1, create=True, take=False)
    engine.store.turns.submit(asked)
    lose_turn(engine, clock, instance_id, times=2)

    engine.run_due()

    header = engine.instances.get(instance_id)
    assert header.state is InstanceState.TERMINATED
    assert "died or took longer" in (header.reason or "")


# -- starts


BY_TIMER = (
    '<startEvent id="s"><timerEventDefinition><timeCycle xsi:type="tFormalExpression">R/PT1H</timeCycle>'
    '</timerEventDefinition></startEvent><endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/>'
)
WORDS = MESSAGE + SIGNAL


def make_event_pair(definition: str) -> tuple[bytes, bytes]:
    """A process that throws an event, and one that is started by it."""
    thrower = f'<intermediateThrowEvent id="t">{definition}</intermediateThrowEvent>'
    started = (
        f'<startEvent id="s">{definition}</startEvent><endEvent id="e"/>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="e"/>'
    )
    return bpmn(line(thrower), "thrower", WORDS), bpmn(started, "poison", WORDS)


def list_started(engine: Engine, key: str) -> list[InstanceHeader]:
    return [item for item in engine.instances.find(InstanceQuery(include_ended=True)) if item.definition_key == key]


def test_a_start_that_kills_its_process_has_not_happened_and_is_not_repeated(engine: Engine, clock: Clock) -> None:
    definition = deploy(engine, ONE_TASK)
    lose_process(engine, clock, "engine.starts.start(*more, business_key='k', unique_business_key=True)", definition.id)

    for _ in range(3):
        clock.forward(3_600_000)
        engine.run_due()

    assert list_started(engine, "p") == []
    assert engine.mailbox.list_due(clock.now, 10) == ([], None)
    assert engine.starts.start(definition.id, business_key="k", unique_business_key=True).business_key == "k"


def test_the_timer_of_a_start_that_kills_its_process_goes_on_with_its_next_moment(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    definition = deploy(engine, bpmn(BY_TIMER, "poison"))
    clock.forward(3_600_000)
    for _ in range(2):
        lose_process(engine, clock, "engine.starts.fire_timers(int(now))")
    assert list_started(engine, "poison") == []
    decide, tried = Instance.decide, list[int]()
    monkeypatch.setattr(Instance, "decide", lambda self, *more: tried.append(1) or decide(self, *more))  # type: ignore[arg-type]

    engine.starts.fire_timers(clock.now)

    assert tried == []
    ((lost,), (timer,)) = list_started(engine, "poison"), engine.store.library.list_timers()
    assert (lost.state, lost.definition_id) == (InstanceState.TERMINATED, definition.id)
    assert "died or took longer" in (lost.reason or "")
    assert timer.due > clock.now
    clock.now = timer.due
    engine.starts.fire_timers(clock.now)
    assert sorted(item.state.value for item in list_started(engine, "poison")) == ["completed", "terminated"]


@pytest.mark.parametrize(
    "definition", ['<messageEventDefinition messageRef="m1"/>', '<signalEventDefinition signalRef="g1"/>']
)
def test_what_one_instance_throws_and_kills_whom_it_starts_is_not_sent_for_ever(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch, definition: str
) -> None:
    thrower, started = make_event_pair(definition)
    deploy(engine, started, "poison")
    engine.starts.start(deploy(engine, thrower, "thrower").id)
    for _ in range(2):
        lose_process(engine, clock, "engine.outbox.dispatch()")
    decide, tried = Instance.decide, list[int]()
    monkeypatch.setattr(Instance, "decide", lambda self, *more: tried.append(1) or decide(self, *more))  # type: ignore[arg-type]

    assert engine.outbox.dispatch() == 1
    clock.forward(3_600_000)
    assert engine.outbox.dispatch() == 0

    assert tried == []
    (lost,) = list_started(engine, "poison")
    assert (lost.state, "died or took longer" in (lost.reason or "")) == (InstanceState.TERMINATED, True)
