"""Requests to a simulated instance: each kind becomes the command that the engine runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from baton.expression import evaluate_constant
from baton.forms import FormField, convert_submitted
from baton.model import commands
from baton.model.commands import Command
from baton.model.definition import EventKind, ProcessModel
from baton.model.errors import BadRequest, Conflict, MismatchingMessage, NotFound
from baton.model.records import ExternalTask, Incident, Job, Subscription, SubscriptionKind, UserTask
from baton.model.times import Millis
from baton.model.values import Value
from baton.runtime import Definitions, Instance
from baton.service.simulation.forms import DraftForms, list_draft_fields

WORKER = "simulation"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationRequest:
    """One request. ``element`` or ``id`` choose where there is more than one possibility."""

    kind: str
    id: str | None = None
    element: str | None = None
    name: str | None = None
    code: str | None = None
    message: str | None = None
    retries: int | None = None
    business_key: str | None = None
    before: tuple[str, ...] = ()
    compensate: bool = False
    variables: Mapping[str, Value] = field(default_factory=dict[str, Value])


@dataclass(frozen=True, slots=True)
class SimulatedInstance:
    """The instance that a request at ``now`` is for; ``instance`` is None before it has been started."""

    definition_id: str
    definitions: Definitions
    instance: Instance | None
    now: Millis
    forms: DraftForms = field(default_factory=dict[str, tuple[FormField, ...]])

    @property
    def model(self) -> ProcessModel:
        return self.definitions.get_model(self.definition_id)

    def list_open(self, *kinds: Any) -> list[Any]:
        """The open records of these kinds."""
        waits = None if self.instance is None else self.instance.workflow.waits
        return [] if waits is None else [item for kind in kinds for item in waits.iterate(kind)]


def make_command(request: SimulationRequest, simulated: SimulatedInstance) -> Command:
    """The command. Raises BadRequest or NotFound when the request is not clear."""
    return SIMULATION_REQUESTS[request.kind](request, simulated)


def _start(request: SimulationRequest, simulated: SimulatedInstance) -> Command:
    return commands.StartInstance(
        definition_id=simulated.definition_id,
        business_key=request.business_key,
        variables=request.variables,
        start_element=request.element,
        before=request.before,
    )


def _complete(request: SimulationRequest, simulated: SimulatedInstance) -> Command:
    task = _choose_task(request, simulated, ExternalTask, UserTask)
    if isinstance(task, ExternalTask):
        return commands.CompleteExternalTask(task_id=task.id, worker_id=WORKER, variables=request.variables)
    return commands.CompleteUserTask(task_id=task.id, variables=_convert_by_form(task, request, simulated))


def _convert_by_form(task: UserTask, request: SimulationRequest, simulated: SimulatedInstance) -> Mapping[str, Value]:
    """As a real task is completed by its form. Raises FormRefused."""
    node = simulated.definitions.get_model(task.definition_id).nodes.get(task.element)
    instance = simulated.instance
    if node is None or node.form is None or instance is None:
        return request.variables
    seen = instance.get_visible_variables(task.token)
    what = f"form of '{task.element}'"
    fields = list_draft_fields(node.form, simulated.forms)
    return convert_submitted(fields, request.variables, seen, now=simulated.now, what=what)


def _fail(request: SimulationRequest, simulated: SimulatedInstance) -> Command:
    task = _choose_task(request, simulated, ExternalTask)
    return commands.FailExternalTask(
        task_id=task.id,
        worker_id=WORKER,
        error_message=request.message,
        retries=request.retries,
        variables=request.variables,
    )


def _error(request: SimulationRequest, simulated: SimulatedInstance) -> Command:
    task = _choose_task(request, simulated, ExternalTask, UserTask)
    return commands.ThrowTaskError(
        task_id=task.id,
        worker_id=WORKER if isinstance(task, ExternalTask) else None,
        error_code=_require(request.code, "code", request),
        error_message=request.message,
        variables=request.variables,
    )


def _escalation(request: SimulationRequest, simulated: SimulatedInstance) -> Command:
    task = _choose_one(request, simulated.list_open(UserTask), "open user task")
    return commands.ThrowTaskEscalation(
        task_id=task.id, escalation_code=_require(request.code, "code", request), variables=request.variables
    )


def _message(request: SimulationRequest, simulated: SimulatedInstance) -> Command:
    if simulated.instance is None:
        name = _require(request.name, "name", request)
        return _start_by_event(request, simulated, EventKind.MESSAGE, name)
    kinds = (SubscriptionKind.MESSAGE, SubscriptionKind.TRIGGER)
    open_ = [item for item in simulated.list_open(Subscription) if item.kind in kinds]
    fitting = [item for item in open_ if request.name in (None, item.name)]
    try:
        subscription = _choose_one(request, fitting, f"subscription to the message '{request.name or ''}'")
    except NotFound as error:
        raise MismatchingMessage(error.message) from None
    return commands.DeliverMessage(subscription_id=subscription.id, variables=request.variables)


def _signal(request: SimulationRequest, simulated: SimulatedInstance) -> Command:
    name = _require(request.name, "name", request)
    if simulated.instance is None:
        return _start_by_event(request, simulated, EventKind.SIGNAL, name)
    return commands.DeliverSignal(name=name, variables=request.variables)


def _timer(request: SimulationRequest, simulated: SimulatedInstance) -> Command:
    return commands.FireJob(job_id=_choose_one(request, simulated.list_open(Job), "timer or job").id)


def _variables(request: SimulationRequest, simulated: SimulatedInstance) -> Command:
    del simulated
    return commands.SetVariables(set=request.variables)


def _resolve(request: SimulationRequest, simulated: SimulatedInstance) -> Command:
    return commands.ResolveIncident(incident_id=_choose_one(request, simulated.list_open(Incident), "incident").id)


def _rollback(request: SimulationRequest, simulated: SimulatedInstance) -> Command:
    del simulated
    return commands.Rollback(to=_require(request.element, "activityId", request))


def _cancel(request: SimulationRequest, simulated: SimulatedInstance) -> Command:
    del simulated
    return commands.CancelInstance(reason=request.message, compensate=request.compensate)


SIMULATION_REQUESTS: dict[str, Callable[[SimulationRequest, SimulatedInstance], Command]] = {
    "start": _start,
    "complete": _complete,
    "fail": _fail,
    "error": _error,
    "escalation": _escalation,
    "message": _message,
    "signal": _signal,
    "timer": _timer,
    "variables": _variables,
    "resolve": _resolve,
    "rollback": _rollback,
    "cancel": _cancel,
}


def _choose_task(request: SimulationRequest, simulated: SimulatedInstance, *kinds: Any) -> Any:
    """An open task. Raises Conflict for one that failed and whose back-off is not over: no worker would get it."""
    what = "open task" if UserTask in kinds else "open external task"
    task = _choose_one(request, simulated.list_open(*kinds), what)
    if isinstance(task, ExternalTask) and task.not_before > simulated.now:
        raise Conflict(
            f"Expected a task that a worker can be given, but the one at '{task.element}' is tried again in "
            f"{(task.not_before - simulated.now) / 1000:g} s: let time pass to 'nextDue' first"
        )
    return task


def _choose_one(request: SimulationRequest, found: Sequence[Any], what: str) -> Any:
    fitting = [item for item in found if request.id in (None, item.id) and request.element in (None, item.element)]
    if len(fitting) == 1 or (fitting and request.element is not None):
        return fitting[0]
    places = ", ".join(sorted({item.element for item in found})) or "nowhere"
    if not fitting:
        raise NotFound(
            f"Expected one {what} at '{request.element or request.id or 'any element'}', but found it at {places}"
        )
    raise BadRequest(f"Expected an 'id' or 'activityId' to choose one {what}, as there is one at each of {places}")


def _require(value: str | None, name: str, request: SimulationRequest) -> str:
    if not value:
        raise BadRequest(f"Expected a '{name}' in the command '{request.kind}', but found none")
    return value


def _start_by_event(request: SimulationRequest, simulated: SimulatedInstance, kind: EventKind, name: str) -> Command:
    """The start by a message or signal, as the first thing that happens."""
    for node in simulated.model.entries:
        if any(
            event.kind is kind and event.name is not None and evaluate_constant(event.name, simulated.now) == name
            for event in node.events
        ):
            return commands.StartInstance(
                definition_id=simulated.definition_id,
                business_key=request.business_key,
                variables=request.variables,
                start_element=node.id,
            )
    raise MismatchingMessage(
        f"Expected a start event for the {kind} '{name}' in process '{simulated.model.id}', but found none"
    )
