"""Tenants, authorizations of Camunda 7 and grants."""

from __future__ import annotations

from baton.model import identity
from baton.model.identity import HolderKind
from baton.web.models.base import Answer
from baton.web.models.rights import KINDS, find_resource_id
from baton.web.times import format_date


class Tenant(Answer):
    """A party that shares the server with others."""

    id: str
    name: str | None


def show_tenant(tenant: identity.Tenant) -> Tenant:
    return Tenant(id=tenant.id, name=tenant.name)


class Authorization(Answer):
    """What somebody may do with a resource. ``type``: 0 global, 1 granted, 2 revoked. ``tenantIds`` is Baton's."""

    id: str
    type: int
    permissions: list[str]
    userId: str | None
    groupId: str | None
    resourceType: int
    resourceId: str
    removalTime: None = None
    rootProcessInstanceId: None = None
    tenantIds: list[str]


def show_authorization(grant: identity.Grant) -> Authorization:
    return Authorization(
        id=grant.id,
        type=KINDS.index(grant.kind),
        permissions=list(grant.named),
        userId=grant.holder if grant.holder_kind in (HolderKind.USER, HolderKind.EVERYBODY) else None,
        groupId=grant.holder if grant.holder_kind is HolderKind.GROUP else None,
        resourceType=grant.resource or 0,
        resourceId=find_resource_id(grant),
        tenantIds=list(grant.tenants),
    )


class CheckedAuthorization(Answer):
    """Whether somebody has a permission."""

    permissionName: str
    resourceName: str
    resourceId: str | None
    authorized: bool


class Grant(Answer):
    """Roles and permissions for some definitions of some tenants; empty lists of these: all."""

    id: str
    kind: str
    userId: str | None
    groupId: str | None
    keyId: str | None
    roles: list[str]
    permissions: list[str]
    processDefinitionKeys: list[str]
    tenantIds: list[str]
    createdAt: str


def show_grant(grant: identity.Grant) -> Grant:
    holders = {grant.holder_kind: grant.holder}
    return Grant(
        id=grant.id,
        kind=grant.kind,
        userId=holders.get(HolderKind.USER),
        groupId=holders.get(HolderKind.GROUP),
        keyId=holders.get(HolderKind.KEY),
        roles=list(grant.roles),
        permissions=list(grant.permissions),
        processDefinitionKeys=list(grant.definitions),
        tenantIds=list(grant.tenants),
        createdAt=format_date(grant.created_at),
    )


class PasswordRule(Answer):
    """One rule of the password policy."""

    placeholder: str
    parameter: dict[str, str]


class PasswordPolicy(Answer):
    """What passwords must be like."""

    rules: list[PasswordRule]


class CheckedRule(PasswordRule):
    """Whether a password is as a rule says."""

    valid: bool


class CheckedPassword(Answer):
    """Whether a password is as all rules say."""

    rules: list[CheckedRule]
    valid: bool
