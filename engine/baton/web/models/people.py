"""Requests about users, groups and authorizations, of which there are none."""

from __future__ import annotations

from baton.web.models.base import Query
from baton.web.models.fields import Names, NotNegative, Whole


class UserFilters(Query):
    """Which users; none is ever found."""

    id: str | None = None
    firstName: str | None = None
    firstNameLike: str | None = None
    lastName: str | None = None
    lastNameLike: str | None = None
    email: str | None = None
    emailLike: str | None = None
    memberOfGroup: str | None = None
    memberOfTenant: str | None = None
    idIn: Names | None = None


class GroupFilters(Query):
    """Which groups; none is ever found."""

    id: str | None = None
    name: str | None = None
    nameLike: str | None = None
    type: str | None = None
    member: str | None = None
    memberOfTenant: str | None = None
    idIn: Names | None = None


class AuthorizationFilters(Query):
    """Which authorizations; none is ever found."""

    id: str | None = None
    resourceId: str | None = None
    type: Whole | None = None
    resourceType: Whole | None = None
    userIdIn: Names | None = None
    groupIdIn: Names | None = None


class UserQuery(UserFilters):
    """Which part of a list that is empty."""

    firstResult: NotNegative | None = None
    maxResults: NotNegative | None = None
    sortBy: str | None = None
    sortOrder: str | None = None


class GroupQuery(GroupFilters):
    """Which part of a list that is empty."""

    firstResult: NotNegative | None = None
    maxResults: NotNegative | None = None
    sortBy: str | None = None
    sortOrder: str | None = None


class AuthorizationQuery(AuthorizationFilters):
    """Which part of a list that is empty."""

    firstResult: NotNegative | None = None
    maxResults: NotNegative | None = None
    sortBy: str | None = None
    sortOrder: str | None = None
