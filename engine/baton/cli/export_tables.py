"""The tables of an export: their columns, and how each is read from the answers of the API."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

Fields: TypeAlias = Mapping[str, Any]
Kind: TypeAlias = Literal["string", "int64", "bool", "timestamp"]
"""A timestamp has milliseconds, in UTC."""


@dataclass(frozen=True, slots=True)
class Column:
    """``read`` takes the value from an object of the API's answer."""

    kind: Kind
    read: Callable[[Fields], Any]


def parse_moment(text: str | None) -> datetime | None:
    """In UTC; without an offset it is read as UTC. Raises ValueError."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def dump_compact(value: Any) -> str:
    """As JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _take(name: str, kind: Kind = "string") -> Column:
    return Column(kind, lambda fields: fields[name])


def _take_moment(name: str) -> Column:
    return Column("timestamp", lambda fields: parse_moment(fields[name]))


def _measure_duration(fields: Fields) -> int | None:
    started, ended = parse_moment(fields["startedAt"]), parse_moment(fields["endedAt"])
    return None if started is None or ended is None else round((ended - started).total_seconds() * 1000)


INSTANCES: Mapping[str, Column] = {
    "instance_id": _take("id"),
    "definition_id": _take("definitionId"),
    "definition_key": _take("definitionKey"),
    "definition_version": _take("definitionVersion", "int64"),
    "definition_name": _take("definitionName"),
    "tenant_id": _take("tenantId"),
    "business_key": _take("businessKey"),
    "state": _take("state"),
    "started_at": _take_moment("startedAt"),
    "ended_at": _take_moment("endedAt"),
    "duration_ms": Column("int64", _measure_duration),
    "start_element": _take("startElement"),
    "end_element": _take("endElement"),
    "started_by": _take("startedBy"),
    "reason": _take("reason"),
    "undone": _take("undone", "bool"),
    "events": _take("position", "int64"),
    "variables": Column("string", lambda fields: dump_compact(fields["variables"])),
}
"""Of ``GET /process-instance/overview``, with ``definitionVersion``, ``definitionName`` and plain ``variables``."""

ACTIVITIES: Mapping[str, Column] = {
    "activity_instance_id": _take("id"),
    "instance_id": _take("processInstanceId"),
    "parent_activity_instance_id": _take("parentActivityInstanceId"),
    "element": _take("activityId"),
    "element_name": _take("activityName"),
    "element_type": _take("activityType"),
    "definition_id": _take("processDefinitionId"),
    "definition_key": _take("processDefinitionKey"),
    "tenant_id": _take("tenantId"),
    "task_id": _take("taskId"),
    "assignee": _take("assignee"),
    "called_instance_id": _take("calledProcessInstanceId"),
    "started_at": _take_moment("startTime"),
    "ended_at": _take_moment("endTime"),
    "duration_ms": _take("durationInMillis", "int64"),
    "cancelled": _take("canceled", "bool"),
}
"""Of ``GET /history/activity-instance``."""

EVENTS: Mapping[str, Column] = {
    "instance_id": _take("instanceId"),
    "definition_key": _take("definitionKey"),
    "tenant_id": _take("tenantId"),
    "position": _take("position", "int64"),
    "at": _take_moment("at"),
    "type": _take("type"),
    "element": _take("element"),
    "token": _take("token", "int64"),
    "data": Column("string", lambda fields: dump_compact(fields["data"])),
}
"""Of ``GET /process-instance/{id}/history``, with ``instanceId``, ``definitionKey`` and ``tenantId``."""

TABLES: Mapping[str, Mapping[str, Column]] = {"instances": INSTANCES, "activities": ACTIVITIES, "events": EVENTS}
