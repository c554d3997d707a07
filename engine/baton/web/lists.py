"""Lists: paging, sorting, the POST twin and the ``/count`` twins of a query, declared once per resource."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from baton.model.errors import BadRequest
from baton.web.call import Call
from baton.web.fields import Field, Shape, integers
from baton.web.routing import Group
from baton.web.shapes.common import COUNT, SORTING

Sort: TypeAlias = tuple[tuple[str, bool], ...]
"""Field of the record, and whether it descends; the first is the most significant."""

PAGE = integers("firstResult", "maxResults")
ORDER = ("asc", "desc")


@dataclass(frozen=True, slots=True)
class Page:
    first: int
    limit: int
    sort: Sort


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A query of the API: filters, sorting (API name -> field of the record), and how to run it."""

    path: str
    what: str
    filters: tuple[Field, ...]
    sorts: Mapping[str, str]
    item: Shape
    fetch: Callable[[Call, Mapping[str, Any], Page], list[Any]]
    count: Callable[[Call, Mapping[str, Any]], int]
    post: bool = True
    extra: tuple[Field, ...] = ()
    """Parameters that say how to show the result, not what to find; never in ``/count``."""

    @property
    def order(self) -> tuple[Field, ...]:
        return (Field("sortBy", choices=tuple(self.sorts)), Field("sortOrder", choices=ORDER))

    @property
    def body(self) -> Shape:
        name = "".join(part.capitalize() for part in self.path.strip("/").replace("-", "/").split("/")) + "Query"
        return Shape(name, (*self.filters, Field("sorting", "objects", shape=SORTING)))


def declare(group: Group, listing: Listing) -> None:
    """Register GET and POST of the list and of its count."""
    _declare_get(group, listing)
    if listing.post:
        _declare_post(group, listing)


def _declare_get(group: Group, listing: Listing) -> None:
    @group.get(
        listing.path,
        f"List {listing.what}",
        query=(*listing.filters, *listing.order, *PAGE, *listing.extra),
        answer=(listing.item,),
    )
    def get_list(call: Call) -> list[Any]:
        return listing.fetch(call, call.query, page_of(call, listing))

    @group.get(f"{listing.path}/count", f"Count {listing.what}", query=listing.filters, answer=COUNT)
    def get_count(call: Call) -> dict[str, int]:
        return {"count": listing.count(call, call.query)}

    del get_list, get_count


def _declare_post(group: Group, listing: Listing) -> None:
    @group.post(
        listing.path,
        f"List {listing.what}, the filters in the body",
        query=(*PAGE, *listing.extra),
        body=listing.body,
        answer=(listing.item,),
        changes=False,
    )
    def post_list(call: Call) -> list[Any]:
        return listing.fetch(call, call.body, page_of(call, listing))

    @group.post(
        f"{listing.path}/count",
        f"Count {listing.what}, the filters in the body",
        body=listing.body,
        answer=COUNT,
        changes=False,
    )
    def post_count(call: Call) -> dict[str, int]:
        return {"count": listing.count(call, call.body)}

    del post_list, post_count


def page_of(call: Call, listing: Listing) -> Page:
    """The page asked for. Raises BadRequest for half a sorting or a negative page."""
    first, limit = call.query.get("firstResult", 0), call.query.get("maxResults", call.settings.max_results)
    if first < 0 or limit < 0:
        raise BadRequest(f"Expected firstResult and maxResults of 0 or more, but found {first} and {limit}")
    return Page(first, min(limit, call.settings.max_results), _sort_of(call, listing.sorts))


def _sort_of(call: Call, sorts: Mapping[str, str]) -> Sort:
    asked: list[dict[str, str]] = call.body.get("sorting") or []
    by, order = call.query.get("sortBy"), call.query.get("sortOrder")
    if (by is None) != (order is None):
        raise BadRequest("Expected both sortBy and sortOrder, but found only one of them")
    if by is not None:
        asked = [{"sortBy": by, "sortOrder": order or "asc"}]
    for one in asked:
        if one["sortBy"] not in sorts:
            raise BadRequest(f"Expected one of {', '.join(sorts)} for 'sortBy', but found '{one['sortBy']}'")
    return tuple((sorts[one["sortBy"]], one["sortOrder"] == "desc") for one in asked)


def paged(page: Page | None) -> dict[str, Any]:
    """The page as arguments of a query of the service; None is everything."""
    return {} if page is None else {"first": page.first, "limit": page.limit, "sort": page.sort}


def flag(filters: Mapping[str, Any], name: str) -> bool:
    """True only if the flag was given as true: false means «do not filter», as in Camunda 7."""
    return filters.get(name) is True


def one_of(filters: Mapping[str, Any], yes: str, no: str) -> bool | None:
    """Two opposite flags as one answer; None when neither is given. Raises BadRequest for both."""
    if flag(filters, yes) and flag(filters, no):
        raise BadRequest(f"Expected at most one of '{yes}' and '{no}', but found both")
    return True if flag(filters, yes) else False if flag(filters, no) else None


def together(filters: Mapping[str, Any], single: str, many: str) -> tuple[str, ...] | None:
    """The values of a filter that has a single and a list form; None when neither is given."""
    one, several = filters.get(single), filters.get(many)
    if one is None:
        return None if several is None else tuple(several)
    return (one,) if several is None or one in several else ()
