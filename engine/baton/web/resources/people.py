"""``/user``, ``/group``, ``/identity``, ``/api-key``: who may use the service."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from baton.model.errors import NotSignedIn
from baton.model.identity import User, UserGroup
from baton.service import DefinitionQuery
from baton.web.answers.people import (
    ApiKey,
    Group,
    GroupReference,
    GroupsOfUser,
    Verified,
    show_group,
    show_key,
    show_member,
    show_user,
)
from baton.web.answers.people import (
    User as ShownUser,
)
from baton.web.callers import find_address
from baton.web.context import RequestContext
from baton.web.models.people import (
    ChangeGroup,
    CreateApiKey,
    CreateUser,
    Credentials,
    Disabled,
    GroupFilters,
    MembersQuery,
    Roles,
    UserFilters,
    UserProfile,
    Verification,
    to_roles,
)
from baton.web.routes.declaration import SIGNED_IN
from baton.web.routes.group import Group as RouteGroup
from baton.web.routes.listing import declare, make_short_listing

GROUP = RouteGroup("Identity", "Who may use the service: people, groups, API keys", resource="identity", whole=True)


def _find_users(context: RequestContext, filters: UserFilters) -> list[User]:
    found = [user for user in context.engine.accounts.list_users() if filters.matches(user)]
    if filters.potentialStarter is None:
        return found
    query = DefinitionQuery(ids=(filters.potentialStarter,))
    definition = next(iter(context.engine.definitions.find(query)), None)
    if definition is None:
        return []
    groups = set(definition.candidate_groups)
    return [user for user in found if user.id in definition.candidate_users or groups & set(user.groups)]


declare(
    GROUP,
    make_short_listing(
        path="/user",
        what="users",
        filters=UserFilters,
        sorts={"userId": "id", "firstName": "first_name", "lastName": "last_name", "email": "email"},
        answer=ShownUser,
        find=_find_users,
        show=show_user,
    ),
)


def _find_groups(context: RequestContext, filters: GroupFilters) -> list[UserGroup]:
    accounts = context.engine.accounts
    mine = None if filters.member is None else accounts.get_user(filters.member).groups
    return [group for group in accounts.list_groups() if filters.matches(group, mine)]


declare(
    GROUP,
    replace(
        make_short_listing(
            path="/group",
            what="groups",
            filters=GroupFilters,
            sorts={"id": "id", "name": "name", "type": "kind"},
            answer=Group,
            find=_find_groups,
            show=show_group,
        ),
        post=True,
    ),
)


@GROUP.post("/user/create", "Make a user")
def create_user(context: RequestContext, body: CreateUser) -> None:
    password = None if body.credentials is None else body.credentials.password
    context.engine.accounts.create_user(body.to_user(), password)


@GROUP.get("/user/<id>/profile", "One user")
def get_profile(context: RequestContext, id: str) -> ShownUser:
    return show_user(context.engine.accounts.get_user(id))


@GROUP.put("/user/<id>/profile", "Change names and mail address of a user")
def change_profile(context: RequestContext, id: str, body: UserProfile) -> None:
    context.engine.accounts.change_user(id, **body.to_changes())


@GROUP.put("/user/<id>/credentials", "Give a user another password; the sessions of the user end")
def change_credentials(context: RequestContext, id: str, body: Credentials) -> None:
    if body.authenticatedUserPassword is not None and context.caller.kind == "person":
        _verify(context, context.caller.name, body.authenticatedUserPassword)
    context.engine.accounts.set_password(id, body.password)


@GROUP.put("/user/<id>/roles", "Say which roles a user has", baton_extension=True)
def set_roles(context: RequestContext, id: str, body: Roles) -> None:
    context.engine.accounts.change_user(id, roles=to_roles(body.roles))


@GROUP.put("/user/<id>/disabled", "Let a user sign in no more, or again", baton_extension=True)
def set_disabled(context: RequestContext, id: str, body: Disabled) -> None:
    context.engine.accounts.change_user(id, disabled=body.disabled)


@GROUP.post("/user/<id>/sign-out", "End all sessions of a user", changes=True, baton_extension=True)
def sign_user_out(context: RequestContext, id: str) -> None:
    context.engine.accounts.end_sessions(id)


@GROUP.post("/user/<id>/unlock", "Let a user try to sign in again, after too many failed attempts")
def unlock(context: RequestContext, id: str) -> None:
    context.engine.accounts.get_user(id)
    context.engine.sign_in.unlock(id)


@GROUP.delete("/user/<id>", "Delete a user, whose sessions end")
def delete_user(context: RequestContext, id: str) -> None:
    context.engine.accounts.remove_user(id)


@GROUP.post("/group/create", "Make a group")
def create_group(context: RequestContext, body: ChangeGroup) -> None:
    context.engine.accounts.create_group(body.to_group())


@GROUP.get("/group/<id>", "One group")
def get_group(context: RequestContext, id: str) -> Group:
    return show_group(context.engine.accounts.get_group(id))


@GROUP.put("/group/<id>", "Change name, type and roles of a group")
def change_group(context: RequestContext, id: str, body: ChangeGroup) -> None:
    changes: dict[str, Any] = {"name": body.name, "kind": body.type}
    if body.roles is not None:
        changes["roles"] = to_roles(body.roles)
    context.engine.accounts.change_group(id, **changes)


@GROUP.delete("/group/<id>", "Delete a group; its members stay")
def delete_group(context: RequestContext, id: str) -> None:
    context.engine.accounts.remove_group(id)


@GROUP.put("/group/<id>/members/<user_id>", "Make a user a member of a group")
def add_member(context: RequestContext, id: str, user_id: str) -> None:
    accounts = context.engine.accounts
    accounts.get_group(id)
    accounts.change_user(user_id, groups=tuple(dict.fromkeys((*accounts.get_user(user_id).groups, id))))


@GROUP.delete("/group/<id>/members/<user_id>", "Take a user out of a group")
def remove_member(context: RequestContext, id: str, user_id: str) -> None:
    accounts = context.engine.accounts
    accounts.change_user(user_id, groups=tuple(name for name in accounts.get_user(user_id).groups if name != id))


@GROUP.get("/identity/groups", "The groups of a user, and who is in them", needs=SIGNED_IN)
def list_groups_of(context: RequestContext, query: MembersQuery) -> GroupsOfUser:
    accounts, caller = context.engine.accounts, context.caller
    user_id = query.userId or caller.name
    if user_id != caller.name:
        caller.require_whole("identity:read")
    known = {user.id: user for user in accounts.list_users()}
    mine = known[user_id].groups if user_id in known else ()
    groups = [group for group in accounts.list_groups() if group.id in mine]
    members = [user for user in known.values() if set(user.groups) & set(mine)]
    return GroupsOfUser(
        groups=[GroupReference(id=group.id, name=group.name) for group in groups],
        groupUsers=[show_member(user) for user in members],
    )


@GROUP.post("/identity/verify", "Whether a name and a password belong together", changes=False, needs="identity:read")
def verify(context: RequestContext, body: Verification) -> Verified:
    try:
        _verify(context, body.username, body.password)
    except NotSignedIn:
        return Verified(authenticatedUser=body.username, authenticated=False)
    return Verified(authenticatedUser=body.username, authenticated=True)


def _verify(context: RequestContext, name: str, password: str) -> None:
    address = find_address(context.request.environ, context.settings.behind_proxy)
    context.engine.sign_in.find_by_password(name, password, address)


@GROUP.get("/api-key", "The keys of programs", baton_extension=True)
def list_keys(context: RequestContext) -> list[ApiKey]:
    return [show_key(key) for key in context.engine.accounts.list_keys()]


@GROUP.post(
    "/api-key/create",
    "Make a key for a program: it is shown in this answer only",
    changes=False,  # no answer with a key is kept for a repeated request
    baton_extension=True,
    needs="identity:update",
    audited=True,
)
def create_key(context: RequestContext, body: CreateApiKey) -> ApiKey:
    token, key = context.engine.accounts.create_key(
        body.name,
        to_roles(body.roles),
        topics=body.topics or (),
        tenants=body.tenantIds or (),
        variables=body.variables or (),
        ends_at=body.endsAt,
        by=context.by,
    )
    return show_key(key, token)


@GROUP.delete("/api-key/<id>", "Delete a key: it is good no more", baton_extension=True)
def delete_key(context: RequestContext, id: str) -> None:
    context.engine.accounts.remove_key(id)
