"""Messages and signals in, tasks of people, and what needs an operator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from baton.client.call import Call, drop_none, make_params, read_nothing
from baton.client.calls.definitions import make_variables
from baton.client.shapes import Incident, UserTask


def send_message(
    name: str,
    variables: object,
    *,
    business_key: str | None,
    instance_id: str | None,
    correlation: object,
    tenant_id: str | None,
    message_id: str | None,
    wait: float | timedelta,
) -> Call[None]:
    seconds = wait.total_seconds() if isinstance(wait, timedelta) else wait
    body = {
        "messageName": name,
        "processVariables": make_variables(variables),
        "businessKey": business_key,
        "processInstanceId": instance_id,
        "correlationKeys": make_variables(correlation) or None,
        "tenantId": tenant_id,
        "messageId": message_id,
        "timeToLive": round(seconds * 1000) or None,
    }
    return Call(method="POST", path="/message", body=drop_none(body), read=read_nothing)


def send_signal(name: str, variables: object, *, tenant_id: str | None) -> Call[None]:
    body = {"name": name, "variables": make_variables(variables), "tenantId": tenant_id}
    return Call(method="POST", path="/signal", body=drop_none(body), read=read_nothing)


def list_tasks(filters: Mapping[str, Any]) -> Call[list[UserTask]]:
    return Call(
        method="GET",
        path="/task",
        params=make_params(filters),
        read=lambda answer: [UserTask.model_validate(fields) for fields in answer],
    )


def claim_task(task_id: str, user_id: str) -> Call[None]:
    return Call(method="POST", path=f"{_locate_task(task_id)}/claim", body={"userId": user_id}, read=read_nothing)


def complete_task(task_id: str, variables: object) -> Call[None]:
    body = {"variables": make_variables(variables)}
    return Call(method="POST", path=f"{_locate_task(task_id)}/complete", body=body, read=read_nothing)


def list_incidents(filters: Mapping[str, Any]) -> Call[list[Incident]]:
    return Call(
        method="GET",
        path="/incident",
        params=make_params(filters),
        read=lambda answer: [Incident.model_validate(fields) for fields in answer],
    )


def retry_incident(incident_id: str) -> Call[None]:
    return Call(method="POST", path=f"{_locate_incident(incident_id)}/resolve", body={}, read=read_nothing)


def skip_incident(incident_id: str, variables: object) -> Call[None]:
    body = {"variables": make_variables(variables)}
    return Call(method="POST", path=f"{_locate_incident(incident_id)}/skip", body=body, read=read_nothing)


def _locate_task(task_id: str) -> str:
    return f"/task/{quote(task_id, safe='')}"


def _locate_incident(incident_id: str) -> str:
    return f"/incident/{quote(incident_id, safe='')}"
