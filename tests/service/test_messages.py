from __future__ import annotations

from typing import Any

import pytest

from baton.model.commands import CancelInstance, DeliverMessage
from baton.model.errors import MismatchingMessage, NotFound
from baton.model.records import InstanceState
from baton.service import Engine, InstanceQuery, MessageQuery
from baton.service.messaging.deliveries import DeliveryRecord
from baton.store.ports import Unconfirmed
from tests.service.conftest import Clock
from tests.service.processes import MESSAGE, SIGNAL, bpmn, deploy, external, fetch, line, receive

WAITS = bpmn(line(receive("wait")), extra=MESSAGE)


def state(engine: Engine, instance_id: str) -> InstanceState:
    return engine.instances.get(instance_id).state


def test_a_message_reaches_the_instance_with_its_business_key(engine: Engine) -> None:
    definition = deploy(engine, WAITS)
    a, b = (engine.starts.start(definition.id, business_key=key) for key in "AB")

    (found,) = engine.messages.correlate(MessageQuery(name="Paid", business_key="B", variables={"sum": 3}))

    assert (found.header.id, state(engine, a.id), state(engine, b.id)) == (
        b.id,
        InstanceState.ACTIVE,
        InstanceState.COMPLETED,
    )
    assert engine.instance_reader.get_variables(b.id) == {"sum": 3}


def test_a_message_is_correlated_by_variables_of_the_receiver(engine: Engine) -> None:
    definition = deploy(engine, WAITS)
    a, b = (engine.starts.start(definition.id, variables={"order": n}) for n in (1, 2))

    engine.messages.correlate(MessageQuery(name="Paid", correlation_keys={"order": 2}))

    assert (state(engine, a.id), state(engine, b.id)) == (InstanceState.ACTIVE, InstanceState.COMPLETED)


def test_a_message_must_fit_exactly_one(engine: Engine) -> None:
    definition = deploy(engine, WAITS)
    with pytest.raises(MismatchingMessage, match="No process definition or execution matches"):
        engine.messages.correlate(MessageQuery(name="Paid"))
    a, b = (engine.starts.start(definition.id) for _ in range(2))

    with pytest.raises(MismatchingMessage, match="2 executions match"):
        engine.messages.correlate(MessageQuery(name="Paid"))

    assert len(engine.messages.correlate(MessageQuery(name="Paid", all=True))) == 2
    assert {state(engine, a.id), state(engine, b.id)} == {InstanceState.COMPLETED}


def test_a_message_with_an_id_has_one_effect(engine: Engine) -> None:
    definition = deploy(engine, WAITS)
    first = engine.starts.start(definition.id)
    engine.messages.correlate(MessageQuery(name="Paid", message_id="x1"))
    second = engine.starts.start(definition.id)

    (again,) = engine.messages.correlate(MessageQuery(name="Paid", message_id="x1"))

    assert again.header.id == first.id
    assert state(engine, second.id) is InstanceState.ACTIVE


