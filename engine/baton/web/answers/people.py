"""People, groups, API keys, and the caller."""

from __future__ import annotations

from baton.model.identity import ApiKey as KeptKey
from baton.model.identity import User as KeptUser
from baton.model.identity import UserGroup
from baton.service import Caller, Rule
from baton.web.models.base import Answer
from baton.web.times import format_date


class User(Answer):
    """Somebody. ``roles`` and what follows are Baton's."""

    id: str
    firstName: str | None
    lastName: str | None
    email: str | None
    groups: list[str]
    roles: list[str]
    disabled: bool
    byProvider: bool
    """Signs in by the OpenID provider, which says the groups at each sign-in."""
    hasPassword: bool
    createdAt: str


def show_user(user: KeptUser) -> User:
    return User(
        id=user.id,
        firstName=user.first_name,
        lastName=user.last_name,
        email=user.email,
        groups=list(user.groups),
        roles=list(user.roles),
        disabled=user.disabled,
        byProvider=user.external_id is not None,
        hasPassword=user.password is not None,
        createdAt=format_date(user.created_at),
    )


class Group(Answer):
    """A group of people. ``roles`` are Baton's."""

    id: str
    name: str | None
    type: str | None
    roles: list[str]


def show_group(group: UserGroup) -> Group:
    return Group(id=group.id, name=group.name, type=group.kind, roles=list(group.roles))


class Member(Answer):
    """Somebody, as Camunda 7 shows the members of a group."""

    id: str
    firstName: str | None
    lastName: str | None
    displayName: str


def show_member(user: KeptUser) -> Member:
    shown = " ".join(part for part in (user.first_name, user.last_name) if part)
    return Member(id=user.id, firstName=user.first_name, lastName=user.last_name, displayName=shown or user.id)


class GroupReference(Answer):
    """A group by id and name."""

    id: str
    name: str | None


class GroupsOfUser(Answer):
    """The groups of a user, and who is in them."""

    groups: list[GroupReference]
    groupUsers: list[Member]


class Verified(Answer):
    """Whether a name and a password belong together."""

    authenticatedUser: str
    authenticated: bool
    tenants: None = None
    groups: None = None


class ApiKey(Answer):
    """What is kept of a key; ``key`` is there only in the answer to its making."""

    omitted = frozenset({"key"})
    id: str
    name: str
    roles: list[str]
    topics: list[str]
    tenantIds: list[str]
    variables: list[str]
    createdAt: str
    createdBy: str | None
    endsAt: str | None
    key: str | None = None


def show_key(key: KeptKey, token: str | None = None) -> ApiKey:
    return ApiKey(
        id=key.id,
        name=key.name,
        roles=list(key.roles),
        topics=list(key.topics),
        tenantIds=list(key.tenants),
        variables=list(key.variables),
        createdAt=format_date(key.created_at),
        createdBy=key.created_by,
        endsAt=format_date(key.ends_at),
        key=token,
    )


class Area(Answer):
    """Permissions, and where they hold or are taken away; null: everywhere. Null among the tenants: no tenant."""

    permissions: list[str]
    processDefinitionKeys: list[str] | None
    tenantIds: list[str | None] | None
    allows: bool


class Me(Answer):
    """The caller, and what they may do: permissions are ``resource:action``, ``*`` is everything.

    ``permissions`` are those that hold anywhere; ``areas`` say where, the first that fits decides; none: everywhere.
    """

    kind: str
    id: str
    groups: list[str]
    roles: list[str]
    permissions: list[str]
    areas: list[Area]


def show_caller(caller: Caller) -> Me:
    return Me(
        kind=caller.kind,
        id=caller.name,
        groups=list(caller.groups),
        roles=sorted(caller.roles),
        permissions=sorted(caller.permissions),
        areas=[_show_rule(rule) for rule in caller.rules],
    )


def _show_rule(rule: Rule) -> Area:
    keys, tenants = rule.area.keys, rule.area.tenants
    return Area(
        permissions=sorted(rule.permissions),
        processDefinitionKeys=None if keys is None else sorted(keys),
        tenantIds=None if tenants is None else sorted(tenants, key=lambda tenant: tenant or ""),
        allows=rule.area.allows,
    )


class Provider(Answer):
    """By whom people can sign in besides name and password. ``href``: where the browser begins."""

    label: str
    href: str


class WaysToSignIn(Answer):
    """``required``: without signing in nothing can be done. ``provider``: an OpenID provider, if there is one."""

    required: bool
    provider: Provider | None


class SignedOut(Answer):
    """``continueAt``: where the browser signs out of the OpenID provider too; None: nothing else is to be done."""

    continueAt: str | None
