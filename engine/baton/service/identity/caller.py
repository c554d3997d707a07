"""Callers and what they may do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from baton.model.errors import Forbidden
from baton.model.identity import Grant, GrantKind, HolderKind, Role
from baton.model.immutable import immutable
from baton.model.reach import Access, Area, Reach
from baton.model.values import Value
from baton.service.identity.roles import ALL, collect_permissions, list_roles_that_may

OTHERS = "task:others"
"""To see the tasks of others; without it somebody sees those that they have or may claim."""
ACT_FOR_OTHERS = "task:update"
"""To claim, complete and assign in the name of somebody else."""
CHANGES = frozenset(
    {"process-definition:update", "process-definition:delete", "deployment:create", "deployment:delete"}
)
"""What changes definitions: those of no tenant are not the tenants' to change."""


class CallerKind(StrEnum):
    ANYBODY = "anybody"
    """Nobody has to sign in here."""
    PERSON = "person"
    KEY = "key"


@immutable
class Rule:
    """Permissions, and the area that they are given for, or taken away in."""

    permissions: frozenset[str]
    area: Area

    def matches(self, permission: str) -> bool:
        return permission in self.permissions or ALL in self.permissions


@immutable
class Caller:
    """``name``: the id of a person, the name of a key. ``topics``: those that may be fetched; none: all.

    ``permissions``: those that hold anywhere. ``rules``: where, by precedence; none: everywhere.
    ``variables``: those that a worker may see; none: all.
    """

    kind: CallerKind
    name: str
    roles: frozenset[Role]
    permissions: frozenset[str]
    groups: tuple[str, ...] = ()
    topics: frozenset[str] = frozenset()
    rules: tuple[Rule, ...] = ()
    variables: frozenset[str] = frozenset()

    def allows(self, permission: str) -> bool:
        """``resource:action``, such as ``task:work``; perhaps for some definitions or tenants only."""
        return permission in self.permissions or ALL in self.permissions

    def has_same_rights(self, other: Caller) -> bool:
        """Whether both may do the same, in whatever order it is written."""
        mine, theirs = (
            (it.name, it.permissions, frozenset(it.rules), frozenset(it.groups), it.topics, it.variables)
            for it in (self, other)
        )
        return mine == theirs

    def require(self, permission: str) -> None:
        """Raises Forbidden, which names the roles that would do."""
        if not self.allows(permission):
            roles = ", ".join(list_roles_that_may(permission))
            raise Forbidden(f"Expected a role that may '{permission}' ({roles}), but {self} has {self._name_roles()}")

    def require_whole(self, permission: str) -> None:
        """Raises Forbidden for a permission that holds for some definitions or tenants only."""
        self.require(permission)
        if not self.find_reach(permission).is_whole:
            raise Forbidden(
                f"Expected a caller who may '{permission}' for all definitions of all tenants, since it is about "
                f"all of them, but {self} may for some only"
            )

    def find_reach(self, permission: str) -> Reach:
        """Where the caller has a permission."""
        if not self.rules:
            return EVERYWHERE if self.allows(permission) else NOWHERE
        return Reach(areas=tuple(rule.area for rule in self.rules if rule.matches(permission)))

    def find_access(self, permission: str) -> Access | None:
        """What the caller may reach by a permission; None: everything."""
        if not self.rules and (not permission.startswith("task:") or self.allows(OTHERS)):
            return None
        return Access(
            whose=str(self),
            permission=permission,
            may=self.find_reach(permission),
            sees=Reach(areas=tuple(rule.area for rule in self.rules if rule.area.allows)) if self.rules else EVERYWHERE,
            shared=permission not in CHANGES,
            others=self.find_reach(OTHERS) if permission.startswith("task:") else EVERYWHERE,
            person=self.name,
            groups=self.groups,
        )

    def may_for_key(self, permission: str, key: str | None) -> bool:
        """Whether the caller has a permission for a definition key, whatever the tenant; None: for all keys."""
        areas = self.find_reach(permission).areas
        fitting = (area for area in areas if area.keys is None or (key is not None and key in area.keys))
        return next((area.allows for area in fitting), False)

    def may_act_for_others(self, key: str, tenant_id: str | None) -> bool:
        """Whether the caller may name another person in what is done with a task."""
        return self.kind is CallerKind.ANYBODY or self.find_reach(ACT_FOR_OTHERS).contains(key, tenant_id)

    def require_topics(self, topics: Iterable[str]) -> None:
        """Raises Forbidden for a topic that this key is not for."""
        if wrong := sorted(set(topics) - self.topics) if self.topics else []:
            mine = ", ".join(sorted(self.topics))
            raise Forbidden(f"Expected topics that {self} is for ({mine}), but found {', '.join(wrong)}")

    def choose_variables(self, variables: Mapping[str, Value]) -> Mapping[str, Value]:
        """Those that this key may see."""
        if not self.variables:
            return variables
        return {name: value for name, value in variables.items() if name in self.variables}

    def _name_roles(self) -> str:
        return ", ".join(sorted(self.roles)) or "none"

    def __str__(self) -> str:
        return f"the API key '{self.name}'" if self.kind == CallerKind.KEY else f"'{self.name}'"


