"""A start that is refused leaves nothing, and any instance can be deleted, whatever is missing of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from baton.model.commands import CancelInstance, StartInstance
from baton.model.errors import BadRequest, NotFound
from baton.model.records import InstanceState
from baton.service import Engine, IncidentQuery, InstanceQuery, JobQuery
from baton.store import keys
from baton.store.operations import apply_ops
from tests.service.conftest import Clock
from tests.service.processes import MESSAGE, bpmn, deploy, external, fetch, line, receive, timer

BY_MESSAGE = bpmn(
    '<startEvent id="s"><messageEventDefinition messageRef="m1"/></startEvent><endEvent id="e"/>'
    '<sequenceFlow id="f" sourceRef="s" targetRef="e"/>',
    extra=MESSAGE,
)


def is_empty(engine: Engine) -> bool:
    return engine.instances.find(InstanceQuery(include_ended=True)) == []


@pytest.mark.parametrize("unique", [False, True])
def test_a_refused_start_leaves_no_instance(engine: Engine, unique: bool) -> None:
    definition = deploy(engine, BY_MESSAGE)

    with pytest.raises(BadRequest, match="none start event"):
        engine.starts.start(definition.id, business_key="k", unique_business_key=unique)
    with pytest.raises(BadRequest, match="nowhere"):
        engine.starts.start(definition.id, business_key="k", unique_business_key=unique, before=("nowhere",))

    assert is_empty(engine)


def test_a_refused_start_is_refused_again_under_the_same_command_id(engine: Engine) -> None:
    definition = deploy(engine, BY_MESSAGE)
    for _ in range(2):
        with pytest.raises(BadRequest, match="none start event"):
            engine.starts.start(definition.id, command_id="once")

    assert is_empty(engine)


def test_a_refused_start_that_came_through_the_mailbox_leaves_no_instance(engine: Engine) -> None:
    definition = deploy(engine, BY_MESSAGE)
    instance_id = engine.mailbox._ids.make_instance_id(None, None)
    queued = engine.mailbox._make_queued(StartInstance(definition_id=definition.id), "once")

    done = engine.mailbox._deliver(instance_id, queued, create=True)

    assert done.answer.error == "BadRequest"
    assert is_empty(engine)
    with pytest.raises(NotFound):
        engine.mailbox.submit(instance_id, CancelInstance())


def test_cancelling_before_the_start_has_run_leaves_no_instance(engine: Engine, clock: Clock) -> None:
    instance_id = engine.mailbox._ids.make_instance_id(None, None)
    queued = engine.mailbox._make_queued(CancelInstance(), None)

    done = engine.mailbox._deliver(instance_id, queued, create=True)

    assert done.answer.error is not None
    assert is_empty(engine)


@pytest.mark.parametrize("missing", ["root token", "definition"])
def test_an_instance_can_be_deleted_whatever_is_missing(
    engines: Callable[..., Engine], clock: Clock, missing: str
) -> None:
    first = engines()
    definition = deploy(first, bpmn(line(timer("w", "PT1H"), external("t"))))
    header = first.starts.start(definition.id, business_key="k")
    if missing == "root token":
        apply_ops(first.store.backend, keys.name_state(header.id), [["HDEL", keys.name_state(header.id), "t0"]])
    else:
        deployment = first.deployments.get(definition.deployment_id)
        first.deployments.remove(deployment, [definition], whole=True)
    engine = engines()

    engine.mailbox.submit(header.id, CancelInstance(reason="broken"))

    after = engine.instances.get(header.id)
    assert (after.state, after.reason, after.incidents) == (InstanceState.CANCELLED, "broken", 0)
    assert engine.jobs.find(JobQuery()) == engine.incidents.find(IncidentQuery()) == fetch(engine) == []
    engine.administration.delete_history(header.id)
    assert is_empty(engine)


PEOPLE = 'camunda:assignee="ann" camunda:candidateUsers="bob,cid" camunda:candidateGroups="sales,night"'
HOLDING = bpmn(
    '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="g"/><parallelGateway id="g"/>'
    + "".join(f'<sequenceFlow id="f{node}" sourceRef="g" targetRef="{node}"/>' for node in "tuwmb")
    + external("t")
    + f'<userTask id="u" {PEOPLE}/>'
    + timer("w", "PT1H")
    + receive("m")
    + '<scriptTask id="b" scriptFormat="python"><script>raise ValueError("broken")</script></scriptTask>',
    extra='<message id="m1" name="Paid"><extensionElements>'
    '<subscription xmlns="http://camunda.org/schema/zeebe/1.0" correlationKey="=order"/></extensionElements></message>',
)
"""Holds open one record of each kind, in every index that there is."""


def start_holding(engine: Engine) -> str:
    variables = {"order": "A-1"}
    definition = deploy(engine, HOLDING)
    return engine.starts.start(definition.id, business_key="k", unique_business_key=True, variables=variables).id


def list_traces(engine: Engine, instance_id: str) -> list[str]:
    """The keys of the store that name the instance, or hold a member or an entry that does.

    But the answers of its commands, which expire, and the stream of all turns, which is trimmed.
    """
    read = {b"zset": ("ZRANGE", 0, -1), b"hash": ("HGETALL",), b"list": ("LRANGE", 0, -1), b"string": ("GET",)}
    found: list[str] = []
    for key in (key.decode() for key in engine.store.backend.read([("KEYS", "*")])[0]):
        (kind,) = engine.store.backend.read([("TYPE", key)])
        if ":a:" in key or kind not in read:
            continue
        name, *more = read[kind]
        if instance_id in key or instance_id.encode() in repr(engine.store.backend.read([(name, key, *more)])).encode():
            found.append(key)
    return found


def test_an_instance_that_is_cancelled_and_deleted_leaves_nothing(engine: Engine) -> None:
    instance_id = start_holding(engine)
    assert len(list_traces(engine, instance_id)) > 15

    engine.mailbox.submit(instance_id, CancelInstance())
    engine.administration.delete_history(instance_id)

    assert list_traces(engine, instance_id) == []


@pytest.mark.parametrize("letter", ["x", "u", "j", "m", "i"])
def test_an_instance_with_a_damaged_record_leaves_nothing_either(
    engine: Engine, engines: Callable[..., Engine], letter: str
) -> None:
    instance_id = start_holding(engine)
    fields = [name for name in engine.store.lists.read_fields(instance_id) if name[0] == letter and name[1:].isdigit()]
    assert fields
    state = keys.name_state(instance_id)
    apply_ops(engine.store.backend, state, [["HSET", state, field, b"\x01rubbish"] for field in fields])
    other = engines()

    other.mailbox.submit(instance_id, CancelInstance())
    other.administration.delete_history(instance_id)

    assert list_traces(other, instance_id) == []


@pytest.mark.parametrize("how", ["delete", "deployment"])
def test_what_is_left_of_an_instance_whose_state_is_gone_can_be_deleted(engine: Engine, how: str) -> None:
    instance_id = start_holding(engine)
    state = keys.name_state(instance_id)
    apply_ops(engine.store.backend, state, [["DEL", state]])
    assert len(list_traces(engine, instance_id)) > 15

    if how == "delete":
        assert engine.administration.remove_traces(instance_id)
    else:
        engine.administration.delete_deployment(engine.definitions.get_latest("p").deployment_id, cascade=True)

    assert list_traces(engine, instance_id) == []
    assert not engine.administration.remove_traces(instance_id)
    assert engine.instances.count(InstanceQuery()) == 0


def test_an_instance_with_a_state_has_no_traces_to_delete(engine: Engine) -> None:
    header = engine.starts.start(deploy(engine, HOLDING).id)
    assert not engine.administration.remove_traces(header.id)
    assert engine.instances.get(header.id) == header
