"""Users, groups and authorizations, of which there are none."""

from __future__ import annotations

from baton.web.models.base import Answer


class User(Answer):
    """Somebody; Baton knows nobody."""

    id: str
    firstName: str | None
    lastName: str | None
    email: str | None


class Group(Answer):
    """A group of people; Baton knows none."""

    id: str
    name: str | None
    type: str


class Authorization(Answer):
    """What somebody may do; Baton knows none."""

    id: str
    type: int
    permissions: list[str] | None
    userId: str | None
    groupId: str | None
    resourceId: str | None
    resourceType: int | None
