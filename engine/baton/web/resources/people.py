"""``/user``, ``/group``, ``/authorization``: Baton knows none; clients that ask find the lists empty."""

from __future__ import annotations

from typing import Any

from baton.web.call import Call
from baton.web.fields import Field, Shape, integers, lists, strings
from baton.web.routing import Group
from baton.web.shapes.common import COUNT

GROUP = Group("Identity", "Who somebody is, is known outside of Baton")

PAGING = (*integers("firstResult", "maxResults"), *strings("sortBy", "sortOrder"))
USER = Shape("User", strings("id", "firstName", "lastName", "email"))
USERS = (
    *strings("id", "firstName", "firstNameLike", "lastName", "lastNameLike", "email", "emailLike"),
    *strings("memberOfGroup", "memberOfTenant"),
    *lists("idIn"),
)
TEAM = Shape("Group", strings("id", "name", "type"))
TEAMS = (*strings("id", "name", "nameLike", "type", "member", "memberOfTenant"), *lists("idIn"))
AUTHORIZATION = Shape(
    "Authorization",
    (
        Field("id"),
        Field("type", "integer"),
        Field("permissions", "strings"),
        *strings("userId", "groupId", "resourceId"),
        Field("resourceType", "integer"),
    ),
)
AUTHORIZATIONS = (*strings("id", "resourceId"), *integers("type", "resourceType"), *lists("userIdIn", "groupIdIn"))


def _empty(path: str, what: str, filters: tuple[Field, ...], item: Shape) -> None:
    @GROUP.get(path, f"The {what}: none", query=(*filters, *PAGING), answer=(item,))
    def found(call: Call) -> list[Any]:
        del call
        return []

    @GROUP.get(f"{path}/count", f"How many {what}: none", query=filters, answer=COUNT)
    def count(call: Call) -> dict[str, int]:
        del call
        return {"count": 0}

    del found, count


_empty("/user", "users", USERS, USER)
_empty("/group", "groups", TEAMS, TEAM)
_empty("/authorization", "authorizations", AUTHORIZATIONS, AUTHORIZATION)
