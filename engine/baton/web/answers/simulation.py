"""What a simulation answers."""

from __future__ import annotations

from pydantic import Field

from baton.model import records
from baton.model.turn_result import Outgoing
from baton.service import Simulation
from baton.web.answers.events import Event, show_event
from baton.web.answers.instances import (
    InstanceHeader,
    LedgerEntry,
    Token,
    show_header,
    show_ledger_entry,
    show_token,
)
from baton.web.answers.live import PlanStep, show_plan
from baton.web.answers.problems import Problem, show_problem
from baton.web.answers.work import (
    EventSubscription,
    Incident,
    Job,
    Task,
    show_incident,
    show_job_fields,
    show_subscription,
    show_task,
)
from baton.web.models.base import Answer
from baton.web.models.fields import ShownVariables
from baton.web.times import format_iso
from baton.web.variables import to_rest_variables


class SimulatedExternalTask(Answer):
    """Work that waits for somebody to play the worker."""

    id: str
    activityId: str
    topicName: str
    priority: int
    retries: int | None
    token: int
    undoes: int | None
    errorMessage: str | None
    businessKey: str | None
    notBefore: str | None


class SimulatedJob(Job):
    """A job with its element and kind."""

    activityId: str
    type: str


class SimulatedMessage(Answer):
    """A message or signal that left the instance; it reaches nobody."""

    id: str
    kind: str
    name: str | None
    activityId: str | None
    businessKey: str | None
    correlationKey: str | None
    targetProcess: str | None
    variables: ShownVariables


class SimulationAnswer(Answer):
    """The instance after one step."""

    state: str | None = Field(description="give it back with the next request; it means nothing to anybody else")
    header: InstanceHeader | None
    events: list[Event] = Field(description="what happened in this request")
    sent: list[SimulatedMessage] = Field(description="messages and signals that left the instance")
    tokens: list[Token]
    variables: dict[str, ShownVariables] = Field(description="variables by the number of the token that owns them")
    externalTasks: list[SimulatedExternalTask]
    userTasks: list[Task]
    jobs: list[SimulatedJob] = Field(description="timers, asynchronous continuations, retries")
    subscriptions: list[EventSubscription]
    incidents: list[Incident]
    ledger: list[LedgerEntry]
    plan: list[PlanStep] = Field(description="what would be undone now, in this order")
    problems: list[Problem] = Field(description="warnings about the draft")
    now: str | None
    nextDue: str | None
    stoppedAt: list[str] = Field(description="the elements of `stopAt` that a token has come to")
    more: bool = Field(description="it has not come to rest within one request: ask again with this state")


def show_simulation(found: Simulation) -> SimulationAnswer:
    header = found.header
    return SimulationAnswer(
        state=found.state,
        header=None if header is None else show_header(header),
        events=[show_event(event) for event in found.events],
        sent=[_show_sent(item) for item in found.sent],
        tokens=[] if header is None else [show_token(token, header) for token in found.tokens],
        variables={str(scope): to_rest_variables(values) for scope, values in found.variables.items()},
        externalTasks=[_show_external_task(task) for task in found.external_tasks],
        userTasks=[show_task(task) for task in found.user_tasks],
        jobs=[SimulatedJob(**show_job_fields(job), activityId=job.element, type=job.kind.value) for job in found.jobs],
        subscriptions=[show_subscription(subscription) for subscription in found.subscriptions],
        incidents=[show_incident(None, incident) for incident in found.incidents],
        ledger=[show_ledger_entry(item) for item in found.ledger],
        plan=show_plan(found.plan),
        problems=[show_problem(problem) for problem in found.problems],
        now=format_iso(found.now),
        nextDue=format_iso(found.next_due),
        stoppedAt=list(found.stopped_at),
        more=found.more,
    )


def _show_external_task(task: records.ExternalTask) -> SimulatedExternalTask:
    return SimulatedExternalTask(
        id=task.id,
        activityId=task.element,
        topicName=task.topic,
        priority=task.priority,
        retries=task.retries,
        token=task.token,
        undoes=task.undoes,
        errorMessage=task.error_message,
        businessKey=task.business_key,
        notBefore=format_iso(task.not_before),
    )


def _show_sent(outgoing: Outgoing) -> SimulatedMessage:
    return SimulatedMessage(
        id=outgoing.id,
        kind=outgoing.kind,
        name=outgoing.name,
        activityId=outgoing.element,
        businessKey=outgoing.business_key,
        correlationKey=outgoing.correlation_key,
        targetProcess=outgoing.target_process,
        variables=to_rest_variables(outgoing.variables),
    )
