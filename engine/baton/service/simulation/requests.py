"""What may be asked of a simulated instance: each kind of request becomes the command that the engine runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from baton.model import commands
from baton.model.commands import Command
from baton.model.definition import EventKind, Node, ProcessModel
from baton.model.errors import BadRequest, MismatchingMessage, NotFound
from baton.model.records import ExternalTask, Incident, Job, Subscription, SubscriptionKind, UserTask
from baton.model.values import Value
from baton.runtime import Instance
from baton.service.deployments.deployer import evaluate_constant

WORKER = "simulation"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationRequest:
    """One request. ``element`` or ``id`` say what it is about, where more than one thing could be meant."""

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
    """What a request is looked up in; ``instance`` is None before it has been started."""

    definition_id: str
    model: ProcessModel
    instance: Instance | None

    def list_open(self, *kinds: Any) -> list[Any]:
        """The open records of these kinds."""
        waits = None if self.instance is None else self.instance.workflow.waits
        return [] if waits is None else [one for kind in kinds for one in waits.all(kind)]


def make_command(ask: SimulationRequest, simulated: SimulatedInstance) -> Command:
    """The command. Raises BadRequest or NotFound where what is asked cannot be told."""
    return SIMULATION_REQUESTS[ask.kind](ask, simulated)


def _start(ask: SimulationRequest, simulated: SimulatedInstance) -> Command:
    return commands.StartInstance(
        definition_id=simulated.definition_id,
        business_key=ask.business_key,
        variables=ask.variables,
        start_element=ask.element,
        before=ask.before,
    )


def _complete(ask: SimulationRequest, simulated: SimulatedInstance) -> Command:
    task = _choose_one(ask, simulated.list_open(ExternalTask, UserTask), "open task")
    if isinstance(task, ExternalTask):
        return commands.CompleteExternalTask(task_id=task.id, worker_id=WORKER, variables=ask.variables)
    return commands.CompleteUserTask(task_id=task.id, variables=ask.variables)


def _fail(ask: SimulationRequest, simulated: SimulatedInstance) -> Command:
    task = _choose_one(ask, simulated.list_open(ExternalTask), "open external task")
    return commands.FailExternalTask(
        task_id=task.id,
        worker_id=WORKER,
        error_message=ask.message,
        retries=ask.retries,
        variables=ask.variables,
    )


def _error(ask: SimulationRequest, simulated: SimulatedInstance) -> Command:
    task = _choose_one(ask, simulated.list_open(ExternalTask, UserTask), "open task")
    return commands.ThrowTaskError(
        task_id=task.id,
        worker_id=WORKER if isinstance(task, ExternalTask) else None,
        error_code=_require(ask.code, "code", ask),
        error_message=ask.message,
        variables=ask.variables,
    )


def _escalation(ask: SimulationRequest, simulated: SimulatedInstance) -> Command:
    task = _choose_one(ask, simulated.list_open(UserTask), "open user task")
    return commands.ThrowTaskEscalation(
        task_id=task.id, escalation_code=_require(ask.code, "code", ask), variables=ask.variables
    )


def _message(ask: SimulationRequest, simulated: SimulatedInstance) -> Command:
    if simulated.instance is None:
        name = _require(ask.name, "name", ask)
        return _start_by_event(ask, simulated, EventKind.MESSAGE, name)
    open_ = [one for one in simulated.list_open(Subscription) if one.kind is SubscriptionKind.MESSAGE]
    fitting = [one for one in open_ if ask.name in (None, one.name)]
    try:
        subscription = _choose_one(ask, fitting, f"subscription to the message '{ask.name or ''}'")
    except NotFound as error:
        raise MismatchingMessage(error.message) from None
    return commands.DeliverMessage(subscription_id=subscription.id, variables=ask.variables)


def _signal(ask: SimulationRequest, simulated: SimulatedInstance) -> Command:
    name = _require(ask.name, "name", ask)
    if simulated.instance is None:
        return _start_by_event(ask, simulated, EventKind.SIGNAL, name)
    return commands.DeliverSignal(name=name, variables=ask.variables)


def _timer(ask: SimulationRequest, simulated: SimulatedInstance) -> Command:
    return commands.FireJob(job_id=_choose_one(ask, simulated.list_open(Job), "timer or job").id)


def _variables(ask: SimulationRequest, simulated: SimulatedInstance) -> Command:
    del simulated
    return commands.SetVariables(set=ask.variables)


def _resolve(ask: SimulationRequest, simulated: SimulatedInstance) -> Command:
    return commands.ResolveIncident(incident_id=_choose_one(ask, simulated.list_open(Incident), "incident").id)


def _rollback(ask: SimulationRequest, simulated: SimulatedInstance) -> Command:
    del simulated
    return commands.Rollback(to=_require(ask.element, "activityId", ask))


def _cancel(ask: SimulationRequest, simulated: SimulatedInstance) -> Command:
    del simulated
    return commands.CancelInstance(reason=ask.message, compensate=ask.compensate)


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


def _choose_one(ask: SimulationRequest, found: Sequence[Any], what: str) -> Any:
    fitting = [one for one in found if ask.id in (None, one.id) and ask.element in (None, one.element)]
    if len(fitting) == 1 or (fitting and ask.element is not None):
        return fitting[0]
    places = ", ".join(sorted({one.element for one in found})) or "nowhere"
    if not fitting:
        raise NotFound(f"Expected one {what} at '{ask.element or ask.id or 'any element'}', but found it at {places}")
    raise BadRequest(f"Expected an 'id' or 'activityId' to choose one {what}, as there is one at each of {places}")


def _require(value: str | None, name: str, ask: SimulationRequest) -> str:
    if not value:
        raise BadRequest(f"Expected a '{name}' in the command '{ask.kind}', but found none")
    return value


def _start_by_event(ask: SimulationRequest, simulated: SimulatedInstance, kind: EventKind, name: str) -> Command:
    """The start by a message or signal, as the first thing that happens."""
    for node in simulated.model.members.get(simulated.model.id, ()):
        if _is_start(node, simulated.model) and any(
            event.kind is kind and event.name is not None and evaluate_constant(event.name) == name
            for event in node.events
        ):
            return commands.StartInstance(
                definition_id=simulated.definition_id,
                business_key=ask.business_key,
                variables=ask.variables,
                start_element=node.id,
            )
    raise MismatchingMessage(
        f"Expected a start event for the {kind} '{name}' in process '{simulated.model.id}', but found none"
    )


def _is_start(node: Node, model: ProcessModel) -> bool:
    if node in model.starts(model.id) or node.instantiate:
        return True
    return any(model.nodes[model.flows[flow].source].instantiate for flow in node.incoming)
