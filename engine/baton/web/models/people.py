"""Requests about people, groups, API keys and signing in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import ConfigDict, Field

from baton.model.errors import BadRequest
from baton.model.identity import Role, User, UserGroup
from baton.service import matches_like, read_roles
from baton.web.models.base import Command, Query
from baton.web.models.fields import Moment, Names
from baton.web.models.names import Reading


class UserFilters(Query):
    """Which users."""

    id: str | None = None
    idIn: Names | None = None
    firstName: str | None = None
    firstNameLike: str | None = None
    lastName: str | None = None
    lastNameLike: str | None = None
    email: str | None = None
    emailLike: str | None = None
    memberOfGroup: str | None = None
    memberOfTenant: str | None = None
    potentialStarter: str | None = Field(None, description="id of a process definition that names the user or a group")

    def matches(self, user: User) -> bool:
        return (
            _is_one(user.id, self.id, self.idIn)
            and _fits(user.first_name, self.firstName, self.firstNameLike)
            and _fits(user.last_name, self.lastName, self.lastNameLike)
            and _fits(user.email, self.email, self.emailLike)
            and (self.memberOfGroup is None or self.memberOfGroup in user.groups)
            and (self.memberOfTenant is None or self.memberOfTenant in user.tenants)
        )


class GroupFilters(Query):
    """Which groups."""

    id: str | None = None
    idIn: Names | None = None
    name: str | None = None
    nameLike: str | None = None
    type: str | None = None
    member: str | None = None
    """A user, of whose groups is asked."""
    memberOfTenant: str | None = None

    def matches(self, group: UserGroup, groups_of_member: Iterable[str] | None) -> bool:
        return (
            _is_one(group.id, self.id, self.idIn)
            and _fits(group.name, self.name, self.nameLike)
            and _fits(group.kind, self.type, None)
            and (groups_of_member is None or group.id in groups_of_member)
            and (self.memberOfTenant is None or self.memberOfTenant in group.tenants)
        )


def _is_one(found: str, wanted: str | None, several: tuple[str, ...] | None) -> bool:
    return (wanted is None or found == wanted) and (several is None or found in several)


def _fits(found: str | None, wanted: str | None, pattern: str | None) -> bool:
    if wanted is not None and found != wanted:
        return False
    return pattern is None or (found is not None and matches_like(found, pattern))


class UserProfile(Command):
    """Names and mail address; the id only when the user is made."""

    id: str | None = None
    firstName: str | None = None
    lastName: str | None = None
    email: str | None = None

    def to_changes(self) -> dict[str, Any]:
        return {"first_name": self.firstName, "last_name": self.lastName, "email": self.email}


class Credentials(Command):
    """A password. ``authenticatedUserPassword``: of the caller, as in Camunda 7; checked if it is given."""

    password: str
    authenticatedUserPassword: str | None = None


class NewPassword(Command):
    """Somebody changes the own password."""

    current: str
    password: str


class CreateUser(Command):
    """A user to be made; without credentials nobody can sign in with a password."""

    profile: UserProfile
    credentials: Credentials | None = None
    roles: Names | None = None

    def to_user(self) -> User:
        if not self.profile.id:
            raise BadRequest("Expected 'profile' to have an 'id', but found none")
        return User(id=self.profile.id, roles=to_roles(self.roles), **self.profile.to_changes())


class ChangeGroup(Command):
    """A group; the id only when it is made."""

    id: str | None = None
    name: str | None = None
    type: str | None = None
    roles: Names | None = None

    def to_group(self) -> UserGroup:
        if not self.id:
            raise BadRequest("Expected the group to have an 'id', but found none")
        return UserGroup(id=self.id, name=self.name, kind=self.type, roles=to_roles(self.roles))


class Roles(Command):
    """What somebody, or a group, may do from now on."""

    roles: Names


class Disabled(Command):
    """Whether a user may sign in no more."""

    disabled: bool


class CreateApiKey(Command):
    """A key to be made. ``topics``: those that a worker may fetch; none: all. ``endsAt``: None: never.

    ``tenantIds``: for which its roles count; none: all. ``variables``: those that a worker may see; none: all.
    """

    name: str
    roles: Names
    topics: Names | None = None
    tenantIds: Names | None = None
    variables: Names | None = None
    endsAt: Moment | None = None


class NameAndPassword(Command):
    """Somebody signs in."""

    id: str
    password: str


class ToProvider(Query):
    """``returnTo``: the page to show after signing in, such as ``/tasks``."""

    returnTo: str | None = None


class BackFromProvider(Query):
    """What the provider sends the browser back with (RFC 6749, 4.1.2). Providers add names of their own."""

    model_config = ConfigDict(json_schema_extra={"additionalProperties": True})
    code: str | None = None
    state: str | None = None
    iss: str | None = None
    error: str | None = None

    def check_names(self, reading: Reading) -> None:
        """Any name is taken."""


class Verification(Command):
    """Whether a name and a password belong together."""

    username: str
    password: str


class FirstAdministrator(Command):
    """``token``: of the link that the server printed at its start."""

    token: str
    id: str
    password: str
    firstName: str | None = None
    lastName: str | None = None
    email: str | None = None


class MembersQuery(Query):
    """Whose groups."""

    userId: str | None = None


def to_roles(names: Iterable[str] | None) -> tuple[Role, ...]:
    """Raises BadRequest, which names the roles that there are."""
    try:
        return read_roles(names or ())
    except ValueError as error:
        raise BadRequest(str(error)) from None