EVERYWHERE, NOWHERE = Reach(areas=(Area(),)), Reach()


def make_caller(
    kind: CallerKind,
    name: str,
    roles: Iterable[Role],
    groups: Iterable[str] = (),
    topics: Iterable[str] = (),
    *,
    tenants: Sequence[str] = (),
    grants: Sequence[Grant] = (),
    variables: Iterable[str] = (),
) -> Caller:
    """``tenants``: whose member the caller is: roles, and grants that name no tenant, count for these only."""
    mine = frozenset(roles)
    rules = _make_rules(mine, tenants, grants) if tenants or grants else ()
    given = [rule.permissions for rule in rules if rule.area.allows]
    return Caller(
        kind=kind,
        name=name,
        roles=mine.union(*(grant.roles for grant in grants if grant.kind is not GrantKind.REVOKE)),
        permissions=frozenset[str]().union(*given) if rules else collect_permissions(mine),
        groups=tuple(groups),
        topics=frozenset(topics),
        rules=rules,
        variables=frozenset(variables),
    )


def _make_rules(roles: frozenset[Role], tenants: Sequence[str], grants: Sequence[Grant]) -> tuple[Rule, ...]:
    rules = [_make_rule(grant, tenants) for grant in sorted(grants, key=_get_precedence)]
    if roles:
        rules.append(Rule(permissions=collect_permissions(roles), area=Area(tenants=_make_tenants(tenants))))
    return tuple(rules)


def _make_rule(grant: Grant, tenants: Sequence[str]) -> Rule:
    return Rule(
        permissions=collect_permissions(frozenset(grant.roles)).union(grant.permissions),
        area=Area(
            keys=frozenset(grant.definitions) or None,
            tenants=_make_tenants(grant.tenants or tenants),
            allows=grant.kind is not GrantKind.REVOKE,
        ),
    )


def _make_tenants(tenants: Sequence[str]) -> frozenset[str | None] | None:
    """An empty text stands for no tenant."""
    return frozenset(tenant or None for tenant in tenants) or None


_LEVELS = {HolderKind.USER: 0, HolderKind.KEY: 0, HolderKind.GROUP: 1, HolderKind.EVERYBODY: 2}


def _get_precedence(grant: Grant) -> tuple[bool, int, bool]:
    """As in Camunda 7: single definitions before all, users before groups before everybody, granted before revoked."""
    return not grant.definitions, _LEVELS[grant.holder_kind], grant.kind is GrantKind.REVOKE


ANYBODY = make_caller(CallerKind.ANYBODY, "anybody", [Role.ADMINISTRATOR])
"""The caller if nobody has to sign in: everything is allowed."""
