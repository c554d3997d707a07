"""What happens when Baton itself fails, or a process dies at the wrong moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from baton.model.commands import CancelInstance, SetVariables
from baton.model.records import InstanceState
from baton.runtime import Instance
from baton.service import Engine, EngineBug, IncidentQuery, InstanceQuery, MessageQuery, SubscriptionQuery
from baton.store import keys
from baton.store.operations import apply_ops
from baton.workers import Watchdog
from tests.service.conftest import Clock
from tests.service.processes import MESSAGE, ONE_TASK, bpmn, deploy, external, fetch, line, receive


class Crash(BaseException):
    """The process dies here."""


def crashing(engine: Engine, script: str, *, after: bool) -> Callable[[], None]:
    """From now on the process dies before or after its next call of a script; the answer undoes it."""
    backend: Any = engine.store.backend
    run = backend.run

    def die(name: str, keys: Any, args: Any) -> Any:
        if name != script:
            return run(name, keys, args)
        if after:
            run(name, keys, args)
        raise Crash

    backend.run = die
    return lambda: setattr(backend, "run", run)


def test_a_bug_quarantines_its_instance_and_nothing_else(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    definition = deploy(engine)
    sick, well = engine.starts.start(definition.id), engine.starts.start(definition.id)
    decide = Instance.decide

    def broken(self: Instance, envelopes: Any, now: int, locks: Any) -> Any:
        if any(isinstance(e.command, SetVariables) and "poison" in e.command.set for e in envelopes):
            raise RuntimeError("our own mistake")
        return decide(self, envelopes, now, locks)

    monkeypatch.setattr(Instance, "decide", broken)

    with pytest.raises(EngineBug, match="our own mistake"):
        engine.mailbox.submit(sick.id, SetVariables(set={"poison": 1}))
    engine.mailbox.submit(well.id, SetVariables(set={"fine": 1}))
    engine.mailbox.submit(sick.id, SetVariables(set={"fine": 1}))

    (incident,) = engine.incidents.find(IncidentQuery())
    assert (incident.instance_id, incident.kind) == (sick.id, "bug")
    assert engine.instances.get(sick.id).incidents == 1
    assert engine.instance_reader.get_variables(sick.id) == engine.instance_reader.get_variables(well.id) == {"fine": 1}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("script", "holds"), [("commit", True), ("submit", False), ("commit", False)])
def test_a_process_that_dies_leaves_nothing_half_done(
    engine: Engine, engines: Callable[..., Engine], clock: Clock, script: str, holds: bool, after: bool
) -> None:
    """What the process holds in memory is completed without a lease (one commit), anything else by the mailbox."""
    header = engine.starts.start(deploy(engine).id)
    dying = engine if holds else engines()
    (locked,) = fetch(engine)
    restore = crashing(dying, script, after=after)
    with pytest.raises(Crash):
        dying.external_tasks.complete(locked.task.id, "w", {"n": 1}, command_id="done")
    restore()

    clock.forward(engine.settings.lease_ms + 1)
    engine.run_due()
    engine.external_tasks.complete(locked.task.id, "w", {"n": 1}, command_id="done")

    assert engine.instances.get(header.id).state is InstanceState.COMPLETED
    positions = [e.position for e in engine.history.list_events(header.id)]
    assert positions == list(range(1, len(positions) + 1))
    assert engine.instance_reader.get_variables(header.id) == {"n": 1}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_start_that_dies_happens_once_when_repeated(engine: Engine, clock: Clock, after: bool) -> None:
    definition = deploy(engine)
    restore = crashing(engine, "commit", after=after)
    with pytest.raises(Crash):
        engine.starts.start(definition.id, command_id="once")
    restore()
    clock.forward(engine.settings.lease_ms + 1)

    header = engine.starts.start(definition.id, command_id="once")

    assert engine.instances.count(InstanceQuery()) == 1
    assert engine.instances.get(header.id).state is InstanceState.ACTIVE
    assert len(fetch(engine)) == 1


def test_a_message_that_began_an_instance_and_died_reaches_nobody_else_when_repeated(engine: Engine) -> None:
    start = '<startEvent id="s"><messageEventDefinition messageRef="m1"/></startEvent>'
    begun = bpmn(line(external("t")).replace('<startEvent id="s"/>', start), key="begun", extra=MESSAGE)
    started_by = deploy(engine, begun, name="begun")
    waiting = deploy(engine, bpmn(line(receive("r")), extra=MESSAGE))
    restore = crashing(engine, "commit", after=True)
    with pytest.raises(Crash):
        engine.messages.correlate(MessageQuery(name="Paid", message_id="once"))
    restore()
    receiver = engine.starts.start(waiting.id)

    (found,) = engine.messages.correlate(MessageQuery(name="Paid", message_id="once"))

    assert found.header.definition_id == started_by.id
    assert engine.instances.count(InstanceQuery(definition_ids=(started_by.id,))) == 1
    assert engine.instances.get(receiver.id).state is InstanceState.ACTIVE
    assert len(engine.subscriptions.find(SubscriptionQuery(instance_ids=(receiver.id,)))) == 1


def test_the_watchdog_finds_and_wakes_an_instance_that_nothing_would(engine: Engine) -> None:
    header = engine.starts.start(deploy(engine, ONE_TASK).id)
    watchdog = Watchdog(engine)
    assert watchdog.check() == []
    assert watchdog.check() == []
    engine.mailbox.submit(header.id, SetVariables(set={"n": 1}))
    backend = engine.store.backend
    fields = engine.store.lists.read_fields(header.id)
    name = next(name for name in fields if name.startswith("x"))
    apply_ops(backend, keys.name_state(header.id), [["HDEL", keys.name_state(header.id), name]])

    assert watchdog.check() == []
    (finding,) = watchdog.check()
    assert (finding.rule, finding.subject) == ("stuck", header.id)


def test_every_key_of_a_finished_instance_has_an_owner_or_an_end(engine: Engine) -> None:
    header = engine.starts.start(deploy(engine).id, business_key="k")
    engine.mailbox.submit(header.id, CancelInstance())
    engine.administration.delete_history(header.id)
    client: Any = engine.store.backend
    left = [key.decode() for key in client._client.execute_command("KEYS", "*")]
    owned = [key for key in left if not key.startswith("{defs}") and not key.endswith(":live")]

    assert all(client._client.execute_command("PTTL", key) > 0 for key in owned), owned


def test_a_damaged_variable_stops_its_instance_alone(engine: Engine, engines: Callable[..., Engine]) -> None:
    definition = deploy(engine)
    sick, well = (
        engine.starts.start(definition.id, variables={"n": 1}),
        engine.starts.start(definition.id, variables={"n": 1}),
    )
    state = keys.name_state(sick.id)
    apply_ops(engine.store.backend, state, [["HSET", state, "v0/n", b"\x01rubbish"]])
    other = engines()

    with pytest.raises(EngineBug, match="checksum"):
        other.mailbox.submit(sick.id, SetVariables(set={"m": 1}))
    other.mailbox.submit(well.id, SetVariables(set={"m": 1}))

    (incident,) = other.incidents.find(IncidentQuery())
    assert (incident.instance_id, incident.kind) == (sick.id, "damaged")


def test_a_damaged_header_stops_nobody_else(engine: Engine, engines: Callable[..., Engine]) -> None:
    definition = deploy(engine)
    sick, well = engine.starts.start(definition.id), engine.starts.start(definition.id)
    state = keys.name_state(sick.id)
    apply_ops(engine.store.backend, state, [["HSET", state, "h", b"\x09"]])
    other = engines()

    with pytest.raises(EngineBug, match="Damaged"):
        other.mailbox.submit(sick.id, SetVariables(set={"m": 1}))
    other.mailbox.submit(well.id, SetVariables(set={"m": 1}))


def test_a_damaged_command_blocks_nobody_behind_it(engine: Engine) -> None:
    header = engine.starts.start(deploy(engine).id)
    mailbox = keys.name_mailbox(header.id)
    apply_ops(engine.store.backend, mailbox, [["RPUSH", mailbox, b"\x01rubbish"]])

    engine.mailbox.submit(header.id, SetVariables(set={"n": 1}))

    assert engine.instance_reader.get_variables(header.id) == {"n": 1}
    (incident,) = engine.incidents.find(IncidentQuery())
    assert (incident.instance_id, incident.kind) == (header.id, "damaged")
    assert "mailbox" in incident.message
    assert engine.store.lists.count_waiting_commands(header.id) == 0
