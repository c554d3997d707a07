"""Requests to change one instance, in the imperative. Each is decided by one pure function in ``runtime/handlers``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal, TypeAlias

from baton.model.immutable import immutable
from baton.model.times import Millis
from baton.model.values import Value

OnFailure: TypeAlias = Literal["incident", "reject"]
"""``incident``: the step waits to be repeated, the rest is kept; ``reject``: nothing is kept, the caller gets why."""
ON_FAILURE = "baton:onFailure"
"""Extension property of a process: what becomes of commands for its instances."""


def _make_empty() -> dict[str, Value]:
    return {}


@immutable
class StartInstance:
    """Begin the instance; the first command of every mailbox.

    ``start_element`` is a start event's id when a message, signal or timer started it; ``trigger`` its name.
    """

    definition_id: str
    business_key: str | None = None
    variables: Mapping[str, Value] = field(default_factory=_make_empty)
    start_element: str | None = None
    before: tuple[str, ...] = ()
    """Element ids to start before, instead of a start event (start instructions)."""
    by: str | None = None
    tenant_id: str | None = None


@immutable
class CreateTask(StartInstance):
    """A task that belongs to no process, with the instance that holds it.

    ``task``: fields of the UserTask that are not those of any new one.
    """

    task: Mapping[str, Value] = field(default_factory=_make_empty)


@immutable
class CompleteExternalTask:
    task_id: str
    worker_id: str
    variables: Mapping[str, Value] = field(default_factory=_make_empty)
    local_variables: Mapping[str, Value] = field(default_factory=_make_empty)


@immutable
class FailExternalTask:
    """``retries`` None: counted down from the model's retry cycle. ``retry_timeout`` None: the model's back-off."""

    task_id: str
    worker_id: str
    error_message: str | None = None
    error_details: str | None = None
    retries: int | None = None
    retry_timeout: Millis | None = None
    variables: Mapping[str, Value] = field(default_factory=_make_empty)
    local_variables: Mapping[str, Value] = field(default_factory=_make_empty)


@immutable
class ThrowTaskError:
    """A worker or a person reports a BPMN error on an external or user task (``worker_id`` None: user task)."""

    task_id: str
    error_code: str
    worker_id: str | None = None
    error_message: str | None = None
    variables: Mapping[str, Value] = field(default_factory=_make_empty)


@immutable
class ThrowTaskEscalation:
    task_id: str
    escalation_code: str
    variables: Mapping[str, Value] = field(default_factory=_make_empty)


@immutable
class SetExternalTask:
    """Operator: new retries or priority; None leaves a field alone. Retries above 0 resolve the task's incident."""

    task_id: str
    retries: int | None = None
    priority: int | None = None


@immutable
class CompleteUserTask:
    task_id: str
    variables: Mapping[str, Value] = field(default_factory=_make_empty)
    by: str | None = None


@immutable
class ChangeUserTask:
    """``changes``: field names of UserTask with new values. ``claim`` True: refused if claimed by another."""

    task_id: str
    changes: Mapping[str, Value]
    claim: bool = False
    by: str | None = None


@immutable
class DeliverMessage:
    subscription_id: str
    variables: Mapping[str, Value] = field(default_factory=_make_empty)
    local_variables: Mapping[str, Value] = field(default_factory=_make_empty)


@immutable
class DeliverSignal:
    """Reaches every open signal subscription of that name in the instance."""

    name: str
    variables: Mapping[str, Value] = field(default_factory=_make_empty)


@immutable
class ObserveActivity:
    """An event said what happened to an activity of an observed process. ``element`` None: to the instance as a whole.

    ``event_id`` and ``event_type`` are those of the event; ``error_code`` and ``message`` say why it failed.
    """

    event_id: str
    event_type: str
    element: str | None = None
    happened: Literal["started", "completed", "failed", "undone"] = "completed"
    variables: Mapping[str, Value] = field(default_factory=_make_empty)
    error_code: str | None = None
    message: str | None = None


@immutable
class FireJob:
    """Run the job now, due or not."""

    job_id: str


@immutable
class SetJob:
    """Operator: None leaves a field alone. Retries above 0 resolve the job's incident and make a failed job due now."""

    job_id: str
    retries: int | None = None
    due: Millis | None = None
    suspended: bool | None = None
    priority: int | None = None


@immutable
class DeleteJob:
    """Operator: the timer never fires."""

    job_id: str


