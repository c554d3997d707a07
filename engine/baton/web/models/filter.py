"""Requests about saved filters, and what the expressions in them mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

import orjson

from baton.model.errors import BadRequest
from baton.model.times import Millis
from baton.web.jsons import name_type
from baton.web.models.base import Command, Query
from baton.web.times import format_date

TASK = "Task"
"""The one resource that filters are for."""
MOST_BYTES = 65_536
"""Of the query and the properties of one filter, as JSON."""


class FilterFilters(Query):
    """Which saved filters."""

    filterId: str | None = None
    resourceType: str | None = None
    name: str | None = None
    nameLike: str | None = None
    owner: str | None = None
    itemCount: bool | None = None


class FilterQuery(Query):
    """Whether to count what a filter finds."""

    itemCount: bool | None = None


class SaveFilter(Command):
    """A filter as it is to be. Clients send a whole one back: its id and its count are not changed by that."""

    id: str | None = None
    itemCount: int | None = None
    resourceType: str | None = None
    name: str | None = None
    owner: str | None = None
    query: dict[str, Any] | None = None
    properties: dict[str, Any] | None = None

    def check(self, resource: str | None) -> str:
        """The name. Raises BadRequest for a filter of other things, without a name, or that is too large."""
        if resource != TASK:
            raise BadRequest(f"Expected '{TASK}' for the field 'resourceType', but found {resource or 'none'}")
        if self.name is None:
            raise BadRequest("Expected a value for the field 'name', but found none")
        size = len(orjson.dumps([self.query, self.properties]))
        if size > MOST_BYTES:
            raise BadRequest(f"Expected query and properties of at most {MOST_BYTES} bytes together, but found {size}")
        return self.name


_UNITS = {"Seconds": 1_000, "Minutes": 60_000, "Hours": 3_600_000, "Days": 86_400_000, "Weeks": 604_800_000}
_SIGNS = {"plus": "+", "minus": "-"}
_STEP = re.compile(rf"\.(plus|minus)({'|'.join(_UNITS)})\((\d{{1,6}})\)")
_MOMENT = re.compile(rf"\$\{{\s*(?:now|dateTime)\(\)((?:{_STEP.pattern})*)\s*\}}")
_PERSON = re.compile(r"[$#]\{\s*(currentUser|currentUserGroups)\(\)\s*\}")
_ENDING = "Expression"


def resolve_expressions(
    query: Mapping[str, Any], person: str | None, groups: Sequence[str], now: Millis
) -> dict[str, Any]:
    """A query in which ``assigneeExpression`` and the like are what they mean: ``assignee`` and its value.

    Raises BadRequest for an expression that is none of ``${currentUser()}``, ``${currentUserGroups()}``, ``${now()}``
    and ``${now().plusDays(1)}`` with its like.
    """
    found: dict[str, Any] = {}
    for name, value in query.items():
        if name == "orQueries" and isinstance(value, list):
            parts = cast("list[Any]", value)
            found[name] = [_resolve_part(part, person, groups, now) for part in parts]
        elif name.endswith(_ENDING) and value is not None:
            found[name.removesuffix(_ENDING)] = _resolve(name, value, person, groups, now)
        else:
            found[name] = value
    return found


def _resolve_part(part: Any, person: str | None, groups: Sequence[str], now: Millis) -> dict[str, Any]:
    if not isinstance(part, dict):
        raise BadRequest(f"Expected a list of objects for 'orQueries', but found {name_type(part)} in it")
    return resolve_expressions(cast("dict[str, Any]", part), person, groups, now)


def _resolve(name: str, value: Any, person: str | None, groups: Sequence[str], now: Millis) -> Any:
    text = value if isinstance(value, str) else ""
    whose, moment = _PERSON.fullmatch(text), _MOMENT.fullmatch(text.replace("#{", "${"))
    if whose is not None:
        return (person or "") if whose[1] == "currentUser" else list(groups)
    if moment is not None:
        steps = _STEP.findall(moment[1])
        return format_date(now + sum(int(f"{_SIGNS[way]}{count}") * _UNITS[unit] for way, unit, count in steps))
    raise BadRequest(
        f"Expected ${{currentUser()}}, ${{currentUserGroups()}} or ${{now()}}, with .plusDays(1) and the like, "
        f"for '{name}', but found {text or name_type(value)}"
    )
