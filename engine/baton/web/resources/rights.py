"""``/tenant``, ``/authorization`` and ``/grant``: who shares the server, and what holds for some of it only."""

from __future__ import annotations

from baton.model.identity import Grant as KeptGrant
from baton.model.identity import Tenant as KeptTenant
from baton.service import ANY_RESOURCE, PASSWORD_LENGTHS, Caller, translate
from baton.web.answers.rights import (
    Authorization,
    CheckedAuthorization,
    CheckedPassword,
    CheckedRule,
    Grant,
    PasswordPolicy,
    PasswordRule,
    Tenant,
    show_authorization,
    show_grant,
    show_tenant,
)
from baton.web.context import RequestContext
from baton.web.models.rights import (
    KINDS,
    AuthorizationBody,
    AuthorizationCheck,
    AuthorizationFilters,
    ChangeTenant,
    CreateAuthorization,
    CreateGrant,
    PasswordToCheck,
    TenantFilters,
)
from baton.web.routes.declaration import SIGNED_IN
from baton.web.routes.group import Group
from baton.web.routes.listing import declare, make_short_listing

GROUP = Group("Rights", "Tenants, authorizations of Camunda 7, grants", resource="identity", whole=True)


def _find_tenants(context: RequestContext, filters: TenantFilters) -> list[KeptTenant]:
    accounts, mine = context.engine.accounts, None
    if filters.userMember is not None:
        user = accounts.get_user(filters.userMember)
        groups = user.groups if filters.includingGroupsOfUser else ()
        mine = {*user.tenants, *(name for group in groups for name in accounts.get_group(group).tenants)}
    if filters.groupMember is not None:
        mine = set(accounts.get_group(filters.groupMember).tenants)
    return [tenant for tenant in context.engine.tenants.list() if filters.matches(tenant, mine)]


declare(
    GROUP,
    make_short_listing(
        path="/tenant",
        what="tenants",
        filters=TenantFilters,
        sorts={"id": "id", "name": "name"},
        answer=Tenant,
        find=_find_tenants,
        show=show_tenant,
    ),
)


@GROUP.post("/tenant/create", "Make a tenant")
def create_tenant(context: RequestContext, body: ChangeTenant) -> None:
    context.engine.tenants.create(body.to_tenant())


@GROUP.get("/tenant/<id>", "One tenant")
def get_tenant(context: RequestContext, id: str) -> Tenant:
    return show_tenant(context.engine.tenants.get(id))


@GROUP.put("/tenant/<id>", "Change the name of a tenant")
def change_tenant(context: RequestContext, id: str, body: ChangeTenant) -> None:
    context.engine.tenants.change_name(id, body.name)


@GROUP.delete("/tenant/<id>", "Delete a tenant that has no members; what belongs to it stays")
def delete_tenant(context: RequestContext, id: str) -> None:
    context.engine.tenants.remove(id)


@GROUP.put("/tenant/<id>/user-members/<user_id>", "Make a user a member of a tenant")
def add_user_to_tenant(context: RequestContext, id: str, user_id: str) -> None:
    context.engine.tenants.set_user(id, user_id, member=True)


@GROUP.delete("/tenant/<id>/user-members/<user_id>", "Take a user out of a tenant; a member of none is for all")
def remove_user_from_tenant(context: RequestContext, id: str, user_id: str) -> None:
    context.engine.tenants.set_user(id, user_id, member=False)


@GROUP.put("/tenant/<id>/group-members/<group_id>", "Make a group a member of a tenant")
def add_group_to_tenant(context: RequestContext, id: str, group_id: str) -> None:
    context.engine.tenants.set_group(id, group_id, member=True)


@GROUP.delete("/tenant/<id>/group-members/<group_id>", "Take a group out of a tenant; a member of none is for all")
def remove_group_from_tenant(context: RequestContext, id: str, group_id: str) -> None:
    context.engine.tenants.set_group(id, group_id, member=False)


# -- authorizations