@immutable
class RecalculateJob:
    """Evaluate when the timer is due, ``from_creation`` on or from now on."""

    job_id: str
    from_creation: bool = True


@immutable
class SetVariables:
    """``token`` None: the instance's own scope. ``local`` False: where the variable is found, else the outermost."""

    set: Mapping[str, Value] = field(default_factory=_make_empty)
    removed: tuple[str, ...] = ()
    token: int | None = None
    local: bool = False


@immutable
class Instruction:
    """One step of a modification. ``cancel`` takes a token number, or an element for all its tokens."""

    kind: Literal["cancel", "startBeforeActivity", "startAfterActivity", "startTransition"]
    element: str | None = None
    token: int | None = None
    variables: Mapping[str, Value] = field(default_factory=_make_empty)
    local_variables: Mapping[str, Value] = field(default_factory=_make_empty)


@immutable
class ModifyInstance:
    instructions: tuple[Instruction, ...]
    by: str | None = None


@immutable
class MigrateInstance:
    """Go on in another version of the process.

    ``moves``: element, element of the other version, and whether what it waits for is opened anew.
    ``variables`` are set in the instance.
    """

    definition_id: str
    target_id: str
    moves: tuple[tuple[str, str, bool], ...]
    variables: Mapping[str, Value] = field(default_factory=_make_empty)
    by: str | None = None


@immutable
class SuspendInstance:
    by: str | None = None


@immutable
class ResumeInstance:
    by: str | None = None


@immutable
class CancelInstance:
    """End the instance now; with ``compensate`` everything undoable is undone first, then it ends as compensated."""

    reason: str | None = None
    compensate: bool = False
    by: str | None = None


@immutable
class Rollback:
    """Undo in reverse all that completed since ``to`` was last entered, then put a token before it."""

    to: str
    by: str | None = None


@immutable
class RetryUndo:
    seq: int
    by: str | None = None


@immutable
class SkipUndo:
    seq: int
    by: str | None = None


@immutable
class MarkUndone:
    seq: int
    by: str | None = None


@immutable
class ResolveIncident:
    """Retry what the incident stopped (raises its task's or job's retries to 1)."""

    incident_id: str
    by: str | None = None


@immutable
class SkipIncident:
    """Operator: go on as if the work that the incident stopped had been done with these variables as its result."""

    incident_id: str
    variables: Mapping[str, Value] = field(default_factory=_make_empty)
    by: str | None = None


@immutable
class AnnotateIncident:
    incident_id: str
    annotation: str | None


@immutable
class CreateIncident:
    """An incident of somebody's own at ``token``, 0: at the only one; it stops nothing."""

    token: int
    kind: str
    message: str = ""
    configuration: str | None = None
    by: str | None = None


@immutable
class StartAdHoc:
    """Start elements of an ad-hoc subprocess; ``token`` is the subprocess's."""

    token: int
    elements: tuple[str, ...]


Command: TypeAlias = (
    StartInstance
    | CreateTask
    | CompleteExternalTask
    | FailExternalTask
    | ThrowTaskError
    | ThrowTaskEscalation
    | SetExternalTask
    | CompleteUserTask
    | ChangeUserTask
    | DeliverMessage
    | DeliverSignal
    | ObserveActivity
    | FireJob
    | SetJob
    | DeleteJob
    | RecalculateJob
    | SetVariables
    | ModifyInstance
    | MigrateInstance
    | SuspendInstance
    | ResumeInstance
    | CancelInstance
    | Rollback
    | RetryUndo
    | SkipUndo
    | MarkUndone
    | ResolveIncident
    | SkipIncident
    | AnnotateIncident
    | CreateIncident
    | StartAdHoc
)


@immutable
class Envelope:
    """A command on its way: ``id`` is unique per request; the same id has one effect and one answer."""

    id: str
    command: Command
    submitted_at: Millis
    correlation_id: str | None = None
    by: str | None = None
    """The person or key behind the request, which the events that it causes name; None where nobody has to sign in."""
    on_failure: OnFailure | None = None
    """What becomes of a command one of whose later steps fails; None: what its process says, or else the setting."""
    traceparent: str | None = None
    """The span of a trace that the request belongs to."""


@immutable
class Answer:
    """What the submitter gets when the turn that applied his command has committed.

    Either ``value`` (plain data, by command) or an error: ``error`` is the class name of a ``Rejected``.
    """

    value: Mapping[str, Value] = field(default_factory=_make_empty)
    error: str | None = None
    message: str = ""