def correlate_and_die(engine: Engine, query: MessageQuery, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies when it has recorded who gets the message."""

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(engine.mailbox, "deliver", dies)
    with pytest.raises(KeyboardInterrupt):
        engine.messages.correlate(query)
    monkeypatch.undo()


def test_a_message_that_was_not_delivered_when_its_process_died_goes_to_whom_it_was_for(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    definition = deploy(engine, WAITS)
    query = MessageQuery(name="Paid", business_key="K", message_id="x1")
    first = engine.starts.start(definition.id, business_key="K")
    correlate_and_die(engine, query, monkeypatch)
    second = engine.starts.start(definition.id, business_key="K")

    (reached,) = engine.messages.correlate(query)

    assert reached.header.id == first.id
    assert (state(engine, first.id), state(engine, second.id)) == (InstanceState.COMPLETED, InstanceState.ACTIVE)


def test_a_message_that_arrives_just_when_it_is_repeated_has_reached_its_receiver(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = engine.starts.start(deploy(engine, WAITS).id)
    query = MessageQuery(name="Paid", message_id="x1")
    correlate_and_die(engine, query, monkeypatch)
    (subscription,) = engine.instance_reader.list_subscriptions(instance.id)
    read_record = engine.messages.deliveries.read_record

    def read_before_the_turn(message_id: str) -> DeliveryRecord:
        record = read_record(message_id)
        command = DeliverMessage(subscription_id=subscription.id)
        engine.mailbox.deliver(instance.id, command, command_id=record.make_command_id(message_id))
        return record

    monkeypatch.setattr(engine.messages.deliveries, "read_record", read_before_the_turn)
    (reached,) = engine.messages.correlate(query)

    assert reached.header.id == instance.id
    assert state(engine, instance.id) is InstanceState.COMPLETED


def test_a_message_that_two_processes_are_told_at_once_has_reached_its_receiver_for_both(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = engine.starts.start(deploy(engine, WAITS).id)
    query = MessageQuery(name="Paid", message_id="x1")
    find_waiting = engine.store.lists.find_waiting

    def find_after_the_other(*asked: Any, **more: Any) -> Any:
        monkeypatch.undo()
        engine.messages.correlate(query)
        return find_waiting(*asked, **more)

    monkeypatch.setattr(engine.store.lists, "find_waiting", find_after_the_other)
    (reached,) = engine.messages.correlate(query)

    assert reached.header.id == instance.id


def test_a_message_whose_receiver_was_deleted_after_its_process_died_reaches_another(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    definition = deploy(engine, WAITS)
    query = MessageQuery(name="Paid", message_id="x1")
    first = engine.starts.start(definition.id)
    correlate_and_die(engine, query, monkeypatch)
    engine.mailbox.submit(first.id, CancelInstance())
    second = engine.starts.start(definition.id)

    (reached,) = engine.messages.correlate(query)

    assert reached.header.id == second.id


def test_a_message_with_an_id_for_all_reaches_each_place_that_waits_in_an_instance_once(engine: Engine) -> None:
    flows = (("s", "g"), ("g", "a"), ("g", "b"), ("a", "e"), ("b", "e"))
    body = '<startEvent id="s"/><parallelGateway id="g"/><endEvent id="e"/>' + "".join(
        f'<receiveTask id="{name}" messageRef="m1"/>' for name in "ab"
    )
    body += "".join(f'<sequenceFlow id="{a}{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in flows)
    instance = engine.starts.start(deploy(engine, bpmn(body, extra=MESSAGE)).id)
    query = MessageQuery(name="Paid", all=True, message_id="x1")

    found = engine.messages.correlate(query)

    assert [item.header.id for item in found] == [instance.id] * 2
    assert state(engine, instance.id) is InstanceState.COMPLETED
    later = engine.starts.start(instance.definition_id)
    engine.messages.correlate(query)
    assert state(engine, later.id) is InstanceState.ACTIVE


def test_a_message_starts_the_latest_version_once(engine: Engine) -> None:
    start = '<startEvent id="s"><messageEventDefinition messageRef="m1"/></startEvent>'
    xml = bpmn(line(external("t")).replace('<startEvent id="s"/>', start), extra=MESSAGE)
    deploy(engine, xml)
    latest = deploy(engine, xml.replace(b'topic="work"', b'topic="other"'))

    query = MessageQuery(name="Paid", business_key="K", message_id="m")
    (found,), (again,) = engine.messages.correlate(query), engine.messages.correlate(query)

    assert again.header.id == found.header.id
    assert (found.header.definition_id, found.header.business_key) == (latest.id, "K")
    assert engine.instances.count(InstanceQuery()) == 1


def test_a_signal_reaches_all_and_starts_what_waits_for_it(engine: Engine) -> None:
    catch = '<intermediateCatchEvent id="w"><signalEventDefinition signalRef="g1"/></intermediateCatchEvent>'
    start = '<startEvent id="s"><signalEventDefinition signalRef="g1"/></startEvent>'
    waiting = deploy(engine, bpmn(line(catch), extra=SIGNAL))
    begun = deploy(
        engine, bpmn(line(external("t")).replace('<startEvent id="s"/>', start), key="q", extra=SIGNAL), name="q"
    )
    a, b = (engine.starts.start(waiting.id) for _ in range(2))

    assert engine.messages.send_signal("Alarm", {"level": 3}) == 3

    assert {state(engine, a.id), state(engine, b.id)} == {InstanceState.COMPLETED}
    (started,) = engine.instances.find(InstanceQuery(definition_ids=(begun.id,)))
    assert engine.instance_reader.get_variables(started.id) == {"level": 3}


def test_a_message_thrown_by_one_instance_reaches_another_and_the_outside(engine: Engine) -> None:
    throw = '<intermediateThrowEvent id="throw"><messageEventDefinition messageRef="m1"/></intermediateThrowEvent>'
    receiver = engine.starts.start(deploy(engine, WAITS).id, business_key="K")
    other = engine.starts.start(deploy(engine, WAITS).id, business_key="L")
    sender = deploy(engine, bpmn(line(throw), key="sender", extra=MESSAGE), name="sender")

    engine.starts.start(sender.id, business_key="K")
    assert state(engine, receiver.id) is InstanceState.ACTIVE
    engine.outbox.dispatch()

    assert (state(engine, receiver.id), state(engine, other.id)) == (InstanceState.COMPLETED, InstanceState.ACTIVE)
    ((cursor, event),) = engine.outbox.list_published()
    assert (event["type"], event["subject"], event["specversion"]) == ("Paid", "K", "1.0")
    assert engine.outbox.list_published(cursor) == []
    assert engine.outbox.list_published("0", "Other") == []


def test_an_event_is_published_although_the_store_could_not_confirm_it_at_first(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    throw = '<intermediateThrowEvent id="throw"><messageEventDefinition messageRef="m1"/></intermediateThrowEvent>'
    sender = deploy(engine, bpmn(line(throw), key="sender", extra=MESSAGE), name="sender")
    engine.starts.start(sender.id, business_key="K")

    def lose(event: bytes) -> None:
        raise Unconfirmed(f"Expected 1 replicas to have {event!r}, but 0 have")

    monkeypatch.setattr(engine.store.outbox, "publish", lose)
    engine.outbox.dispatch()
    monkeypatch.undo()
    clock.forward(engine.settings.message_retry_ms + 1)
    engine.outbox.dispatch()

    assert [event["subject"] for _, event in engine.outbox.list_published()] == ["K"]


def send_and_die(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """An instance throws a message; the process that delivers it dies before it can say so."""
    throw = '<intermediateThrowEvent id="throw"><messageEventDefinition messageRef="m1"/></intermediateThrowEvent>'
    sender = deploy(engine, bpmn(line(throw), key="sender", extra=MESSAGE), name="sender")
    engine.starts.start(sender.id, business_key="K")

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(engine.store.outbox, "confirm", dies)
    with pytest.raises(KeyboardInterrupt):
        engine.outbox.dispatch()
    monkeypatch.undo()


def test_a_message_whose_sender_dies_behind_its_delivery_reaches_nobody_else(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    definition = deploy(engine, WAITS)
    first = engine.starts.start(definition.id, business_key="K")
    clock.forward(1)
    second = engine.starts.start(definition.id, business_key="K")
    send_and_die(engine, monkeypatch)
    clock.forward(60_000)
    engine.outbox.dispatch()

    assert (state(engine, first.id), state(engine, second.id)) == (InstanceState.COMPLETED, InstanceState.ACTIVE)
    assert engine.store.outbox.count_waiting() == 0


def test_a_message_that_began_an_instance_before_its_sender_died_reaches_nobody_else(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = '<startEvent id="s"><messageEventDefinition messageRef="m1"/></startEvent>'
    begun = bpmn(line(external("t")).replace('<startEvent id="s"/>', start), key="begun", extra=MESSAGE)
    definition = deploy(engine, begun, name="begun")
    send_and_die(engine, monkeypatch)
    late = engine.starts.start(deploy(engine, WAITS).id, business_key="K")
    clock.forward(60_000)
    engine.outbox.dispatch()

    assert engine.instances.count(InstanceQuery(definition_ids=(definition.id,))) == 1
    assert state(engine, late.id) is InstanceState.ACTIVE
    assert engine.store.outbox.count_waiting() == 0


def test_a_message_that_comes_before_its_receiver_waits_for_it(engine: Engine, clock: Clock) -> None:
    definition = deploy(engine, WAITS)
    query = MessageQuery(name="Paid", business_key="K", message_id="m1", ttl_ms=60_000, variables={"sum": 3})
    assert engine.messages.correlate(query) == []
    engine.outbox.dispatch()

    receiver = engine.starts.start(definition.id, business_key="K")
    clock.forward(1_000)
    engine.outbox.dispatch()
    second = engine.starts.start(definition.id, business_key="K")
    clock.forward(1_000)
    engine.outbox.dispatch()

    assert state(engine, receiver.id) is InstanceState.COMPLETED
    assert engine.instance_reader.get_variables(receiver.id) == {"sum": 3}
    assert state(engine, second.id) is InstanceState.ACTIVE


def test_a_message_whose_time_is_over_reaches_nobody(engine: Engine, clock: Clock) -> None:
    definition = deploy(engine, WAITS)
    engine.messages.correlate(MessageQuery(name="Paid", business_key="K", ttl_ms=5_000))
    for _ in range(6):
        engine.outbox.dispatch()
        clock.forward(1_000)

    late = engine.starts.start(definition.id, business_key="K")
    clock.forward(10_000)
    engine.outbox.dispatch()

    assert state(engine, late.id) is InstanceState.ACTIVE
    assert engine.store.outbox.count_waiting() == 0


def test_a_repeated_completion_answers_as_the_first_did_but_to_nobody_else(engine: Engine) -> None:
    engine.starts.start(deploy(engine).id)
    (locked,) = fetch(engine)
    for _ in range(2):
        engine.external_tasks.complete(locked.task.id, "w")

    with pytest.raises(NotFound):
        engine.external_tasks.complete(locked.task.id, "another")


def test_a_receive_task_that_instantiates_is_started_by_its_message(engine: Engine) -> None:
    body = (
        '<receiveTask id="r" messageRef="m1" instantiate="true"/>' + external("t") + '<endEvent id="e"/>'
        '<sequenceFlow id="a" sourceRef="r" targetRef="t"/><sequenceFlow id="b" sourceRef="t" targetRef="e"/>'
    )
    deploy(engine, bpmn(body, extra=MESSAGE))

    (found,) = engine.messages.correlate(MessageQuery(name="Paid", variables={"n": 1}))

    assert found.header.tokens == (("t", 1),)
