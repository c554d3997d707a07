"""What each role may do: the one table of it (docs/reference/permissions.md is made from it)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from baton.model.identity import Role

ALL = "*"
_READ = (
    "decision-definition:read",
    "deployment:read",
    "draft:read",
    "event:read",
    "external-task:read",
    "history:read",
    "incident:read",
    "job:read",
    "process-definition:read",
    "process-instance:read",
    "system:read",
    "task:others",
    "task:read",
)
MAY: dict[Role, tuple[str, ...]] = {
    Role.VIEWER: _READ,
    Role.STARTER: ("process-definition:read", "process-definition:start"),
    Role.TASK_USER: ("process-definition:read", "task:read", "task:work", "variable:sensitive"),
    Role.WORKER: ("external-task:work",),
    Role.OPERATOR: (
        *_READ,
        "decision-definition:evaluate",
        "deployment:delete",
        "event:send",
        "event:update",
        "external-task:update",
        "history:delete",
        "incident:update",
        "job:update",
        "process-definition:delete",
        "process-definition:start",
        "process-definition:update",
        "process-instance:delete",
        "process-instance:update",
        "task:update",
        "task:work",
    ),
    Role.MODELER: (
        *_READ,
        "decision-definition:evaluate",
        "deployment:create",
        "draft:update",
        "process-definition:check",
        "process-definition:start",
    ),
    Role.ADMINISTRATOR: (ALL,),
}
"""Role -> ``resource:action``."""


@cache
def collect_permissions(roles: frozenset[Role]) -> frozenset[str]:
    """Everything that these roles may do together."""
    return frozenset(permission for role in roles for permission in MAY[role])


def list_roles_that_may(permission: str) -> list[Role]:
    """Those that have a permission, for the message of a refusal."""
    return [role for role, permissions in MAY.items() if ALL in permissions or permission in permissions]


def read_roles(names: Iterable[str]) -> tuple[Role, ...]:
    """Roles by their names, each once. Raises ValueError, which names the roles that there are."""
    found = tuple(dict.fromkeys(names))
    unknown = [name for name in found if name not in set(Role)]
    if unknown:
        raise ValueError(f"Expected roles among {', '.join(Role)}, but found {', '.join(unknown)}")
    return tuple(Role(name) for name in found)


@cache
def list_permissions() -> frozenset[str]:
    """All that there are but ``*``."""
    only = ("identity:read", "identity:update", "system:update")
    return frozenset(permission for permissions in MAY.values() for permission in permissions).union(only) - {ALL}
