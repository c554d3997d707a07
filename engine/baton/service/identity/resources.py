"""Camunda 7's resources and permissions, and what they are here.

Source: the numbers of ``Resources`` and the names of ``Permissions`` in Camunda 7.23. A permission that gives less than
any of ours, such as RETRY_JOB of a process instance, has no place in the table: it is refused, not widened.
"""

from __future__ import annotations

from collections.abc import Iterable

from baton.model.errors import BadRequest

EVERYTHING, NOTHING = "ALL", "NONE"
NUMBERS = {
    0: "APPLICATION",
    1: "USER",
    2: "GROUP",
    3: "GROUP_MEMBERSHIP",
    4: "AUTHORIZATION",
    5: "FILTER",
    6: "PROCESS_DEFINITION",
    7: "TASK",
    8: "PROCESS_INSTANCE",
    9: "DEPLOYMENT",
    10: "DECISION_DEFINITION",
    11: "TENANT",
    12: "TENANT_MEMBERSHIP",
    13: "BATCH",
    14: "DECISION_REQUIREMENTS_DEFINITION",
    15: "REPORT",
    16: "DASHBOARD",
    17: "OPERATION_LOG_CATEGORY",
    18: "OPTIMIZE",
    19: "HISTORIC_TASK",
    20: "HISTORIC_PROCESS_INSTANCE",
    21: "SYSTEM",
}
BY_KEY = frozenset({6, 10})
"""Resources whose id is the key of a definition; of the others Baton knows ``*`` only."""
_INSTANCES_READ = ("process-instance:read", "incident:read", "job:read", "event:read", "external-task:read")
_INSTANCES_UPDATE = (
    "process-instance:update",
    "incident:update",
    "job:update",
    "external-task:update",
    "external-task:work",
    "event:send",
)
_TASK = {
    "READ": ("task:read", "task:others"),
    "UPDATE": ("task:read", "task:others", "task:work", "task:update"),
    "TASK_WORK": ("task:read", "task:work"),
}
TABLE: dict[int, dict[str, tuple[str, ...]]] = {
    1: {"READ": ("identity:read",)},
    2: {"READ": ("identity:read",)},
    4: {"READ": ("identity:read",), EVERYTHING: ("identity:read", "identity:update")},
    6: {
        "READ": ("process-definition:read",),
        "UPDATE": ("process-definition:update",),
        "DELETE": ("process-definition:delete",),
        "CREATE_INSTANCE": ("process-definition:start",),
        "READ_INSTANCE": _INSTANCES_READ,
        "UPDATE_INSTANCE": _INSTANCES_UPDATE,
        "DELETE_INSTANCE": ("process-instance:delete",),
        "READ_TASK": _TASK["READ"],
        "UPDATE_TASK": _TASK["UPDATE"],
        "TASK_WORK": _TASK["TASK_WORK"],
        "READ_HISTORY": ("history:read",),
        "DELETE_HISTORY": ("history:delete",),
    },
    7: _TASK,
    8: {"READ": _INSTANCES_READ, "UPDATE": _INSTANCES_UPDATE, "DELETE": ("process-instance:delete",)},
    9: {
        "READ": ("deployment:read", "draft:read"),
        "CREATE": ("deployment:create", "draft:read", "draft:update", "process-definition:check"),
        "DELETE": ("deployment:delete",),
    },
    10: {
        "READ": ("decision-definition:read",),
        "CREATE_INSTANCE": ("decision-definition:evaluate",),
        "READ_HISTORY": ("history:read",),
    },
    11: {"READ": ("identity:read",)},
    20: {"READ": ("history:read",), "READ_HISTORY": ("history:read",)},
    21: {"READ": ("system:read",)},
}
"""Number of the resource -> name of the permission -> ours. ``ALL`` is all of them, unless it is named."""


def translate(resource: int, names: Iterable[str]) -> tuple[str, ...]:
    """Our permissions for those of a resource. Raises BadRequest for what Baton does not have."""
    known = TABLE.get(resource)
    if known is None:
        having = ", ".join(f"{number} ({NUMBERS[number]})" for number in TABLE)
        raise BadRequest(f"Expected a resourceType among {having}, but found {resource}")
    found: dict[str, None] = {}
    for name in names:
        if name == NOTHING:
            continue
        if name != EVERYTHING and name not in known:
            raise BadRequest(
                f"Expected permissions of {NUMBERS[resource]} among {', '.join((*known, EVERYTHING))}, but found {name}"
            )
        chosen = known.values() if name == EVERYTHING and EVERYTHING not in known else [known[name]]
        found.update(dict.fromkeys(permission for each in chosen for permission in each))
    return tuple(found)
