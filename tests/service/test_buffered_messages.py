"""Messages that wait for their receivers: they cost little while they wait, and hold nobody up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from baton.model.commands import Answer, ResumeInstance, SuspendInstance
from baton.model.errors import BadRequest
from baton.model.records import InstanceState
from baton.model.turn_result import Outgoing
from baton.service import Engine, MessageQuery
from baton.service.messaging.deliveries import Deliveries, Delivery, DeliveryRecord
from tests.service.conftest import Clock
from tests.service.processes import MESSAGE, bpmn, deploy, external, fetch, line, receive

EARLY = 200
HOUR = 3_600_000
WAITS = bpmn(line(receive("r")), extra=MESSAGE)


def keep(engine: Engine, number: int) -> None:
    query = MessageQuery(name="Paid", business_key=f"k{number}", message_id=f"m{number}", ttl_ms=HOUR)
    assert engine.messages.correlate(query) == []


def state(engine: Engine, instance_id: str) -> InstanceState:
    return engine.instances.get(instance_id).state


def kept_message() -> Outgoing:
    return Outgoing(id="m1", kind="message", name="Paid", sender="", element="", business_key="k1")


def nobody_answers(instance_id: str, command_id: str) -> Answer | None:
    del instance_id, command_id
    return None


@pytest.fixture
def calls(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The round trips to the store, one entry each."""
    found: list[str] = []
    inside: list[str] = []
    backend = engine.store.backend

    def counted(name: str) -> Callable[..., Any]:
        before = getattr(backend, name)

        def call(what: Any, *rest: Any) -> Any:
            if not inside:
                found.append(what if isinstance(what, str) else name)
            inside.append(name)
            try:
                return before(what, *rest)
            finally:
                inside.pop()

        return call

    for name in ("run", "run_each", "read"):
        monkeypatch.setattr(backend, name, counted(name))
    return found


def test_messages_without_receivers_are_put_off_together(engine: Engine, clock: Clock, calls: list[str]) -> None:
    deploy(engine, WAITS)
    for number in range(EARLY):
        keep(engine, number)
    clock.forward(1_000)
    calls.clear()

    assert engine.outbox.dispatch() == EARLY

    assert sum(1 for call in calls if call != "read") <= 2, calls
    assert engine.store.outbox.count_waiting() == EARLY


def test_who_begins_to_wait_for_a_kept_message_gets_it_at_once(engine: Engine) -> None:
    definition = deploy(engine, WAITS)
    for number in range(3):
        keep(engine, number)
    engine.outbox.dispatch()

    receiver = engine.starts.start(definition.id, business_key="k1")
    engine.outbox.dispatch()

    assert state(engine, receiver.id) is InstanceState.COMPLETED
    assert engine.store.outbox.count_waiting() == 2


def test_who_begins_to_wait_later_in_its_life_gets_it_at_once_too(engine: Engine) -> None:
    definition = deploy(engine, bpmn(line(external("t"), receive("r")), extra=MESSAGE))
    receiver = engine.starts.start(definition.id, business_key="k1")
    keep(engine, 1)
    engine.outbox.dispatch()

    (locked,) = fetch(engine)
    engine.external_tasks.complete(locked.task.id, "w")
    engine.outbox.dispatch()

    assert state(engine, receiver.id) is InstanceState.COMPLETED


def test_a_message_for_any_instance_is_taken_at_once_by_one_that_waits(engine: Engine) -> None:
    definition = deploy(engine, WAITS)
    engine.messages.correlate(MessageQuery(name="Paid", message_id="m", ttl_ms=HOUR))
    engine.outbox.dispatch()

    receiver = engine.starts.start(definition.id, business_key="K")
    engine.outbox.dispatch()

    assert state(engine, receiver.id) is InstanceState.COMPLETED


def test_another_process_that_knows_of_no_kept_message_looks_again_within_a_second(
    engines: Callable[..., Engine], clock: Clock
) -> None:
    keeper = engines()
    starter = engines()
    definition = deploy(keeper, WAITS)
    starter.starts.start(definition.id, business_key="k0")
    keep(keeper, 1)
    clock.forward(1_000)
    keeper.outbox.dispatch()

    receiver = starter.starts.start(definition.id, business_key="k1")
    keeper.outbox.dispatch()

    assert state(keeper, receiver.id) is InstanceState.COMPLETED


def test_messages_whose_receivers_come_together_share_their_round_trips(engine: Engine, calls: list[str]) -> None:
    definition = deploy(engine, WAITS)
    for number in range(20):
        keep(engine, number)
    engine.outbox.dispatch()
    receivers = [engine.starts.start(definition.id, business_key=f"k{number}").id for number in range(20)]
    calls.clear()

    engine.outbox.dispatch()

    assert len(calls) <= 12, calls
    assert {state(engine, receiver) for receiver in receivers} == {InstanceState.COMPLETED}
    assert engine.store.outbox.count_waiting() == 0


def test_of_two_messages_for_one_receiver_it_gets_the_older_and_the_next_gets_the_other(
    engine: Engine, clock: Clock
) -> None:
    definition = deploy(engine, WAITS)
    for id_ in ("z", "a"):
        query = MessageQuery(name="Paid", business_key="K", message_id=id_, ttl_ms=HOUR, variables={"id": id_})
        engine.messages.correlate(query)
        clock.forward(10)
    engine.outbox.dispatch()

    first = engine.starts.start(definition.id, business_key="K")
    engine.outbox.dispatch()
    second = engine.starts.start(definition.id, business_key="K")
    engine.outbox.dispatch()

    assert engine.instance_reader.get_variables(first.id) == {"id": "z"}
    assert engine.instance_reader.get_variables(second.id) == {"id": "a"}
    assert engine.store.outbox.count_waiting() == 0


