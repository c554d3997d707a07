"""A step that cannot go on: its token stays where it is, an incident says why, a job waits to repeat the step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

from baton.expression import ExpressionError
from baton.expression.timing import RetryPlan, parse_retry_cycle
from baton.model.events import EventType
from baton.model.records import ExternalTask, Incident, Job, JobKind, LedgerState
from baton.model.values import Value
from baton.runtime.core.errors import StepFailed
from baton.runtime.data.expressions import Compiled

if TYPE_CHECKING:
    from baton.model.times import Millis
    from baton.runtime.core.token import Token
    from baton.runtime.core.workflow import TokenWorkflow


def stop(token: Token, error: Exception) -> None:
    """Keep the token at the step that failed. Retrying the job that this leaves repeats exactly that step.

    A job that fails stays the same job.
    """
    kind = error.kind if isinstance(error, StepFailed) else "failedJob"
    details = error.details if isinstance(error, StepFailed) else None
    workflow = token.workflow
    if workflow.failure is None and find_undone(token) is None:
        workflow.failure = f"{error} (at '{token.task_spec.name}')"
    retries, due = _next_attempt(token)
    job = Job(
        **make_identity(token),
        kind=JobKind.RETRY,
        due=due,
        created_at=workflow.journal.now,
        retries=retries,
        error_message=str(error),
        error_details=details,
    )
    before = workflow.waits.find_run_job(token.id)
    if before is not None:
        job = replace(job, id=before.id, created_at=before.created_at)
    workflow.waits.put(job)
    token.wait()
    if retries == 0:
        open_incident(token, kind, str(error), details=details, configuration=job.id)


def _next_attempt(token: Token) -> tuple[int, Millis]:
    """How often the model lets the step be repeated by itself (``camunda:failedJobRetryTimeCycle``), and when next."""
    now = token.workflow.journal.now
    plan = _retry_plan(token)
    if plan is None:
        return 0, now
    step, count = token.memory.failed or (None, 0)
    failures = count + 1 if step == token.memory.at else 1
    token.memory.failed = [token.memory.at, failures]
    token.touch()
    left = max(plan.attempts - failures, 0)
    return left, plan.find_due(now, failures) if left else now


def _retry_plan(token: Token) -> RetryPlan | None:
    """One that cannot be evaluated counts as none: the failure itself is what has to be seen."""
    node = token.spec.model.nodes.get(token.task_spec.name)
    if node is None or node.job_retries is None:
        return None
    try:
        text = Compiled(node.job_retries).evaluate_text(token)
        return parse_retry_cycle(text) if text else None
    except ExpressionError:
        return None


def open_incident(
    token: Token, kind: str, message: str, *, details: str | None = None, configuration: str | None = None
) -> Incident:
    """Open an incident at the token. Inside a compensation handler the undoing has failed, and waits (rule 14)."""
    workflow = token.workflow
    seq = find_undone(token)
    incident = Incident(
        **make_identity(token),
        kind=kind,
        message=message,
        created_at=workflow.journal.now,
        details=details,
        configuration=configuration,
        undoes=seq,
    )
    workflow.waits.put(incident)
    data: dict[str, Value] = {"id": incident.id, "kind": kind, "message": message}
    workflow.journal.record(EventType.INCIDENT_OPENED, incident.element, token.id, data)
    if seq is not None:
        workflow.ledger.change(seq, LedgerState.FAILED)
        workflow.journal.record(EventType.UNDO_FAILED, incident.element, token.id, {"seq": seq, "message": message})
    return incident


def resolve(workflow: TokenWorkflow, incident: Incident) -> None:
    """Close an incident because what it stopped goes on."""
    workflow.waits.remove(incident)
    workflow.journal.record(EventType.INCIDENT_RESOLVED, incident.element, incident.token, {"id": incident.id})
    if incident.undoes is None or any(other.undoes == incident.undoes for other in workflow.waits.iterate(Incident)):
        return
    if workflow.ledger.entries[incident.undoes].state is LedgerState.FAILED:
        workflow.ledger.change(incident.undoes, LedgerState.UNDOING)


def resolve_caused_by(workflow: TokenWorkflow, token: int, configuration: str) -> None:
    """Close the incidents that an external task or a job caused."""
    for record in workflow.waits.list_of_token(token):
        if isinstance(record, Incident) and record.configuration == configuration:
            resolve(workflow, record)


def report_out_of_retries(token: Token, kind: str, record: ExternalTask | Job) -> None:
    """An operator has taken the retries away: it waits for one to give it new ones."""
    message = record.error_message or "The retries were set to 0"
    open_incident(token, kind, message, details=record.error_details, configuration=record.id)


def retry(workflow: TokenWorkflow, job: Job, retries: int) -> None:
    """Give a job new retries; one that had none left becomes due at once and its incident is closed.

    One that has none left now waits for an operator, with an incident.
    """
    failed = job.retries == 0 and retries > 0
    due = workflow.journal.now if failed else job.due
    workflow.waits.put(replace(job, retries=retries, due=due))
    if failed:
        resolve_caused_by(workflow, job.token, job.id)
    if job.retries > 0 and retries == 0:
        report_out_of_retries(workflow.tasks[job.token], "failedJob", job)


def find_undone(token: Token) -> int | None:
    """The ledger number that the token's work undoes, if it is inside a compensation handler."""
    scope: Token | None = token
    while scope is not None:
        seq = scope.memory.undoes
        if seq is not None:
            return seq
        scope = scope.parent
    return None


class Identity(TypedDict):
    """The fields that every record has in common."""

    id: str
    instance_id: str
    definition_id: str
    definition_key: str
    element: str
    token: int
    tenant_id: str | None


def make_identity(token: Token, element: str | None = None) -> Identity:
    """A new record's identity: it belongs to the token, at its element or at another, such as a boundary event."""
    workflow = token.workflow
    definition = workflow.ports.definitions.get_definition(token.spec.definition_id)
    return {
        "id": workflow.take_id(),
        "instance_id": workflow.instance_id,
        "definition_id": definition.id,
        "definition_key": definition.key,
        "element": element or token.task_spec.name,
        "token": token.id,
        "tenant_id": workflow.tenant_id,
    }
