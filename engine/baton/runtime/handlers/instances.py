"""Starting, suspending and ending an instance."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from baton.model.commands import CancelInstance, ResumeInstance, StartInstance, SuspendInstance
from baton.model.errors import BadRequest, Conflict
from baton.model.events import UNDO, EventType
from baton.model.headers import TRACE
from baton.model.records import ExternalTask, InstanceState, Job, UserTask
from baton.runtime.compensation import undoing
from baton.runtime.compensation.plan import Selection
from baton.runtime.core.token_state import TokenState
from baton.runtime.data import variables
from baton.runtime.elements.process import Process

if TYPE_CHECKING:
    from baton.model.definition import ProcessModel
    from baton.model.values import Value
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.workflow import TokenWorkflow
    from baton.runtime.handlers.context import Turn


def start(turn: Turn, command: StartInstance) -> None:
    workflow = turn.workflow
    if workflow.tasks or workflow.state.is_ended:
        raise Conflict(f"Expected no instance '{workflow.instance_id}', but it has been started before")
    spec = workflow.ports.get_spec(command.definition_id)
    process = _get_process(spec)
    _check_start(process, command)
    process.check_variables(command.variables, command.start_element)
    workflow.start_element, workflow.started_by = command.start_element, command.by
    workflow.business_key, workflow.tenant_id = command.business_key, command.tenant_id
    data: dict[str, Value] = {"definition": command.definition_id}
    if command.business_key is not None:
        data["businessKey"] = command.business_key
    if command.by is not None:
        data["by"] = command.by
    workflow.journal.record(EventType.INSTANCE_STARTED, None, None, data)
    if workflow.journal.traceparent is not None:
        workflow.journal.write(TRACE, workflow.journal.traceparent)
    root = workflow.open_root(spec)
    variables.set_local(root, {**command.variables, **dict.fromkeys(process.initiators, command.by)})
    process.begin(root, command.start_element, command.before)


def suspend(turn: Turn, command: SuspendInstance) -> None:
    turn.require_alive()
    if not turn.workflow.suspended:
        turn.workflow.state = InstanceState.SUSPENDED
        turn.workflow.journal.record(EventType.INSTANCE_SUSPENDED, None, None, _by(command.by))
        _mark(turn.workflow, suspended=True)


def resume(turn: Turn, command: ResumeInstance) -> None:
    turn.require_alive()
    if turn.workflow.suspended:
        turn.workflow.state = InstanceState.ACTIVE
        turn.workflow.journal.record(EventType.INSTANCE_RESUMED, None, None, _by(command.by))
        _mark(turn.workflow, suspended=False)


def cancel(turn: Turn, command: CancelInstance) -> None:
    """End the instance; with ``compensate`` what is active is cancelled, all is undone, then it ends as compensated."""
    turn.require_alive()
    workflow = turn.workflow
    if not command.compensate:
        workflow.reason = command.reason
        workflow.root.task_spec.on_cancelled(workflow.root)
        workflow.end(InstanceState.CANCELLED)
        return
    turn.require_running()
    if any(token.memory.then == "end" for token in workflow.tasks.values()):
        raise Conflict(
            "Expected an instance that is not being undone, but it is already being cancelled with compensation"
        )
    workflow.reason = command.reason
    root = workflow.root
    gone = workflow.cancel_children(root, discard=False)
    workflow.waits.close_of_token(root.id)
    carrier = root.spawn(root.spec.elements[UNDO], TokenState(then="end"))
    if undoing.begin(carrier, Selection(scopes=(), inside=workflow.ledger.list_holding({0, *gone}))):
        carrier.task_spec.resume_undone(carrier)


def _get_process(spec: Spec) -> Process:
    if not isinstance(spec.root, Process):
        raise TypeError(f"Expected a process, but found {spec.root.name}")
    return spec.root


def _check_start(process: Process, command: StartInstance) -> None:
    """Raises BadRequest if the process cannot begin as the command says."""
    model = process.model
    for element in command.before:
        node = model.nodes.get(element)
        if node is None or node.scope != model.id:
            raise BadRequest(
                f"Expected an element of process '{model.id}' to start before, but found '{element}'; "
                "elements inside subprocesses cannot be started directly"
            )
    if command.start_element is not None and command.start_element not in model.nodes:
        raise BadRequest(f"Expected a start event of process '{model.id}', but found '{command.start_element}'")
    if command.start_element is None and not command.before and not process.first_nodes:
        raise _explain_no_start(model)


def _explain_no_start(model: ProcessModel) -> BadRequest:
    kinds = {event.kind.value for node in model.list_starts(model.id) for event in node.events}
    if not kinds:
        return BadRequest(f"Expected process '{model.id}' to have a start, but it has only event subprocesses")
    return BadRequest(
        f"Expected process '{model.id}' to have a none start event, but it starts by {', '.join(sorted(kinds))}; "
        "send that, or name an element to start before"
    )


def _by(by: str | None) -> dict[str, Value]:
    return {} if by is None else {"by": by}


def _mark(workflow: TokenWorkflow, *, suspended: bool) -> None:
    """Open work of a suspended instance cannot be locked, and its jobs do not run."""
    for task in workflow.waits.iterate(ExternalTask):
        workflow.waits.put(replace(task, suspended=suspended))
    for task in workflow.waits.iterate(UserTask):
        workflow.waits.put(replace(task, suspended=suspended))
    for job in workflow.waits.iterate(Job):
        workflow.waits.put(replace(job, suspended=suspended))
