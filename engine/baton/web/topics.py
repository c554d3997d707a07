"""The body of fetchAndLock as the service's topic requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from baton.model.errors import BadRequest
from baton.service import TopicRequest
from baton.web.fields import Field, Shape, booleans, lists, strings
from baton.web.shapes.common import SORTING

TOPIC = Shape(
    "FetchTopic",
    (
        Field("topicName", required=True),
        Field("lockDuration", "integer", "milliseconds", required=True),
        Field("variables", "strings", "names of the variables to give; all when absent, none when empty"),
        *booleans("localVariables", "deserializeValues", "includeExtensionProperties", "withoutTenantId"),
        *strings("businessKey", "processDefinitionId", "processDefinitionKey", "processDefinitionVersionTag"),
        *lists("processDefinitionIdIn", "processDefinitionKeyIn", "tenantIdIn"),
        Field("processVariables", "object", "only tasks whose instance has these values"),
    ),
)
FETCH = Shape(
    "FetchExternalTasks",
    (
        Field("workerId", required=True),
        Field("maxTasks", "integer", required=True),
        *booleans("usePriority"),
        Field("asyncResponseTimeout", "integer", "milliseconds to wait for the first task"),
        Field("topics", "objects", shape=TOPIC),
        Field("sorting", "objects", shape=SORTING),
    ),
)
MAX_TASKS = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    worker_id: str
    max_tasks: int
    use_priority: bool
    timeout_ms: int
    descending: bool | None
    """Order by creation time; None: the order of the queue."""


def topics_of(body: dict[str, Any]) -> tuple[Asked, list[TopicRequest], dict[str, bool]]:
    """What is asked, the topics, and which topics want lists and objects as JSON structures."""
    topics: list[dict[str, Any]] = body.get("topics", [])
    if body["maxTasks"] < 1:
        raise BadRequest(f"Expected 1 or more for 'maxTasks', but found {body['maxTasks']}")
    asked = Asked(
        body["workerId"],
        min(body["maxTasks"], MAX_TASKS),
        body.get("usePriority", False),
        max(0, body.get("asyncResponseTimeout", 0)),
        _order(body.get("sorting", [])),
    )
    plain = {topic["topicName"]: topic.get("deserializeValues", False) for topic in topics}
    return asked, [_topic(topic) for topic in topics], plain


def _order(sorting: list[dict[str, str]]) -> bool | None:
    for one in sorting:
        if one["sortBy"] != "createTime":
            raise BadRequest(f"Expected 'createTime' for 'sortBy', but found '{one['sortBy']}'")
        return one["sortOrder"] == "desc"
    return None


def _topic(topic: dict[str, Any]) -> TopicRequest:
    if topic["lockDuration"] <= 0:
        raise BadRequest(f"Expected a lockDuration above 0 ms, but found {topic['lockDuration']}")
    names = topic.get("variables")
    return TopicRequest(
        name=topic["topicName"],
        lock_ms=topic["lockDuration"],
        variables=None if names is None else tuple(names),
        local_variables=topic.get("localVariables", False),
        business_key=topic.get("businessKey"),
        definition_ids=_either(topic, "processDefinitionId", "processDefinitionIdIn"),
        definition_keys=_either(topic, "processDefinitionKey", "processDefinitionKeyIn"),
        version_tag=topic.get("processDefinitionVersionTag"),
        process_variables=topic.get("processVariables") or {},
        tenant_ids=topic.get("tenantIdIn"),
        without_tenant=topic.get("withoutTenantId", False),
        include_extension_properties=topic.get("includeExtensionProperties", False),
    )


def _either(topic: dict[str, Any], single: str, many: str) -> tuple[str, ...] | None:
    found = [topic[single]] if single in topic else topic.get(many)
    return tuple(found) if found else None