@pytest.mark.parametrize("wanted", [{"order": 7}, {"order": 7, "open": True}, {"order": 7.0}, {"items": ["a"]}])
def test_a_kept_message_finds_its_receiver_by_variables_too(engine: Engine, wanted: dict[str, Any]) -> None:
    definition = deploy(engine, WAITS)
    engine.messages.correlate(MessageQuery(name="Paid", message_id="m", ttl_ms=HOUR, correlation_keys=wanted))
    engine.outbox.dispatch()

    unlike: list[dict[str, Any]] = [{}, {"order": 8, "open": True}, {"order": True, "open": True}, {"items": ["b"]}]
    others = [engine.starts.start(definition.id, variables=variables) for variables in unlike]
    receiver = engine.starts.start(definition.id, variables={"order": 7, "open": True, "items": ["a"]})
    engine.outbox.dispatch()

    assert state(engine, receiver.id) is InstanceState.COMPLETED
    assert {state(engine, other.id) for other in others} == {InstanceState.ACTIVE}


def test_a_kept_message_with_a_business_key_and_variables_needs_both(engine: Engine) -> None:
    definition = deploy(engine, WAITS)
    query = MessageQuery(name="Paid", business_key="K", message_id="m", ttl_ms=HOUR, correlation_keys={"order": 7})
    engine.messages.correlate(query)
    engine.outbox.dispatch()

    others = [
        engine.starts.start(definition.id, business_key=key, variables={"order": n}) for key, n in (("K", 8), ("L", 7))
    ]
    receiver = engine.starts.start(definition.id, business_key="K", variables={"order": 7})
    engine.outbox.dispatch()

    assert state(engine, receiver.id) is InstanceState.COMPLETED
    assert {state(engine, other.id) for other in others} == {InstanceState.ACTIVE}


def test_a_message_that_may_be_kept_says_nothing_that_would_be_forgotten(engine: Engine) -> None:
    query = MessageQuery(name="Paid", process_instance_id="x", all=True, ttl_ms=HOUR)

    with pytest.raises(BadRequest, match="without processInstanceId, all, as"):
        engine.messages.correlate(query)


def test_a_message_for_a_suspended_instance_arrives_when_it_is_active_again(engine: Engine, clock: Clock) -> None:
    receiver = engine.starts.start(deploy(engine, WAITS).id, business_key="k1")
    engine.mailbox.submit(receiver.id, SuspendInstance())
    engine.store.outbox.buffer(  # it was kept before its receiver was suspended
        kept_message(), now=engine.clock.now(), ttl_ms=HOUR, correlation_keys={}
    )
    for _ in range(3):
        engine.outbox.dispatch()
        clock.forward(60_000)
    assert engine.store.outbox.count_waiting() == 1

    engine.mailbox.submit(receiver.id, ResumeInstance())
    engine.outbox.dispatch()

    assert state(engine, receiver.id) is InstanceState.COMPLETED
    assert engine.store.outbox.count_waiting() == 0


def test_a_message_that_somebody_begins_to_wait_for_during_the_look_at_it_is_not_put_off(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    definition = deploy(engine, WAITS)
    keep(engine, 1)
    put_off, began = engine.store.outbox.reschedule, list[str]()

    def meanwhile(*args: Any) -> None:
        began.append(engine.starts.start(definition.id, business_key="k1").id)
        put_off(*args)

    monkeypatch.setattr(engine.store.outbox, "reschedule", meanwhile)
    engine.outbox.dispatch()
    monkeypatch.undo()

    engine.outbox.dispatch()

    assert [state(engine, item) for item in began] == [InstanceState.COMPLETED]


def test_of_two_that_aim_a_message_at_different_receivers_only_the_first_does(engine: Engine) -> None:
    definition = deploy(engine, WAITS)
    receivers = [engine.starts.start(definition.id).id for _ in range(2)]
    aims = [Delivery("m", receiver, f"{receiver}.1", DeliveryRecord()) for receiver in receivers]
    book = Deliveries(engine.store, nobody_answers, HOUR)

    assert book.record(aims[:1])
    assert not book.record(aims[1:])
    assert not book.record([Delivery("n", receivers[0], f"{receivers[0]}.1"), aims[1]])

    assert book.read_record("m").reached is None
    assert book.find_recorded(["m", "n"]) == {"m"}


def test_of_many_that_wait_only_those_with_a_receiver_are_delivered(engine: Engine, clock: Clock) -> None:
    definition = deploy(engine, WAITS)
    for number in range(EARLY):
        keep(engine, number)
    engine.outbox.dispatch()
    served = [engine.starts.start(definition.id, business_key=f"k{number}").id for number in (3, 77)]
    unserved = engine.starts.start(definition.id, business_key="nobody writes").id
    clock.forward(10_000)

    engine.outbox.dispatch()

    assert [engine.instances.get(item).state for item in served] == [InstanceState.COMPLETED] * 2
    assert engine.instances.get(unserved).state is InstanceState.ACTIVE
    assert engine.store.outbox.count_waiting() == EARLY - 2


def test_a_message_whose_time_is_over_is_forgotten(engine: Engine, clock: Clock) -> None:
    definition = deploy(engine, WAITS)
    keep(engine, 1)
    engine.outbox.dispatch()
    clock.forward(HOUR + 60_000)

    engine.outbox.dispatch()

    assert engine.store.outbox.count_waiting() == 0
    assert engine.starts.start(definition.id, business_key="k1").state is InstanceState.ACTIVE
