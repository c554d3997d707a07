"""A definition disappears only when nothing can run of it any more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from baton.model.commands import CancelInstance
from baton.model.errors import Conflict, NotFound
from baton.service import Engine, InstanceQuery, Resource
from tests.service.decisions import DISCOUNT
from tests.service.processes import MESSAGE, SIGNAL, bpmn, deploy, external, fetch, line

CALLED = bpmn(line(external("t")), key="called")
CALLER = bpmn(line('<callActivity id="call" calledElement="called"/>'), key="caller")
RULE = '<businessRuleTask id="rule" camunda:decisionRef="discount" camunda:resultVariable="r"/>'
BY_SIGNAL = bpmn(
    '<startEvent id="s"><signalEventDefinition signalRef="g1"/></startEvent>'
    + external("t")
    + '<endEvent id="e"/><sequenceFlow id="f1" sourceRef="s" targetRef="t"/>'
    '<sequenceFlow id="f2" sourceRef="t" targetRef="e"/>',
    key="by-signal",
    extra=SIGNAL,
)


def end(engine: Engine, instance_id: str) -> None:
    engine.mailbox.submit(instance_id, CancelInstance())


def test_a_called_process_is_not_deleted_under_its_callers(engine: Engine) -> None:
    called, caller = deploy(engine, CALLED, "called"), deploy(engine, CALLER, "caller")
    header = engine.starts.start(caller.id)

    with pytest.raises(Conflict, match=f"in 'called' by a call, but found {header.id}"):
        engine.administration.delete_deployment(called.deployment_id)
    assert [task.task.instance_id for task in fetch(engine)] == [header.id]
    engine.mailbox.submit(header.id, CancelInstance())
    engine.administration.delete_deployment(called.deployment_id)
    with pytest.raises(NotFound):
        engine.definitions.get(called.id)


def test_with_cascade_the_callers_are_cancelled(engine: Engine) -> None:
    called, caller = deploy(engine, CALLED, "called"), deploy(engine, CALLER, "caller")
    header = engine.starts.start(caller.id)
    engine.administration.delete_deployment(called.deployment_id, cascade=True)

    assert engine.instances.get(header.id).state.value == "cancelled"


def test_a_process_that_was_called_and_is_through_can_be_deleted(engine: Engine) -> None:
    caller = bpmn(line('<callActivity id="call" calledElement="called"/>', external("after", "after")), key="caller")
    called, calling = deploy(engine, CALLED, "called"), deploy(engine, caller, "caller")
    engine.starts.start(calling.id)
    (task,) = fetch(engine)
    engine.external_tasks.complete(task.task.id, "w")
    engine.administration.delete_deployment(called.deployment_id)

    assert len(fetch(engine, "after")) == 1


def test_a_refused_deletion_changes_nothing(engine: Engine) -> None:
    definition = deploy(engine)
    engine.starts.start(definition.id)
    with pytest.raises(Conflict):
        engine.administration.delete_definition(definition.id)

    assert engine.starts.start(definition.id).id


def test_a_decision_is_not_deleted_under_those_who_may_ask_for_it(engine: Engine) -> None:
    decision = engine.deployments.deploy("rules", [Resource("discount.dmn", DISCOUNT)])
    process = deploy(engine, bpmn(line(external("t"), RULE)))
    header = engine.starts.start(process.id, variables={"total": 100})

    with pytest.raises(Conflict, match=f"may ask for decision 'discount', but found some of '{process.id}'"):
        engine.administration.delete_deployment(decision.deployment.id)
    engine.mailbox.submit(header.id, CancelInstance())
    engine.administration.delete_deployment(decision.deployment.id)


def test_a_start_that_was_decided_before_its_definition_went_leaves_nothing(
    engines: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other process has found the definition, and commits when it is gone."""
    one, other = engines(), engines()
    definition = deploy(one, BY_SIGNAL, "by-signal")
    end(other, other.starts.start(definition.id, start_element="s").id)
    commit = other.mailbox.start

    def commit_late(*arguments: Any, **more: Any) -> Any:
        one.administration.delete_deployment(definition.deployment_id, cascade=True)
        return commit(*arguments, **more)

    monkeypatch.setattr(other.mailbox, "start", commit_late)
    with pytest.raises(NotFound, match="being deleted"):
        other.starts.start(definition.id, start_element="s")

    assert one.instances.find(InstanceQuery()) == []
    assert one.store.lists.list_unfinished(definition.id) == []
    assert one.store.lists.list_ended(definition.id) == []


def test_a_signal_that_meets_a_deletion_starts_nothing_and_reaches_the_others(
    engines: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = engines(), engines()
    going = deploy(one, BY_SIGNAL, "by-signal")
    deploy(one, BY_SIGNAL.replace(b'"by-signal"', b'"staying"'), "staying")
    end(other, other.starts.start(going.id, start_element="s").id)
    commit = other.mailbox.start

    def commit_late(*arguments: Any, **more: Any) -> Any:
        if one.definitions.is_there(going.id):
            one.administration.delete_deployment(going.deployment_id, cascade=True)
        return commit(*arguments, **more)

    monkeypatch.setattr(other.mailbox, "start", commit_late)
    other.messages.send_signal("Alarm")

    assert [header.definition_key for header in one.instances.find(InstanceQuery())] == ["staying"]
    assert one.store.lists.list_unfinished(going.id) == []


def test_a_message_that_meets_a_deletion_starts_nothing(
    engines: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = engines(), engines()
    started = BY_SIGNAL.replace(
        b'<signalEventDefinition signalRef="g1"/>', b'<messageEventDefinition messageRef="m1"/>'
    )
    going = deploy(one, started.replace(SIGNAL.encode(), MESSAGE.encode()), "by-signal")
    thrower = bpmn(
        line('<intermediateThrowEvent id="t"><messageEventDefinition messageRef="m1"/></intermediateThrowEvent>'),
        "thrower",
        MESSAGE,
    )
    sender = other.starts.start(deploy(other, thrower, "thrower").id)
    commit = other.mailbox.start

    def commit_late(*arguments: Any, **more: Any) -> Any:
        if one.definitions.is_there(going.id):
            one.administration.delete_deployment(going.deployment_id, cascade=True)
        return commit(*arguments, **more)

    monkeypatch.setattr(other.mailbox, "start", commit_late)
    other.outbox.dispatch()

    assert not one.definitions.is_there(going.id)
    assert [header.id for header in one.instances.find(InstanceQuery(include_ended=True))] == [sender.id]
    assert one.store.lists.list_unfinished(going.id) == []
