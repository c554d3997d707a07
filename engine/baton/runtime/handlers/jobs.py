"""Jobs: timers, asynchronous continuations and steps to be repeated."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from baton.model.commands import FireJob, SetJob
from baton.model.errors import BadRequest
from baton.model.records import Job, JobKind
from baton.runtime import failures
from baton.runtime.events import triggers

if TYPE_CHECKING:
    from baton.runtime.core.workflow import TokenWorkflow
    from baton.runtime.handlers.context import Turn


def fire(turn: Turn, command: FireJob) -> None:
    job = turn.find(Job, command.job_id)
    turn.require_running()
    if job.retries == 0:
        failures.resolve_caused_by(turn.workflow, job.token, job.id)
    run(turn.workflow, job)


def run(workflow: TokenWorkflow, job: Job) -> None:
    """Run a job that is due."""
    if job.kind is JobKind.TIMER:
        triggers.fire(workflow, job, {})
        return
    workflow.waits.remove(job)
    workflow.tasks[job.token].make_ready()


def change(turn: Turn, command: SetJob) -> None:
    job = turn.find(Job, command.job_id)
    if command.retries is not None and command.retries < 0:
        raise BadRequest(f"Expected retries of at least 0, but found {command.retries}")
    due = job.due if command.due is None else command.due
    suspended = job.suspended if command.suspended is None else command.suspended
    priority = job.priority if command.priority is None else command.priority
    job = replace(job, due=due, suspended=suspended, priority=priority)
    turn.workflow.waits.put(job)
    if command.retries is not None:
        failures.retry(turn.workflow, job, command.retries)
