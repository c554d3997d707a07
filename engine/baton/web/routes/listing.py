"""Lists: paging, sorting, the POST twin and the ``/count`` twins of a query. Its filters are written once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Generic, Literal, TypeVar

from pydantic import create_model

from baton.model.errors import BadRequest
from baton.service import VariableSort, take_page
from baton.web.answers.common import Count
from baton.web.context import RequestContext
from baton.web.models.base import Answer, Query
from baton.web.models.fields import NotNegative, Order
from baton.web.models.filtering import Page, SearchQuery, Sort
from baton.web.models.or_queries import SORTED_VARIABLES, SortParameters, make_variable_sort
from baton.web.routes.group import Group, annotate

FiltersT = TypeVar("FiltersT", bound=Query)


class PageQuery(Query):
    """The part of a list to show."""

    firstResult: NotNegative | None = None
    maxResults: NotNegative | None = None


class ShownPageQuery(PageQuery):
    """The part to show, and how."""

    deserializeValues: bool | None = None


class SearchedPageQuery(PageQuery, SearchQuery):
    """The part to show of a list that may have to search."""


class ShownSearchedPageQuery(ShownPageQuery, SearchQuery):
    """The part to show of a list that may have to search, and how."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Listing(Generic[FiltersT]):
    """A list of the API: filters, sorting (API name -> field of the record), and how to find and count.

    ``deserializes``: ``deserializeValues`` says how values are shown. ``searches``: where no index has what is asked
    for, only some instances are read, and the answer says where to go on (``RequestContext.search``).
    """

    path: str
    what: str
    filters: type[FiltersT]
    sorts: Mapping[str, str]
    answer: type[Answer]
    fetch: Callable[[RequestContext, FiltersT, Page], list[Any]]
    count: Callable[[RequestContext, FiltersT], int]
    post: bool = True
    deserializes: bool = False
    body: type[FiltersT] | None = None
    """The filters in a body, where there are more of them."""
    by_variables: bool = False
    """Whether a body may sort by variables."""
    searches: bool = False

    @property
    def name(self) -> str:
        """``/external-task`` is ExternalTask; the names of its models begin with it."""
        return "".join(part.capitalize() for part in re.split(r"[/-]", self.path) if part)

    def __post_init__(self) -> None:
        if not self.sorts:
            raise ValueError(f"Expected at least one way to sort {self.path}, but found none")


def make_short_listing(
    *,
    path: str,
    what: str,
    filters: type[FiltersT],
    sorts: Mapping[str, str],
    answer: type[Answer],
    find: Callable[[RequestContext, FiltersT], Iterable[Any]],
    show: Callable[[Any], Answer],
) -> Listing[FiltersT]:
    """A list, asked for by GET only, of so few that all that match are read for a page."""
    return Listing(
        path=path,
        what=what,
        filters=filters,
        sorts=sorts,
        answer=answer,
        fetch=lambda context, asked, page: [show(item) for item in take_page(find(context, asked), page)],
        count=lambda context, asked: sum(1 for _ in find(context, asked)),
        post=False,
    )


def declare(group: Group, listing: Listing[Any]) -> None:
    """Register GET and POST of the list and of its count."""
    plain, shown = (SearchedPageQuery, ShownSearchedPageQuery) if listing.searches else (PageQuery, ShownPageQuery)
    paging = shown if listing.deserializes else plain
    _declare_get(group, listing, paging)
    if listing.post:
        _declare_post(group, listing, paging)


def _declare_get(group: Group, listing: Listing[Any], paging: type[PageQuery]) -> None:
    def get_list(context: RequestContext, query: Any) -> list[Any]:
        _begin(context, query)
        sort = _half_sorted(listing.sorts, query.sortBy, query.sortOrder)
        return listing.fetch(context, query, _page(context, query, sort))

    def get_count(context: RequestContext, query: Any) -> Count:
        _begin(context, query)
        return Count(count=listing.count(context, query))

    query = _ordered(f"{listing.name}ListQuery", (listing.filters, paging), listing.sorts)
    annotate(get_list, query=query, **{"return": list[listing.answer]})
    # Clients send the query of the list, with its page and its order.
    annotate(get_count, query=query)
    group.get(listing.path, f"List {listing.what}")(get_list)
    group.get(f"{listing.path}/count", f"Count {listing.what}")(get_count)


def _declare_post(group: Group, listing: Listing[Any], paging: type[PageQuery]) -> None:
    def post_list(context: RequestContext, query: Any, body: Any) -> list[Any]:
        _begin(context, query)
        return fetch_page(listing, context, query, body)

    def post_count(context: RequestContext, query: Any, body: Any) -> Count:
        _begin(context, query)
        return Count(count=listing.count(context, body))

    body = make_body(listing)
    annotate(post_list, query=paging, body=body, **{"return": list[listing.answer]})
    annotate(post_count, query=paging, body=body)
    text = f"{listing.what}, the filters in the body"
    group.post(listing.path, f"List {text}", changes=False)(post_list)
    group.post(f"{listing.path}/count", f"Count {text}", changes=False)(post_count)


@cache
def make_body(listing: Listing[Any]) -> type[Query]:
    """The model of a query in a body: filters and sorting."""
    ways = [*listing.sorts, *(SORTED_VARIABLES if listing.by_variables else ())]
    sorting = _ordered(f"{listing.name}Sorting", (VariableSorting if listing.by_variables else Query,), ways, ...)
    several: Any = list[sorting] | None
    return create_model(f"{listing.name}Query", __base__=listing.body or listing.filters, sorting=(several, None))


class VariableSorting(Query):
    """A way to sort: those by variables have parameters."""

    parameters: SortParameters | None = None


def fetch_page(listing: Listing[Any], context: RequestContext, paging: PageQuery, body: Any) -> list[Any]:
    """The page of a list that a query in a body (see ``make_body``) asks for. Raises BadRequest."""
    variables: list[VariableSort] = []
    sort: list[tuple[str, bool]] = []
    for item in body.sorting or ():
        name = listing.sorts.get(item.sortBy)
        if name is None:
            name = f"variable {len(variables)}"
            variables.append(make_variable_sort(item.sortBy, item.parameters))
        elif listing.by_variables and item.parameters is not None:
            raise BadRequest(f"Expected no parameters for sorting by {item.sortBy}, but found some")
        sort.append((name, item.sortOrder == "desc"))
    page = replace(_page(context, paging, tuple(sort)), variable_sorts=tuple(variables))
    return listing.fetch(context, body, page)


def _ordered(name: str, bases: tuple[type[Query], ...], sorts: Iterable[str], default: Any = None) -> type[Query]:
    """A model with the ways to sort added; without a default both are required."""
    by: Any = Literal[tuple(sorts)]
    order: Any = Order
    if default is None:
        by, order = by | None, order | None
    return create_model(name, __base__=bases, sortBy=(by, default), sortOrder=(order, default))


def _begin(context: RequestContext, query: Any) -> None:
    if isinstance(query, SearchQuery):
        context.begin_search(query.continueFrom)


def _half_sorted(sorts: Mapping[str, str], by: str | None, order: str | None) -> Sort:
    if (by is None) != (order is None):
        raise BadRequest("Expected both sortBy and sortOrder, but found only one of them")
    return () if by is None else ((sorts[by], order == "desc"),)


def _page(context: RequestContext, query: PageQuery, sort: Sort) -> Page:
    most = context.settings.max_results
    limit = most if query.maxResults is None else min(query.maxResults, most)
    shown = query.deserializeValues is not False if isinstance(query, ShownPageQuery) else True
    return Page(query.firstResult or 0, limit, sort, shown)
