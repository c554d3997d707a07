"""From filters of the API to queries of the service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from baton.model.errors import BadRequest
from baton.service import VariableSort
from baton.web.models.base import Query

Sort: TypeAlias = tuple[tuple[str, bool], ...]
"""Field of the record, and whether it descends; the first is the most significant."""


class SearchQuery(Query):
    """Where a search goes on that no index serves."""

    continueFrom: str | None = None
    """What an earlier answer had in its header ``Baton-Continue``."""


@dataclass(frozen=True, slots=True)
class Page:
    first: int
    limit: int
    sort: Sort
    deserialize: bool = True
    """Whether values that are lists and objects are shown as such, not as JSON text."""
    variable_sorts: tuple[VariableSort, ...] = ()
    """What ``sort`` means by ``variable 0`` and so on."""


def to_page(page: Page | None) -> dict[str, Any]:
    """The page as arguments of a query of the service; None is everything."""
    if page is None:
        return {}
    found: dict[str, Any] = {"first": page.first, "limit": page.limit, "sort": page.sort}
    return {**found, "variable_sorts": page.variable_sorts} if page.variable_sorts else found


def choose_flag(yes: bool | None, no: bool | None, names: str) -> bool | None:
    """Two opposite flags as one answer; None when neither is set. Raises BadRequest for both.

    A flag that is false is as if it were absent, as in Camunda 7.
    """
    if yes and no:
        raise BadRequest(f"Expected at most one of {names}, but found both")
    return True if yes else False if no else None


def merge_values(single: str | None, many: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The values of a filter that has a single and a list form; None when neither is given."""
    if single is None:
        return many
    return (single,) if many is None or single in many else ()


def to_tuple(single: str | None) -> tuple[str, ...] | None:
    """The value of a filter as the only one of a list; None when it is not given."""
    return None if single is None else (single,)


def list_tenants(ids: tuple[str, ...] | None, without: bool | None) -> tuple[str | None, ...] | None:
    """The tenants of a filter; with ``without`` also what belongs to none. None is everything."""
    return ids if ids is None or not without else (*ids, None)
