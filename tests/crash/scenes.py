"""One scene for every kind of command and every other way to change something: how it is set up, and what is done.

``act`` is what a client repeats when he gets no answer; so its command id is always the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from baton.model.commands import (
    AnnotateIncident,
    CancelInstance,
    ChangeUserTask,
    Command,
    CompleteUserTask,
    FireJob,
    Instruction,
    MarkUndone,
    ModifyInstance,
    ResolveIncident,
    ResumeInstance,
    RetryUndo,
    Rollback,
    SetExternalTask,
    SetJob,
    SetVariables,
    SkipIncident,
    SkipUndo,
    StartAdHoc,
    SuspendInstance,
    ThrowTaskEscalation,
)
from baton.model.errors import Conflict, NotFound
from baton.service import DefinitionQuery, Engine, LockedTask, MessageQuery, Resource, TopicRequest
from tests.service.conftest import Clock
from tests.service.processes import MESSAGE, SIGNAL, bpmn, external, line, receive, timer

ID = "the-command"
HOUR = 3_600_000

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Stage:
    engine: Engine
    clock: Clock

    def deploy(self, body: str, key: str = "p", extra: str = "") -> str:
        return self.engine.deploy(key, [Resource(f"{key}.bpmn", bpmn(body, key, extra))]).definitions[0].id

    def start(self, definition: str) -> str:
        return self.engine.start(definition, business_key="K", variables={"n": 1}).id

    def begin(self, body: str, extra: str = "") -> str:
        return self.start(self.deploy(body, extra=extra))

    def fetch(self, *topics: str, worker: str = "w", lock_ms: int = 24 * HOUR) -> list[LockedTask]:
        wishes = [TopicRequest(name=topic, lock_ms=lock_ms) for topic in topics]
        return self.engine.fetch_and_lock(worker, 10, wishes)

    def work(self, topic: str) -> None:
        for one in self.fetch(topic):
            self.engine.complete_external_task(one.task.id, "w")

    def submit(self, instance: str, command: Command) -> Any:
        return self.engine.submit(instance, command, command_id=ID).value


@dataclass(frozen=True)
class Scene:
    """``act`` returns what the client sees, as plain data."""

    set_up: Callable[[Stage], Facts]
    act: Callable[[Stage, Facts], Any]


SCENES: dict[str, Scene] = {}


def scene(set_up: Callable[[Stage], Facts]) -> Callable[[Callable[[Stage, Facts], Any]], Callable[[Stage, Facts], Any]]:
    def add(act: Callable[[Stage, Facts], Any]) -> Callable[[Stage, Facts], Any]:
        SCENES[act.__name__] = Scene(set_up, act)
        return act

    return add


# -- what instances are set up


def nothing_but_a_definition(stage: Stage) -> Facts:
    return {"definition": stage.deploy(line(external("t")))}


def a_task(stage: Stage) -> Facts:
    instance = stage.begin(
        line('<serviceTask id="t" camunda:type="external" camunda:topic="work"><extensionElements>'
             "<camunda:failedJobRetryTimeCycle>R3/PT2H</camunda:failedJobRetryTimeCycle></extensionElements></serviceTask>",
             external("u", "next"))
    )  # fmt: skip
    (locked,) = stage.fetch("work")
    return {"instance": instance, "task": locked.task.id}


def a_task_out_of_retries(stage: Stage) -> Facts:
    facts = a_task(stage)
    stage.engine.fail_external_task(facts["task"], "w", error_message="no", retries=0)
    incident = stage.engine.snapshot(facts["instance"]).incidents[0]
    return {**facts, "incident": incident.id}


def a_task_with_an_error_boundary(stage: Stage) -> Facts:
    body = line(external("t"), external("u", "next")) + (
        '<boundaryEvent id="b" attachedToRef="t"><errorEventDefinition errorRef="e1"/></boundaryEvent>'
        '<sequenceFlow id="fb" sourceRef="b" targetRef="e2"/><endEvent id="e2"/>'
    )
    instance = stage.begin(body, '<error id="e1" errorCode="broken"/>')
    (locked,) = stage.fetch("work")
    return {"instance": instance, "task": locked.task.id}


def a_user_task(stage: Stage) -> Facts:
    body = line('<userTask id="t" camunda:candidateGroups="sales"/>', external("u", "next")) + (
        '<boundaryEvent id="b" cancelActivity="false" attachedToRef="t"><escalationEventDefinition escalationRef="e1"/>'
        '</boundaryEvent><sequenceFlow id="fb" sourceRef="b" targetRef="e2"/><endEvent id="e2"/>'
    )
    instance = stage.begin(body, '<escalation id="e1" escalationCode="help"/>')
    return {"instance": instance, "task": _open(stage, instance, "user_tasks")}


def a_receiver(stage: Stage) -> Facts:
    return {"instance": stage.begin(line(receive("r"), external("u", "next")), MESSAGE)}


def a_receiver_to_be(stage: Stage) -> Facts:
    return {"definition": stage.deploy(line(receive("r"), external("u", "next")), extra=MESSAGE)}


def receivers_to_be_and_one_for_something_else(stage: Stage) -> Facts:
    facts = a_receiver_to_be(stage)
    other = stage.start(facts["definition"])
    stage.engine.submit(other, SetVariables(set={"other": True}))
    return {**facts, "instance": other}


def two_that_wait_for_a_signal(stage: Stage) -> Facts:
    catch = '<intermediateCatchEvent id="c"><signalEventDefinition signalRef="g1"/></intermediateCatchEvent>'
    definition = stage.deploy(line(catch, external("u", "next")), extra=SIGNAL)
    return {"instance": stage.start(definition), "other": stage.start(definition)}


def a_timer(stage: Stage) -> Facts:
    instance = stage.begin(line(timer("w", "PT5H"), external("u", "next")))
    return {"instance": instance, "job": _open(stage, instance, "jobs")}


def a_cycle(stage: Stage) -> Facts:
    body = line(external("t"), external("u", "next")) + (
        '<boundaryEvent id="b" cancelActivity="false" attachedToRef="t"><timerEventDefinition>'
        '<timeCycle xsi:type="tFormalExpression">R3/PT5H</timeCycle></timerEventDefinition></boundaryEvent>'
        '<sequenceFlow id="fb" sourceRef="b" targetRef="e2"/><endEvent id="e2"/>'
    )
    return {"instance": stage.begin(body)}


def two_done_steps_that_can_be_undone(stage: Stage) -> Facts:
    instance = stage.begin(_undoable())
    stage.work("a")
    stage.work("b")
    return {"instance": instance}


def an_undo_that_failed(stage: Stage) -> Facts:
    facts = two_done_steps_that_can_be_undone(stage)
    stage.engine.submit(facts["instance"], CancelInstance(compensate=True))
    (locked,) = stage.fetch("undo-b")
    stage.engine.fail_external_task(locked.task.id, "w", error_message="no", retries=0)
    seq = next(e.seq for e in stage.engine.ledger(facts["instance"]) if e.element == "b")
    return {**facts, "seq": seq}


def an_ad_hoc(stage: Stage) -> Facts:
    inner = f"{external('a', 'a')}{external('b', 'b')}"
    instance = stage.begin(line(f'<adHocSubProcess id="h">{inner}</adHocSubProcess>', external("u", "next")))
    return {"instance": instance, "token": next(t.number for t in stage.engine.tokens(instance) if t.element == "h")}


def one_that_sends(stage: Stage) -> Facts:
    """A message to an instance that waits, in another partition or not, and a signal to the same."""
    stage.deploy(line(receive("r"), external("u", "next")), key="receiver", extra=MESSAGE)
    throw = (
        '<intermediateThrowEvent id="m"><messageEventDefinition messageRef="m1"/></intermediateThrowEvent>',
        '<intermediateThrowEvent id="g"><signalEventDefinition signalRef="g1"/></intermediateThrowEvent>',
    )
    sender = stage.deploy(line(*throw, external("t", "sent")), key="sender", extra=MESSAGE + SIGNAL)
    receiver = stage.start("receiver:1:" + _definition(stage, "receiver"))
    return {"instance": receiver, "sender": stage.start(sender)}


def an_ended_one(stage: Stage) -> Facts:
    instance = stage.begin(line(external("t")))
    stage.work("work")
    return {"instance": instance}


def a_start_message(stage: Stage) -> Facts:
    body = (
        '<startEvent id="s"><messageEventDefinition messageRef="m1"/></startEvent>'
        f'{external("t")}<endEvent id="e"/><sequenceFlow id="f0" sourceRef="s" targetRef="t"/>'
        '<sequenceFlow id="f1" sourceRef="t" targetRef="e"/>'
    )
    return {"definition": stage.deploy(body, extra=MESSAGE)}


def a_start_timer(stage: Stage) -> Facts:
    body = (
        '<startEvent id="s"><timerEventDefinition><timeCycle xsi:type="tFormalExpression">R2/PT5H</timeCycle>'
        f'</timerEventDefinition></startEvent>{external("t")}<endEvent id="e"/>'
        '<sequenceFlow id="f0" sourceRef="s" targetRef="t"/><sequenceFlow id="f1" sourceRef="t" targetRef="e"/>'
    )
    return {"definition": stage.deploy(body)}


def an_async_step(stage: Stage) -> Facts:
    """The engine owes itself the step behind the task."""
    later = '<serviceTask id="u" camunda:asyncBefore="true" camunda:type="external" camunda:topic="next"/>'
    instance = stage.begin(line(external("t"), later))
    (locked,) = stage.fetch("work")
    return {"instance": instance, "task": locked.task.id}


def empty(stage: Stage) -> Facts:
    return {}


# -- commands


@scene(nothing_but_a_definition)
def start_instance(stage: Stage, facts: Facts) -> Any:
    return stage.engine.start(facts["definition"], business_key="K", variables={"n": 1}, command_id=ID).id


@scene(nothing_but_a_definition)
def start_instance_with_a_unique_business_key(stage: Stage, facts: Facts) -> Any:
    return stage.engine.start(facts["definition"], business_key="K", unique_business_key=True, command_id=ID).id


@scene(a_task)
def complete_external_task(stage: Stage, facts: Facts) -> Any:
    return stage.engine.complete_external_task(facts["task"], "w", {"paid": True}, command_id=ID)


@scene(a_task)
def complete_external_task_without_a_command_id(stage: Stage, facts: Facts) -> Any:
    return stage.engine.complete_external_task(facts["task"], "w", {"paid": True})


@scene(an_async_step)
def complete_external_task_before_an_async_step(stage: Stage, facts: Facts) -> Any:
    stage.engine.complete_external_task(facts["task"], "w", command_id=ID)
    stage.engine.run_due()


@scene(a_task)
def fail_external_task(stage: Stage, facts: Facts) -> Any:
    return stage.engine.fail_external_task(facts["task"], "w", error_message="no", command_id=ID)


@scene(a_task)
def fail_external_task_for_good(stage: Stage, facts: Facts) -> Any:
    return stage.engine.fail_external_task(facts["task"], "w", error_message="no", retries=0, command_id=ID)


@scene(a_task_with_an_error_boundary)
def throw_task_error(stage: Stage, facts: Facts) -> Any:
    return stage.engine.bpmn_error(facts["task"], "w", "broken", command_id=ID)


@scene(a_user_task)
def throw_task_escalation(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], ThrowTaskEscalation(task_id=facts["task"], escalation_code="help"))


@scene(a_task_out_of_retries)
def set_external_task(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], SetExternalTask(task_id=facts["task"], retries=2, priority=9))


@scene(a_user_task)
def complete_user_task(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], CompleteUserTask(task_id=facts["task"], variables={"ok": 1}, by="ann"))


@scene(a_user_task)
def change_user_task(stage: Stage, facts: Facts) -> Any:
    return stage.submit(
        facts["instance"], ChangeUserTask(task_id=facts["task"], changes={"assignee": "ann"}, claim=True)
    )


@scene(a_receiver)
def deliver_message(stage: Stage, facts: Facts) -> Any:
    found = stage.engine.correlate(MessageQuery(name="Paid", business_key="K", variables={"x": 1}, message_id=ID))
    return [one.header.id for one in found]


@scene(a_receiver_to_be)
def deliver_message_before_its_receiver(stage: Stage, facts: Facts) -> Any:
    """It waits; then somebody comes who waits for it."""
    message = MessageQuery(name="Paid", business_key="K", variables={"x": 1}, message_id=ID, ttl_ms=24 * HOUR)
    stage.engine.correlate(message)
    instance = stage.engine.start(facts["definition"], business_key="K", command_id=f"{ID}-start").id
    stage.engine.dispatch_outbox()
    return instance


@scene(receivers_to_be_and_one_for_something_else)
def deliver_messages_whose_receivers_come_together(stage: Stage, facts: Facts) -> Any:
    for key in "AB":
        query = MessageQuery(name="Paid", business_key=key, message_id=f"{ID}-{key}", ttl_ms=24 * HOUR)
        stage.engine.correlate(query)
    starts = [stage.engine.start(facts["definition"], business_key=key, command_id=f"{ID}-{key}-start") for key in "AB"]
    stage.engine.dispatch_outbox()
    return [one.id for one in starts]


@scene(a_start_message)
def start_by_message(stage: Stage, facts: Facts) -> Any:
    return [one.header.id for one in stage.engine.correlate(MessageQuery(name="Paid", message_id=ID))]


@scene(two_that_wait_for_a_signal)
def deliver_signal(stage: Stage, facts: Facts) -> Any:
    stage.engine.signal("Alarm", {"x": 1}, command_id=ID)


@scene(a_timer)
def fire_job(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], FireJob(job_id=facts["job"]))


@scene(a_timer)
def set_job(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], SetJob(job_id=facts["job"], due=stage.clock.now + 9 * HOUR, priority=3))


@scene(a_task)
def set_variables(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], SetVariables(set={"a": [1, {"b": 2}]}, removed=("n",)))


@scene(a_task)
def modify_instance(stage: Stage, facts: Facts) -> Any:
    steps = (Instruction(kind="cancel", element="t"), Instruction(kind="startBeforeActivity", element="u"))
    return stage.submit(facts["instance"], ModifyInstance(instructions=steps))


@scene(a_task)
def suspend_instance(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], SuspendInstance())


@scene(lambda stage: _suspended(a_task(stage), stage))
def resume_instance(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], ResumeInstance())


@scene(a_task)
def cancel_instance(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], CancelInstance(reason="no"))


@scene(two_done_steps_that_can_be_undone)
def cancel_instance_and_compensate(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], CancelInstance(compensate=True))


@scene(two_done_steps_that_can_be_undone)
def rollback(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], Rollback(to="b"))


@scene(an_undo_that_failed)
def retry_undo(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], RetryUndo(seq=facts["seq"]))


@scene(an_undo_that_failed)
def skip_undo(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], SkipUndo(seq=facts["seq"]))


@scene(an_undo_that_failed)
def mark_undone(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], MarkUndone(seq=facts["seq"]))


@scene(a_task_out_of_retries)
def resolve_incident(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], ResolveIncident(incident_id=facts["incident"]))


@scene(a_task_out_of_retries)
def skip_incident(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], SkipIncident(incident_id=facts["incident"]))


@scene(a_task_out_of_retries)
def annotate_incident(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], AnnotateIncident(incident_id=facts["incident"], annotation="seen"))


@scene(an_ad_hoc)
def start_ad_hoc(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], StartAdHoc(token=facts["token"], elements=("a", "b")))


# -- what the engine does by itself


@scene(a_timer)
def a_timer_that_is_due(stage: Stage, facts: Facts) -> Any:
    stage.clock.now = max(stage.clock.now, Clock().now + 6 * HOUR)
    stage.engine.run_due()


@scene(a_cycle)
def a_cycle_that_is_due(stage: Stage, facts: Facts) -> Any:
    stage.clock.now = max(stage.clock.now, Clock().now + 6 * HOUR)
    stage.engine.run_due()


@scene(a_start_timer)
def a_start_timer_that_is_due(stage: Stage, facts: Facts) -> Any:
    stage.clock.now = max(stage.clock.now, Clock().now + 6 * HOUR)
    stage.engine.run_due()


@scene(one_that_sends)
def dispatch_outbox(stage: Stage, facts: Facts) -> Any:
    stage.engine.dispatch_outbox()


# -- what changes without a turn


@scene(nothing_but_a_definition)
def fetch_and_lock(stage: Stage, facts: Facts) -> Any:
    stage.engine.start(facts["definition"], command_id=ID)
    return [one.task.id for one in stage.fetch("work", lock_ms=5_000)] and None


@scene(a_task)
def extend_lock(stage: Stage, facts: Facts) -> Any:
    stage.engine.extend_lock(facts["task"], "w", 30 * HOUR)


@scene(a_task)
def unlock(stage: Stage, facts: Facts) -> Any:
    stage.engine.unlock(facts["task"])


@scene(empty)
def deploy(stage: Stage, facts: Facts) -> Any:
    stage.engine.deploy("p", [Resource("p.bpmn", bpmn(line(external("t"))))], duplicate_filtering=True)


@scene(nothing_but_a_definition)
def suspend_definition(stage: Stage, facts: Facts) -> Any:
    stage.engine.suspend_definition("p", True)


@scene(a_task)
def suspend_definition_with_instances(stage: Stage, facts: Facts) -> Any:
    stage.engine.suspend_definition("p", True, include_instances=True)


@scene(an_ended_one)
def delete_history(stage: Stage, facts: Facts) -> Any:
    try:
        stage.engine.delete_history(facts["instance"])
    except NotFound:
        return  # deleted before, as far as this client is concerned


@scene(a_task)
def delete_definition_with_instances(stage: Stage, facts: Facts) -> Any:
    for definition in stage.engine.definitions(DefinitionQuery()):
        stage.engine.delete_deployment(definition.deployment_id, cascade=True)


@scene(empty)
def idempotency_claim(stage: Stage, facts: Facts) -> Any:
    try:
        claim = stage.engine.idempotency.claim("key", "print", HOUR)
    except Conflict:
        return None  # the claim of the dead is still held; it expires
    if claim.stored is None:
        stage.engine.idempotency.finish("key", 200, "text/plain", b"done")
    return None


# -- helpers


def _open(stage: Stage, instance: str, what: str) -> str:
    from baton.service import JobQuery, UserTaskQuery

    if what == "jobs":
        return stage.engine.jobs(JobQuery(instance_ids=(instance,)))[0].id
    return stage.engine.user_tasks(UserTaskQuery(instance_ids=(instance,)))[0].id


def _definition(stage: Stage, key: str) -> str:
    return stage.engine.latest(key).id.rpartition(":")[2]


def _suspended(facts: Facts, stage: Stage) -> Facts:
    stage.engine.submit(facts["instance"], SuspendInstance())
    return facts


def _undoable() -> str:
    handlers = "".join(
        f'<boundaryEvent id="u{one}" attachedToRef="{one}"><compensateEventDefinition/></boundaryEvent>'
        f'<serviceTask id="h{one}" isForCompensation="true" camunda:type="external" camunda:topic="undo-{one}"/>'
        f'<association id="x{one}" associationDirection="One" sourceRef="u{one}" targetRef="h{one}"/>'
        for one in ("a", "b")
    )
    return line(external("a", "a"), external("b", "b"), external("c", "c")) + handlers
