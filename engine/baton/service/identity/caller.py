"""Callers and what they may do."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from baton.model.errors import Forbidden
from baton.model.identity import Role
from baton.model.immutable import immutable
from baton.service.identity.roles import ALL, collect_permissions, list_roles_that_may


class CallerKind(StrEnum):
    ANYBODY = "anybody"
    """Nobody has to sign in here."""
    PERSON = "person"
    KEY = "key"


@immutable
class Caller:
    """``name``: the id of a person, the name of a key. ``topics``: those that may be fetched; none: all."""

    kind: CallerKind
    name: str
    roles: frozenset[Role]
    permissions: frozenset[str]
    groups: tuple[str, ...] = ()
    topics: frozenset[str] = frozenset()

    def allows(self, permission: str) -> bool:
        """``resource:action``, such as ``task:work``."""
        return permission in self.permissions or ALL in self.permissions

    def require(self, permission: str) -> None:
        """Raises Forbidden, which names the roles that would do."""
        if not self.allows(permission):
            roles = ", ".join(list_roles_that_may(permission))
            raise Forbidden(f"Expected a role that may '{permission}' ({roles}), but {self} has {self._name_roles()}")

    def require_topics(self, topics: Iterable[str]) -> None:
        """Raises Forbidden for a topic that this key is not for."""
        if wrong := sorted(set(topics) - self.topics) if self.topics else []:
            mine = ", ".join(sorted(self.topics))
            raise Forbidden(f"Expected topics that {self} is for ({mine}), but found {', '.join(wrong)}")

    def _name_roles(self) -> str:
        return ", ".join(sorted(self.roles)) or "none"

    def __str__(self) -> str:
        return f"the API key '{self.name}'" if self.kind == CallerKind.KEY else f"'{self.name}'"


def make_caller(
    kind: CallerKind, name: str, roles: Iterable[Role], groups: Iterable[str] = (), topics: Iterable[str] = ()
) -> Caller:
    mine = frozenset(roles)
    return Caller(
        kind=kind,
        name=name,
        roles=mine,
        permissions=collect_permissions(mine),
        groups=tuple(groups),
        topics=frozenset(topics),
    )


ANYBODY = make_caller(CallerKind.ANYBODY, "anybody", [Role.ADMINISTRATOR])
"""The caller if nobody has to sign in: everything is allowed."""
