"""``/user``, ``/group``, ``/authorization``: Baton knows none; clients that ask find the lists empty."""

from __future__ import annotations

from typing import Any

from baton.web.answers.common import Count
from baton.web.answers.people import Authorization, User
from baton.web.answers.people import Group as Team
from baton.web.context import RequestContext
from baton.web.models.base import Answer, Query
from baton.web.models.people import (
    AuthorizationFilters,
    AuthorizationQuery,
    GroupFilters,
    GroupQuery,
    UserFilters,
    UserQuery,
)
from baton.web.routes.group import Group, annotate

GROUP = Group("Identity", "Who somebody is, is known outside of Baton")


def _declare_empty(path: str, what: str, filters: type[Query], listed: type[Query], answer: type[Answer]) -> None:
    def list_none(context: RequestContext, query: Any) -> list[Any]:
        del context, query
        return []

    def count_none(context: RequestContext, query: Any) -> Count:
        del context, query
        return Count(count=0)

    annotate(list_none, query=listed, **{"return": list[answer]})
    annotate(count_none, query=filters)
    GROUP.get(path, f"The {what}: none")(list_none)
    GROUP.get(f"{path}/count", f"How many {what}: none")(count_none)


_declare_empty("/user", "users", UserFilters, UserQuery, User)
_declare_empty("/group", "groups", GroupFilters, GroupQuery, Team)
_declare_empty("/authorization", "authorizations", AuthorizationFilters, AuthorizationQuery, Authorization)