def _find_authorizations(context: RequestContext, filters: AuthorizationFilters) -> list[KeptGrant]:
    return [grant for grant in context.engine.grants.list() if filters.matches(grant)]


declare(
    GROUP,
    make_short_listing(
        path="/authorization",
        what="authorizations",
        filters=AuthorizationFilters,
        sorts={"resourceType": "resource", "resourceId": "definitions"},
        answer=Authorization,
        find=_find_authorizations,
        show=show_authorization,
    ),
)


@GROUP.post("/authorization/create", "Grant or revoke permissions: of a user, a group or everybody")
def create_authorization(context: RequestContext, body: CreateAuthorization) -> Authorization:
    return show_authorization(context.engine.grants.create(body.to_grant(KINDS[body.type])))


@GROUP.get("/authorization/check", "Whether the caller, or a user, has a permission", needs=SIGNED_IN)
def check_authorization(context: RequestContext, query: AuthorizationCheck) -> CheckedAuthorization:
    caller = _find_caller(context, query.userId)
    key = None if query.resourceId in (None, ANY_RESOURCE) else query.resourceId
    permissions = translate(query.resourceType, [query.permissionName])
    return CheckedAuthorization(
        permissionName=query.permissionName,
        resourceName=query.resourceName,
        resourceId=query.resourceId,
        authorized=all(caller.may_for_key(permission, key) for permission in permissions),
    )


def _find_caller(context: RequestContext, user_id: str | None) -> Caller:
    if user_id in (None, context.caller.name):
        return context.caller
    context.caller.require_whole("identity:read")
    return context.engine.sign_in.describe_user(context.engine.accounts.get_user(user_id or ""))


@GROUP.get("/authorization/<id>", "One authorization")
def get_authorization(context: RequestContext, id: str) -> Authorization:
    return show_authorization(context.engine.grants.get(id))


@GROUP.put("/authorization/<id>", "Change an authorization")
def change_authorization(context: RequestContext, id: str, body: AuthorizationBody) -> None:
    context.engine.grants.change(id, body.to_grant(context.engine.grants.get(id).kind))


@GROUP.delete("/authorization/<id>", "Delete an authorization")
def delete_authorization(context: RequestContext, id: str) -> None:
    context.engine.grants.remove(id)


# -- grants


@GROUP.get("/grant", "Grants, authorizations among them, the oldest first", baton_extension=True)
def list_grants(context: RequestContext) -> list[Grant]:
    return [show_grant(grant) for grant in context.engine.grants.list()]


@GROUP.post("/grant/create", "Give roles or permissions for some definitions of some tenants", baton_extension=True)
def create_grant(context: RequestContext, body: CreateGrant) -> Grant:
    return show_grant(context.engine.grants.create(body.to_grant()))


@GROUP.delete("/grant/<id>", "Delete a grant", baton_extension=True)
def delete_grant(context: RequestContext, id: str) -> None:
    context.engine.grants.remove(id)


# -- passwords


@GROUP.get("/identity/password-policy", "What passwords must be like", needs=SIGNED_IN)
def get_password_policy(context: RequestContext) -> PasswordPolicy:
    del context
    return PasswordPolicy(rules=[PasswordRule(placeholder="PASSWORD_POLICY_LENGTH", parameter=_make_parameter())])


@GROUP.post("/identity/password-policy", "Check a password by the policy", changes=False, needs=SIGNED_IN)
def check_password(context: RequestContext, body: PasswordToCheck) -> CheckedPassword:
    del context
    shortest, longest = PASSWORD_LENGTHS
    valid = shortest <= len(body.password) <= longest
    rule = CheckedRule(placeholder="PASSWORD_POLICY_LENGTH", parameter=_make_parameter(), valid=valid)
    return CheckedPassword(rules=[rule], valid=valid)


def _make_parameter() -> dict[str, str]:
    shortest, longest = PASSWORD_LENGTHS
    return {"minLength": str(shortest), "maxLength": str(longest)}
