"""One scene for every kind of command and every other way to change something: how it is set up, and what is done.

``act`` is what a client repeats when he gets no answer; so its command id is always the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from baton.model.commands import (
    AnnotateIncident,
    CancelInstance,
    ChangeUserTask,
    CompleteUserTask,
    CreateIncident,
    DeleteJob,
    FireJob,
    Instruction,
    MarkUndone,
    MigrateInstance,
    ModifyInstance,
    ObserveActivity,
    RecalculateJob,
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
from baton.service import DefinitionQuery, MessageQuery, Resource, UserTaskQuery
from tests.crash import given
from tests.crash.given import HOUR, ID, Facts, Stage
from tests.service.conftest import Clock
from tests.service.processes import bpmn, external, line


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


# -- commands


@scene(given.nothing_but_a_definition)
def start_instance(stage: Stage, facts: Facts) -> Any:
    return stage.engine.starts.start(facts["definition"], business_key="K", variables={"n": 1}, command_id=ID).id


@scene(given.nothing_but_a_definition)
def start_instance_with_a_unique_business_key(stage: Stage, facts: Facts) -> Any:
    return stage.engine.starts.start(facts["definition"], business_key="K", unique_business_key=True, command_id=ID).id


@scene(given.nothing_but_a_definition)
def create_task(stage: Stage, facts: Facts) -> Any:
    del facts
    return stage.engine.standalone_tasks.create({"name": "A"}, task_id="chosen", command_id=ID)


@scene(given.a_standalone_task)
def delete_task(stage: Stage, facts: Facts) -> Any:
    stage.engine.standalone_tasks.delete(facts["task"], command_id=ID)
    return [task.shown_id for task in stage.engine.user_tasks.find(UserTaskQuery())]


@scene(given.a_task)
def complete_external_task(stage: Stage, facts: Facts) -> Any:
    return stage.engine.external_tasks.complete(facts["task"], "w", {"paid": True}, command_id=ID)


@scene(given.a_task)
def complete_external_task_without_a_command_id(stage: Stage, facts: Facts) -> Any:
    return stage.engine.external_tasks.complete(facts["task"], "w", {"paid": True})


@scene(given.an_async_step)
def complete_external_task_before_an_async_step(stage: Stage, facts: Facts) -> Any:
    stage.engine.external_tasks.complete(facts["task"], "w", command_id=ID)
    stage.engine.run_due()


@scene(given.a_task)
def fail_external_task(stage: Stage, facts: Facts) -> Any:
    return stage.engine.external_tasks.fail(facts["task"], "w", error_message="no", command_id=ID)


@scene(given.a_task)
def fail_external_task_for_good(stage: Stage, facts: Facts) -> Any:
    return stage.engine.external_tasks.fail(facts["task"], "w", error_message="no", retries=0, command_id=ID)


@scene(given.a_task_with_an_error_boundary)
def throw_task_error(stage: Stage, facts: Facts) -> Any:
    return stage.engine.external_tasks.throw_error(facts["task"], "w", "broken", command_id=ID)


@scene(given.a_user_task)
def throw_task_escalation(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], ThrowTaskEscalation(task_id=facts["task"], escalation_code="help"))


@scene(given.a_task_out_of_retries)
def set_external_task(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], SetExternalTask(task_id=facts["task"], retries=2, priority=9))


@scene(given.a_user_task)
def complete_user_task(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], CompleteUserTask(task_id=facts["task"], variables={"ok": 1}, by="ann"))


@scene(given.a_user_task)
def change_user_task(stage: Stage, facts: Facts) -> Any:
    return stage.submit(
        facts["instance"], ChangeUserTask(task_id=facts["task"], changes={"assignee": "ann"}, claim=True)
    )


@scene(given.a_receiver)
def deliver_message(stage: Stage, facts: Facts) -> Any:
    found = stage.engine.messages.correlate(
        MessageQuery(name="Paid", business_key="K", variables={"x": 1}, message_id=ID)
    )
    return [item.header.id for item in found]


@scene(given.a_receiver_to_be)
def deliver_message_before_its_receiver(stage: Stage, facts: Facts) -> Any:
    """It waits; then somebody comes who waits for it."""
    message = MessageQuery(name="Paid", business_key="K", variables={"x": 1}, message_id=ID, ttl_ms=24 * HOUR)
    stage.engine.messages.correlate(message)
    instance = stage.engine.starts.start(facts["definition"], business_key="K", command_id=f"{ID}-start").id
    stage.engine.outbox.dispatch()
    return instance


@scene(given.receivers_to_be_and_one_for_something_else)
def deliver_messages_whose_receivers_come_together(stage: Stage, facts: Facts) -> Any:
    for key in "AB":
        query = MessageQuery(name="Paid", business_key=key, message_id=f"{ID}-{key}", ttl_ms=24 * HOUR)
        stage.engine.messages.correlate(query)
    starts = [
        stage.engine.starts.start(facts["definition"], business_key=key, command_id=f"{ID}-{key}-start") for key in "AB"
    ]
    stage.engine.outbox.dispatch()
    return [start.id for start in starts]


@scene(given.a_start_message)
def start_by_message(stage: Stage, facts: Facts) -> Any:
    return [item.header.id for item in stage.engine.messages.correlate(MessageQuery(name="Paid", message_id=ID))]


@scene(given.two_that_wait_for_a_signal)
def deliver_signal(stage: Stage, facts: Facts) -> Any:
    stage.engine.messages.send_signal("Alarm", {"x": 1}, command_id=ID)


@scene(given.a_timer)
def fire_job(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], FireJob(job_id=facts["job"]))


@scene(given.a_timer)
def set_job(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], SetJob(job_id=facts["job"], due=stage.clock.now + 9 * HOUR, priority=3))


@scene(given.a_cycle)
def delete_job(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], DeleteJob(job_id=facts["job"]))


@scene(given.a_suspended_cycle_set_to_the_distant_past)
def recalculate_job(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], RecalculateJob(job_id=facts["job"]))


@scene(given.a_task)
def set_variables(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], SetVariables(set={"a": [1, {"b": 2}]}, removed=("n",)))


@scene(given.a_task)
def modify_instance(stage: Stage, facts: Facts) -> Any:
    steps = (Instruction(kind="cancel", element="t"), Instruction(kind="startBeforeActivity", element="u"))
    return stage.submit(facts["instance"], ModifyInstance(instructions=steps))


@scene(given.a_task_and_another_version)
def migrate_instance(stage: Stage, facts: Facts) -> Any:
    command = MigrateInstance(definition_id=facts["from"], target_id=facts["to"], moves=(("t", "t", False),))
    return stage.submit(facts["instance"], command)


@scene(given.a_task)
def suspend_instance(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], SuspendInstance())


@scene(given.a_suspended_task)
def resume_instance(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], ResumeInstance())


@scene(given.a_task)
def cancel_instance(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], CancelInstance(reason="no"))


@scene(given.two_done_steps_that_can_be_undone)
def cancel_instance_and_compensate(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], CancelInstance(compensate=True))


@scene(given.two_done_steps_that_can_be_undone)
def rollback(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], Rollback(to="b"))


@scene(given.an_undo_that_failed)
def retry_undo(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], RetryUndo(seq=facts["seq"]))


@scene(given.an_undo_that_failed)
def skip_undo(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], SkipUndo(seq=facts["seq"]))


@scene(given.an_undo_that_failed)
def mark_undone(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], MarkUndone(seq=facts["seq"]))


@scene(given.a_task)
def create_incident(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], CreateIncident(token=0, kind="recall", message="look at it", by="ann"))


@scene(given.a_task_out_of_retries)
def resolve_incident(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], ResolveIncident(incident_id=facts["incident"]))


@scene(given.a_task_out_of_retries)
def skip_incident(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], SkipIncident(incident_id=facts["incident"]))


@scene(given.a_task_out_of_retries)
def annotate_incident(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], AnnotateIncident(incident_id=facts["incident"], annotation="seen"))


@scene(given.an_ad_hoc)
def start_ad_hoc(stage: Stage, facts: Facts) -> Any:
    return stage.submit(facts["instance"], StartAdHoc(token=facts["token"], elements=("a", "b")))


@scene(given.an_observed)
def observe_activity(stage: Stage, facts: Facts) -> Any:
    told = ObserveActivity(event_id="e1", event_type="done", element="a", variables={"seen": 1})
    return stage.submit(facts["instance"], told)


# -- what the engine does by itself


@scene(given.a_timer)
def a_timer_that_is_due(stage: Stage, facts: Facts) -> Any:
    stage.clock.now = max(stage.clock.now, Clock().now + 6 * HOUR)
    stage.engine.run_due()


@scene(given.a_cycle)
def a_cycle_that_is_due(stage: Stage, facts: Facts) -> Any:
    stage.clock.now = max(stage.clock.now, Clock().now + 6 * HOUR)
    stage.engine.run_due()


@scene(given.a_start_timer)
def a_start_timer_that_is_due(stage: Stage, facts: Facts) -> Any:
    stage.clock.now = max(stage.clock.now, Clock().now + 6 * HOUR)
    stage.engine.run_due()


@scene(given.one_that_sends)
def dispatch_outbox(stage: Stage, facts: Facts) -> Any:
    stage.engine.outbox.dispatch()


# -- what changes without a turn


@scene(given.nothing_but_a_definition)
def fetch_and_lock(stage: Stage, facts: Facts) -> Any:
    stage.engine.starts.start(facts["definition"], command_id=ID)
    return [item.task.id for item in stage.fetch("work", lock_ms=5_000)] and None


@scene(given.a_task)
def extend_lock(stage: Stage, facts: Facts) -> Any:
    stage.engine.external_tasks.extend_lock(facts["task"], "w", 30 * HOUR)


@scene(given.a_task)
def unlock(stage: Stage, facts: Facts) -> Any:
    stage.engine.external_tasks.unlock(facts["task"])


@scene(given.empty)
def deploy(stage: Stage, facts: Facts) -> Any:
    stage.engine.deployments.deploy("p", [Resource("p.bpmn", bpmn(line(external("t"))))], duplicate_filtering=True)


@scene(given.nothing_but_a_definition)
def suspend_definition(stage: Stage, facts: Facts) -> Any:
    stage.engine.administration.suspend_definition("p", True)


@scene(given.a_task)
def suspend_definition_with_instances(stage: Stage, facts: Facts) -> Any:
    stage.engine.administration.suspend_definition("p", True, include_instances=True)


@scene(given.an_ended_one)
def delete_history(stage: Stage, facts: Facts) -> Any:
    try:
        stage.engine.administration.delete_history(facts["instance"])
    except NotFound:
        return  # deleted before, as far as this client is concerned


@scene(given.a_task)
def delete_definition_with_instances(stage: Stage, facts: Facts) -> Any:
    for definition in stage.engine.definitions.find(DefinitionQuery()):
        stage.engine.administration.delete_deployment(definition.deployment_id, cascade=True)


@scene(given.empty)
def idempotency_claim(stage: Stage, facts: Facts) -> Any:
    try:
        claim = stage.engine.idempotency.claim("key", "print", HOUR)
    except Conflict:
        return None  # the claim of the dead is still held; it expires
    if claim.stored is None:
        stage.engine.idempotency.finish("key", 200, "text/plain", b"done")
    return None
