"""Requests about tenants, authorizations of Camunda 7 and grants."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from baton.model.errors import BadRequest
from baton.model.identity import Grant, GrantKind, HolderKind, Tenant
from baton.service import ANY_RESOURCE, make_camunda_grant, matches_like
from baton.web.models.base import Command, Query
from baton.web.models.fields import Names, Whole
from baton.web.models.people import to_roles

KINDS = (GrantKind.EVERYBODY, GrantKind.GRANT, GrantKind.REVOKE)
"""By Camunda 7's number of the type."""


class TenantFilters(Query):
    """Which tenants."""

    id: str | None = None
    name: str | None = None
    nameLike: str | None = None
    userMember: str | None = None
    groupMember: str | None = None
    includingGroupsOfUser: bool | None = None

    def matches(self, tenant: Tenant, of_member: Iterable[str] | None) -> bool:
        return (
            self.id in (None, tenant.id)
            and self.name in (None, tenant.name)
            and (self.nameLike is None or (tenant.name is not None and matches_like(tenant.name, self.nameLike)))
            and (of_member is None or tenant.id in of_member)
        )


class ChangeTenant(Command):
    """A tenant; the id only when it is made."""

    id: str | None = None
    name: str | None = None

    def to_tenant(self) -> Tenant:
        if not self.id:
            raise BadRequest("Expected the tenant to have an 'id', but found none")
        return Tenant(id=self.id, name=self.name)


class AuthorizationFilters(Query):
    """Which authorizations."""

    id: str | None = None
    resourceId: str | None = None
    type: Whole | None = None
    resourceType: Whole | None = None
    userIdIn: Names | None = None
    groupIdIn: Names | None = None

    def matches(self, grant: Grant) -> bool:
        return (
            grant.resource is not None
            and self.id in (None, grant.id)
            and self.resourceType in (None, grant.resource)
            and self.resourceId in (None, find_resource_id(grant))
            and (self.type is None or self.type == KINDS.index(grant.kind))
            and (self.userIdIn is None or _is_held(grant, self.userIdIn, HolderKind.USER, HolderKind.EVERYBODY))
            and (self.groupIdIn is None or _is_held(grant, self.groupIdIn, HolderKind.GROUP))
        )


def find_resource_id(grant: Grant) -> str:
    """Of an authorization: the key of a definition, or ``*``."""
    return grant.definitions[0] if grant.definitions else ANY_RESOURCE


def _is_held(grant: Grant, holders: Iterable[str], *kinds: HolderKind) -> bool:
    return grant.holder_kind in kinds and grant.holder in holders


class AuthorizationBody(Command):
    """What somebody may do with a resource. ``tenantIds`` is Baton's: for which tenants."""

    permissions: Names
    userId: str | None = None
    groupId: str | None = None
    resourceType: Whole
    resourceId: str | None = Field(
        None, description="of a process or decision definition its key; `*` (the default): all"
    )
    tenantIds: Names | None = None

    def to_grant(self, kind: GrantKind) -> Grant:
        """Raises BadRequest."""
        return make_camunda_grant(
            kind,
            self.userId,
            self.groupId,
            self.resourceType,
            self.resourceId or ANY_RESOURCE,
            self.permissions,
            self.tenantIds or (),
        )


class CreateAuthorization(AuthorizationBody):
    """An authorization to be made."""

    type: Literal[0, 1, 2] = Field(description="0: global, 1: granted, 2: revoked")


class AuthorizationCheck(Query):
    """Whether somebody, by default the caller, has a permission."""

    permissionName: str
    resourceName: str
    resourceType: Whole
    resourceId: str | None = None
    userId: str | None = None


class CreateGrant(Command):
    """A grant to be made, for exactly one of user, group and API key."""

    userId: str | None = None
    groupId: str | None = None
    keyId: str | None = Field(None, description="of an API key")
    roles: Names | None = None
    permissions: Names | None = Field(None, description="as `resource:action`")
    processDefinitionKeys: Names | None = Field(None, description="none: all; decisions have keys too")
    tenantIds: Names | None = Field(None, description="none: those of the holder, or all; an empty text: no tenant")

    def to_grant(self) -> Grant:
        """Raises BadRequest."""
        holders = {HolderKind.USER: self.userId, HolderKind.GROUP: self.groupId, HolderKind.KEY: self.keyId}
        found = [(kind, holder) for kind, holder in holders.items() if holder]
        if len(found) != 1:
            raise BadRequest("Expected exactly one of userId, groupId and keyId")
        if not self.roles and not self.permissions:
            raise BadRequest("Expected roles or permissions, but found neither")
        return Grant(
            id="",
            holder_kind=found[0][0],
            holder=found[0][1],
            roles=to_roles(self.roles),
            permissions=tuple(self.permissions or ()),
            definitions=tuple(self.processDefinitionKeys or ()),
            tenants=tuple(self.tenantIds or ()),
        )


class PasswordToCheck(Command):
    """A password that somebody wants to have."""

    password: str
