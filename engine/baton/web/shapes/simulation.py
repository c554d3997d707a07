"""What a simulation is asked, and what it answers."""

from __future__ import annotations

from typing import Any

from baton.model.records import ExternalTask
from baton.model.turn_result import Outgoing
from baton.service import SIMULATION_REQUESTS, Simulation
from baton.web.errors import problem_json
from baton.web.fields import Field, Shape, booleans, dates, integers, strings
from baton.web.shapes.definitions import PROBLEM
from baton.web.shapes.events import EVENT, event_json
from baton.web.shapes.instances import HEADER, LEDGER, TOKEN, header_json, ledger_json, token_json
from baton.web.shapes.work import (
    INCIDENT,
    JOB,
    SUBSCRIPTION,
    USER_TASK,
    incident_json,
    job_json,
    subscription_json,
    user_task_json,
)
from baton.web.times import iso_text
from baton.web.variables import all_to_rest

RESOURCE = Shape("SimulationResource", (Field("name", required=True), Field("content", required=True)))
COMMAND = Shape(
    "SimulationCommand",
    (
        Field("type", required=True, choices=tuple(SIMULATION_REQUESTS)),
        Field("id", doc="of the task, job, subscription or incident; or name its element"),
        Field("activityId", doc="the element it is about: of a start, the start event; of a rollback, where to"),
        Field("name", doc="of the message or signal"),
        Field("code", doc="of the error or escalation"),
        Field("message", doc="of the error, the failure or the cancellation"),
        *integers("retries"),
        Field("businessKey"),
        Field("startBefore", "strings", "elements to start before, instead of a start event"),
        *booleans("compensate"),
        Field("variables", "variables"),
    ),
)
ASK = Shape(
    "SimulationRequest",
    (
        Field("bpmn", doc="the draft; or give a processDefinitionId"),
        *strings("processDefinitionId"),
        Field("processId", doc="which process of the draft; the first unless named"),
        Field("resources", "objects", "files beside the draft: other processes, decisions", shape=RESOURCE),
        Field("state", doc="as it was answered before; without it the simulation begins"),
        Field("command", "object", shape=COMMAND),
        Field("now", "date", "let time pass to this moment; without it time stands still"),
    ),
)
TASK = Shape(
    "SimulatedExternalTask",
    (
        *strings("id", "activityId", "topicName"),
        *integers("priority", "retries", "token", "undoes"),
        *strings("errorMessage", "businessKey"),
        Field("notBefore", "date"),
    ),
)
SIMULATED_JOB = Shape("SimulatedJob", (*JOB.fields, *strings("activityId", "type")))
SENT = Shape(
    "SimulatedMessage",
    (
        *strings("id", "kind", "name", "activityId", "businessKey", "correlationKey", "targetProcess"),
        Field("variables", "variables"),
    ),
)
ANSWER = Shape(
    "SimulationAnswer",
    (
        Field("state", doc="give it back with the next request; it means nothing to anybody else"),
        Field("header", "object", shape=HEADER),
        Field("events", "objects", "what happened in this request", shape=EVENT),
        Field("sent", "objects", "messages and signals that left the instance; they reach nobody", shape=SENT),
        Field("tokens", "objects", shape=TOKEN),
        Field("variables", "object", "variables by the number of the token that owns them"),
        Field("externalTasks", "objects", shape=TASK),
        Field("userTasks", "objects", shape=USER_TASK),
        Field("jobs", "objects", "timers, asynchronous continuations, retries", shape=SIMULATED_JOB),
        Field("subscriptions", "objects", shape=SUBSCRIPTION),
        Field("incidents", "objects", shape=INCIDENT),
        Field("ledger", "objects", shape=LEDGER),
        Field("problems", "objects", "warnings about the draft", shape=PROBLEM),
        *dates("now", "nextDue"),
        Field("more", "boolean", "it has not come to rest within one request: ask again with this state"),
    ),
)


def simulation_json(found: Simulation) -> dict[str, Any]:
    header = found.header
    return {
        "state": found.state,
        "header": None if header is None else header_json(header),
        "events": [event_json(one) for one in found.events],
        "sent": [_sent(one) for one in found.sent],
        "tokens": [] if header is None else [token_json(one, header) for one in found.tokens],
        "variables": {str(scope): all_to_rest(values) for scope, values in found.variables.items()},
        "externalTasks": [_task(one) for one in found.external_tasks],
        "userTasks": [user_task_json(one) for one in found.user_tasks],
        "jobs": [job_json(one) | {"activityId": one.element, "type": one.kind.value} for one in found.jobs],
        "subscriptions": [subscription_json(one) for one in found.subscriptions],
        "incidents": [incident_json(one) for one in found.incidents],
        "ledger": [ledger_json(one) for one in found.ledger],
        "problems": [problem_json(one) for one in found.problems],
        "now": iso_text(found.now),
        "nextDue": iso_text(found.next_due),
        "more": found.more,
    }


def _task(task: ExternalTask) -> dict[str, Any]:
    return {
        "id": task.id,
        "activityId": task.element,
        "topicName": task.topic,
        "priority": task.priority,
        "retries": task.retries,
        "token": task.token,
        "undoes": task.undoes,
        "errorMessage": task.error_message,
        "businessKey": task.business_key,
        "notBefore": iso_text(task.not_before),
    }


def _sent(one: Outgoing) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "name": one.name,
        "activityId": one.element,
        "businessKey": one.business_key,
        "correlationKey": one.correlation_key,
        "targetProcess": one.target_process,
        "variables": all_to_rest(one.variables),
    }
