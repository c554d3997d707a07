"""What was declared of a variable goes wherever its value goes, and earlier releases read the value as before."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from baton.model.commands import CompleteExternalTask, Envelope
from baton.model.declared import TYPES, Declaration, declare, get_declaration
from baton.model.values import Value
from baton.service import Engine, MessageQuery
from baton.store import codec, keys
from baton.store.ports import Queued, Submission
from tests.service.conftest import Clock
from tests.service.processes import MESSAGE, bpmn, deploy, external, fetch, line, receive

LONG = Declaration(type="Long")
OBJECT = Declaration(type="Object", object_type="java.util.HashMap", format="application/json")
FIVE: Value = declare(5, LONG)
ORDER: Value = declare({"a": 1}, OBJECT)
BOTH = {"five": FIVE, "order": ORDER}


def types(values: dict[str, Value]) -> dict[str, Declaration | None]:
    return {name: get_declaration(value) for name, value in values.items()}


KEPT = {"five": LONG, "order": OBJECT}


def test_a_called_process_sees_them_and_gives_them_back(engine: Engine) -> None:
    deploy(engine, bpmn(line(external("inner")), "child"), "child")
    call = (
        '<callActivity id="c" calledElement="child"><extensionElements><camunda:in variables="all"/>'
        '<camunda:out source="five" target="back"/></extensionElements></callActivity>'
    )
    id_ = engine.starts.start(deploy(engine, bpmn(line(call, external("t", "after")))).id, variables=BOTH).id
    (inner,) = fetch(engine)
    assert types(inner.variables) == KEPT

    engine.external_tasks.complete(inner.task.id, "w")

    assert types(engine.instance_reader.get_variables(id_)) == {**KEPT, "back": LONG}


def test_a_message_brings_them(engine: Engine) -> None:
    id_ = engine.starts.start(deploy(engine, bpmn(line(receive("m"), external("t")), extra=MESSAGE)).id).id
    engine.messages.correlate(MessageQuery(name="Paid", variables=BOTH))
    assert types(engine.instance_reader.get_variables(id_)) == KEPT


def test_a_message_between_instances_brings_them(engine: Engine) -> None:
    waiting = bpmn(line(receive("m"), external("t")), "b", extra=MESSAGE)
    id_ = engine.starts.start(deploy(engine, waiting, "b").id).id
    throw = (
        '<intermediateThrowEvent id="x"><messageEventDefinition messageRef="m1"><extensionElements>'
        '<camunda:in variables="all"/></extensionElements></messageEventDefinition></intermediateThrowEvent>'
    )
    engine.starts.start(deploy(engine, bpmn(line(throw), "a", extra=MESSAGE), "a").id, variables=BOTH)
    while engine.outbox.dispatch():
        pass
    assert types(engine.instance_reader.get_variables(id_)) == KEPT


def test_a_handler_sees_them_as_its_activity_did(engines: Callable[..., Engine]) -> None:
    # Without instances in memory all of it is read from the store.
    engine = engines(cached_instances=0)
    inner = (
        '<subProcess id="sub"><extensionElements><camunda:inputOutput><camunda:inputParameter name="inner">${five}'
        '</camunda:inputParameter></camunda:inputOutput></extensionElements><startEvent id="is"/>'
        '<serviceTask id="do" camunda:type="external" camunda:topic="work"/>'
        '<endEvent id="ie"/><sequenceFlow id="i1" sourceRef="is" targetRef="do"/><sequenceFlow id="i2" '
        'sourceRef="do" targetRef="ie"/><boundaryEvent id="b" attachedToRef="do"><compensateEventDefinition/>'
        '</boundaryEvent><serviceTask id="undo" isForCompensation="true" camunda:type="external" '
        'camunda:topic="undo"/><association associationDirection="One" id="a" sourceRef="b" targetRef="undo"/>'
        "</subProcess>"
    )
    throw = '<intermediateThrowEvent id="x"><compensateEventDefinition activityRef="sub"/></intermediateThrowEvent>'
    engine.starts.start(deploy(engine, bpmn(line(inner, throw))).id, variables=BOTH)
    (work,) = fetch(engine)
    engine.external_tasks.complete(work.task.id, "w")

    (undo,) = fetch(engine, "undo")

    assert types(undo.variables) == {**KEPT, "inner": LONG}


def test_a_command_that_waits_brings_them_and_looks_as_before_to_earlier_releases(engine: Engine, clock: Clock) -> None:
    id_ = engine.starts.start(deploy(engine, bpmn(line(external("t"), external("u")))).id).id
    (work,) = fetch(engine)
    command = CompleteExternalTask(task_id=work.task.id, worker_id="w", variables=BOTH)
    envelope = Envelope(id="c", command=command, submitted_at=clock.now)
    engine.store.turns.submit(
        Submission(
            instance_id=id_,
            queued=Queued(envelope=envelope),
            now=clock.now,
            owner="o",
            lease_ms=1_000,
            create=False,
            take=False,
        )
    )

    (waiting,) = engine.store.backend.read([("LRANGE", keys.name_mailbox(id_), 0, -1)])[0]
    row = codec.decode(waiting)[-1]
    engine.mailbox.take_due(id_)

    assert row == [work.task.id, "w", {"five": 5, "order": {"a": 1}, TYPES: row[2][TYPES]}, {}]
    assert types(engine.instance_reader.get_variables(id_)) == KEPT


def test_a_value_that_an_earlier_release_has_changed_loses_its_type(engine: Engine, clock: Clock) -> None:
    id_ = engine.starts.start(deploy(engine).id, variables=BOTH).id
    # An earlier release writes the field of the value and leaves what lies beside it.
    state = engine.store.lists.read_fields(id_)
    assert codec.decode(state["v0/five"]) == 5
    changed = codec.encode(6)
    engine.store.backend.run("apply", [keys.name_state(id_)], [_set(keys.name_state(id_), "v0/five", changed)])

    found = engine.instance_reader.get_variables(id_)

    assert found == {"five": 6, "order": {"a": 1}}
    assert types(found) == {"five": None, "order": OBJECT}


def _set(key: str, field: str, blob: bytes) -> bytes:
    return codec.pack({"expect": [], "ops": [["HSET", key, field, blob]]}, for_script=True)


@pytest.mark.parametrize("nonsense", [5, "x", {"five": 1}, {"five": [1, 2, 3]}])
def test_an_entry_of_that_name_that_says_nothing_is_passed_over(engine: Engine, nonsense: Value) -> None:
    values: dict[str, Value] = {"five": 5, TYPES: nonsense}
    id_ = engine.starts.start(deploy(engine, bpmn(line(external("t"), external("u")))).id).id
    (work,) = fetch(engine)
    engine.external_tasks.complete(work.task.id, "w", values)
    assert engine.instance_reader.get_variables(id_)["five"] == 5
