"""Incidents: an operator says «again», or «go on without»."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from baton.model.commands import AnnotateIncident, CreateIncident, ResolveIncident, SetExternalTask, SkipIncident
from baton.model.errors import BadRequest, Conflict
from baton.model.events import UNDO
from baton.model.records import ExternalTask, Incident, Job
from baton.runtime import failures
from baton.runtime.data import variables
from baton.runtime.elements.activity import ENDING, LEAVE, STARTED
from baton.runtime.elements.observed_task import ObservedTask
from baton.runtime.elements.worker_task import WorkerTask
from baton.runtime.handlers import external_tasks

if TYPE_CHECKING:
    from baton.model.values import Value
    from baton.runtime.core.token import Token
    from baton.runtime.handlers.context import Turn


def resolve(turn: Turn, command: ResolveIncident) -> None:
    """Retry what the incident stopped: its external task, its job, or the step at its token."""
    incident = turn.find(Incident, command.incident_id)
    turn.require_running()
    workflow = turn.workflow
    if incident.by_hand:
        failures.resolve(workflow, incident)
        return
    if workflow.waits.get(ExternalTask, incident.configuration) is not None:
        external_tasks.change(turn, SetExternalTask(task_id=incident.configuration or "", retries=1))
        return
    job = workflow.waits.get(Job, incident.configuration)
    if job is not None:
        failures.retry(workflow, job, 1)
        return
    failures.resolve(workflow, incident)
    token = workflow.tasks.get(incident.token)
    if token is not None and token.id != 0:
        token.memory.at = None
        token.touch()
        token.make_ready()


def skip(turn: Turn, command: SkipIncident) -> None:
    """Go on behind the work that failed, with the operator's variables as its result. Raises Conflict if unsafe.

    Safe are an external task, and a task whose work or output mapping failed: nothing else depends on their outcome.
    What failed while undoing has its own skip, which the ledger records.
    """
    incident = turn.find(Incident, command.incident_id)
    turn.require_running()
    workflow = turn.workflow
    if incident.by_hand:
        raise Conflict(f"Expected an incident that stopped a step, but somebody has opened '{incident.id}': resolve it")
    token = workflow.tasks.get(incident.token)
    task = workflow.waits.get(ExternalTask, incident.configuration)
    job = workflow.waits.get(Job, incident.configuration)
    if incident.undoes is None and task is not None:
        external_tasks.skip(turn, task, command.variables, command.by)
    elif incident.undoes is None and token is not None and isinstance(token.task_spec, ObservedTask) and job is None:
        failures.resolve(workflow, incident)
        variables.set_visible(token, command.variables)
        token.task_spec.resume(token)
    elif incident.undoes is None and token is not None and job is not None and _behind(token) is not None:
        failures.resolve(workflow, incident)
        workflow.waits.remove(job)
        variables.set_visible(token, command.variables)
        token.memory.at = _behind(token)
        token.memory.failed = None
        token.touch()
        token.make_ready()
    else:
        raise Conflict(_unsafe(incident))


def _behind(token: Token) -> str | None:
    """How far the token is once its failed step is skipped; None where that cannot be done."""
    if not isinstance(token.task_spec, WorkerTask) or token.memory.body or token.memory.hearing:
        return None
    return {STARTED: LEAVE, LEAVE: ENDING}.get(token.memory.at or "")


def _unsafe(incident: Incident) -> str:
    if incident.undoes is not None:
        return (
            f"Expected an incident outside of compensation, but '{incident.id}' stopped the undoing of ledger entry "
            f"{incident.undoes}: skip that entry, or mark it undone"
        )
    return (
        f"Expected an incident of a task's own work, but '{incident.id}' ({incident.kind}) stopped "
        f"'{incident.element}', where what comes next depends on the outcome: "
        "change the variables and resolve it, or move the token"
    )


def create(turn: Turn, command: CreateIncident) -> dict[str, Value]:
    """Raises BadRequest for an execution that is at no element, or undoes something."""
    turn.require_alive()
    workflow = turn.workflow
    visible = [token for token in workflow.tasks.values() if token.id != 0 and token.task_spec.name != UNDO]
    chosen = visible if command.token == 0 else [token for token in visible if token.id == command.token]
    if len(chosen) != 1:
        raise BadRequest(
            f"Expected an execution that is at one element, but '{workflow.instance_id}' has {len(chosen)} tokens: "
            "name one of its activity instances"
        )
    token = chosen[0]
    if failures.find_undone(token) is not None:
        raise BadRequest(f"Expected an execution outside of compensation, but '{token.task_spec.name}' is undoing")
    incident = failures.open_incident(token, command.kind, command.message, configuration=command.configuration)
    workflow.waits.put(replace(incident, by_hand=True))
    return {"id": incident.id}


def annotate(turn: Turn, command: AnnotateIncident) -> None:
    incident = turn.find(Incident, command.incident_id)
    turn.workflow.waits.put(replace(incident, annotation=command.annotation))
