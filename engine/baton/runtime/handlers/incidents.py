"""Incidents: an operator says «again»."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from baton.model.commands import AnnotateIncident, ResolveIncident, SetExternalTask
from baton.model.records import ExternalTask, Incident, Job
from baton.runtime import failures
from baton.runtime.handlers import external_tasks

if TYPE_CHECKING:
    from baton.runtime.handlers.context import Turn


def resolve(turn: Turn, command: ResolveIncident) -> None:
    """Retry what the incident stopped: its external task, its job, or the step at its token."""
    incident = turn.find(Incident, command.incident_id)
    turn.require_running()
    workflow = turn.workflow
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
        token.remember(at=None)
        token.make_ready()


def annotate(turn: Turn, command: AnnotateIncident) -> None:
    incident = turn.find(Incident, command.incident_id)
    turn.workflow.waits.put(replace(incident, annotation=command.annotation))
