"""Jobs: timers, asynchronous continuations and steps to be repeated."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from baton.model.commands import DeleteJob, FireJob, RecalculateJob, SetJob
from baton.model.errors import BadRequest, CannotComplete
from baton.model.events import EventType
from baton.model.records import Job, JobKind
from baton.runtime import failures
from baton.runtime.core.errors import STEP_FAILURES
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


def delete(turn: Turn, command: DeleteJob) -> None:
    """Raises CannotComplete for what would leave a token that nothing continues."""
    job = _find_timer(turn, command.job_id)
    failures.resolve_caused_by(turn.workflow, job.token, job.id)
    turn.workflow.waits.remove(job)
    turn.workflow.journal.record(EventType.TIMER_CANCELLED, job.element, job.token, {"id": job.id})


def compute_due(turn: Turn, command: RecalculateJob) -> None:
    """Raises CannotComplete if the model gives no moment any more."""
    job = _find_timer(turn, command.job_id)
    base = job.created_at if command.from_creation else turn.workflow.journal.now
    try:
        due, repeat = triggers.find_moment(turn.workflow, job, base)
    except STEP_FAILURES as error:
        raise CannotComplete(f"Expected the timer of '{job.element}' to have a moment, but found: {error}") from None
    if due is None:
        raise CannotComplete(f"Expected the timer of '{job.element}' to have a moment, but it has none")
    turn.workflow.waits.put(replace(job, due=due, repeat=repeat))


def _find_timer(turn: Turn, job_id: str) -> Job:
    job = turn.find(Job, job_id)
    turn.require_alive()
    if job.kind is not JobKind.TIMER:
        raise CannotComplete(
            f"Expected the job of a timer, but '{job_id}' continues a step at '{job.element}': run it, "
            "or move the token"
        )
    return job


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
