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


HOLDING = bpmn(
    '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="g"/><parallelGateway id="g"/>'
    + "".join(f'<sequenceFlow id="f{node}" sourceRef="g" targetRef="{node}"/>' for node in "tuwm")
    + external("t")
    + '<userTask id="u"/>'
    + timer("w", "PT1H")
    + receive("m"),
    extra=MESSAGE,
)


def list_traces(engine: Engine, instance_id: str) -> list[str]:
    """The keys of the store that still name the instance."""
    found: list[str] = []
    for key in engine.store.backend.read([("KEYS", "*")])[0]:
        (kind,) = engine.store.backend.read([("TYPE", key.decode())])
        members = engine.store.backend.read([("ZRANGE", key.decode(), 0, -1)])[0] if kind == b"zset" else []
        if instance_id.encode() in key or any(instance_id.encode() in member for member in members):
            found.append(key.decode())
    return [key for key in found if ":a:" not in key]


@pytest.mark.parametrize("how", ["delete", "deployment"])
def test_what_is_left_of_an_instance_whose_state_is_gone_can_be_deleted(engine: Engine, how: str) -> None:
    definition = deploy(engine, HOLDING)
    header = engine.starts.start(definition.id, business_key="k")
    state = keys.name_state(header.id)
    apply_ops(engine.store.backend, state, [["DEL", state]])
    assert len(list_traces(engine, header.id)) > 5

    if how == "delete":
        assert engine.administration.remove_traces(header.id)
    else:
        engine.administration.delete_deployment(definition.deployment_id, cascade=True)

    assert list_traces(engine, header.id) == []
    assert not engine.administration.remove_traces(header.id)
    assert engine.instances.count(InstanceQuery()) == 0


def test_an_instance_with_a_state_has_no_traces_to_delete(engine: Engine) -> None:
    header = engine.starts.start(deploy(engine, HOLDING).id)
    assert not engine.administration.remove_traces(header.id)
    assert engine.instances.get(header.id) == header
