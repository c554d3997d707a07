"""``/filter``: queries of user tasks, saved under a name; what they find is what their reader may see."""

from __future__ import annotations

from typing import Any

from baton.model.errors import BadRequest, Forbidden
from baton.service import ACT_FOR_OTHERS, SavedFilter, take_page
from baton.web.answers.common import Count
from baton.web.answers.filter import Filter, show_filter
from baton.web.answers.work import Task
from baton.web.context import RequestContext
from baton.web.models.filter import TASK, FilterFilters, FilterQuery, SaveFilter, resolve_expressions
from baton.web.models.names import Reading
from baton.web.models.reading import read
from baton.web.resources.task import TASKS, show_tasks
from baton.web.routes.group import Group, annotate
from baton.web.routes.listing import Listing, PageQuery, declare, fetch_page, make_body

GROUP = Group("Filter", "Queries of user tasks, saved under a name", resource="task", change="work")
BODY = make_body(TASKS)
ADDED = ("processVariables", "taskVariables", "orQueries", "sorting")
"""What a query that extends a filter adds to; anything else of it counts in place of the filter's."""


def _find(context: RequestContext, filters: FilterFilters) -> list[SavedFilter]:
    if filters.resourceType not in (None, TASK):
        return []
    return context.engine.filters.find(
        id_=filters.filterId, name=filters.name, name_like=filters.nameLike, owner=filters.owner
    )


declare(
    GROUP,
    Listing(
        path="/filter",
        what="saved filters",
        filters=FilterFilters,
        sorts={"filterId": "id", "resourceType": "resource", "name": "name", "owner": "owner"},
        answer=Filter,
        fetch=lambda context, filters, page: [
            _show(context, saved, filters.itemCount) for saved in take_page(_find(context, filters), page)
        ],
        count=lambda context, filters: len(_find(context, filters)),
        post=False,
    ),
)


@GROUP.post("/filter/create", "Save a query of user tasks")
def create_filter(context: RequestContext, body: SaveFilter) -> Filter:
    name = body.check(body.resourceType)
    query = body.query or {}
    _read_query(context, query)
    owner = _choose_owner(context, body.owner, None)
    saved = context.engine.filters.create(name, TASK, owner, query, body.properties or {}, context.command_id)
    return show_filter(saved)


@GROUP.get("/filter/<id>", "One saved filter")
def get_filter(context: RequestContext, id: str, query: FilterQuery) -> Filter:
    return _show(context, context.engine.filters.get(id), query.itemCount)


@GROUP.put("/filter/<id>", "Change an own filter, or any for who may act for others")
def update_filter(context: RequestContext, id: str, body: SaveFilter) -> None:
    saved = context.engine.filters.get(id)
    _require_own(context, saved)
    name = body.check(body.resourceType or saved.resource)
    _read_query(context, body.query or {})
    owner = _choose_owner(context, body.owner, saved.tenant_id)
    context.engine.filters.change(id, name=name, owner=owner, query=body.query, properties=body.properties or {})


@GROUP.delete("/filter/<id>", "Delete an own filter, or any for who may act for others")
def delete_filter(context: RequestContext, id: str) -> None:
    _require_own(context, context.engine.filters.get(id))
    context.engine.filters.remove(id)


@GROUP.get("/filter/<id>/list", "The tasks that a filter finds")
def list_tasks(context: RequestContext, id: str, query: PageQuery) -> list[Task]:
    return fetch_page(TASKS, context, query, _read_filter(context, id))


@GROUP.get("/filter/<id>/count", "How many tasks a filter finds")
def count_tasks(context: RequestContext, id: str) -> Count:
    return Count(count=TASKS.count(context, _read_filter(context, id)))


@GROUP.get("/filter/<id>/singleResult", "The one task that a filter finds")
def get_single(context: RequestContext, id: str) -> Task | None:
    return _pick(context, _read_filter(context, id))


def _list_extended(context: RequestContext, id: str, query: PageQuery, body: Any) -> list[Task]:
    return fetch_page(TASKS, context, query, _extend(_read_filter(context, id), body))


def _count_extended(context: RequestContext, id: str, body: Any) -> Count:
    return Count(count=TASKS.count(context, _extend(_read_filter(context, id), body)))


def _get_single_extended(context: RequestContext, id: str, body: Any) -> Task | None:
    return _pick(context, _extend(_read_filter(context, id), body))


for _path, _what, _handler in (
    ("list", "The tasks that a filter finds together with what the body asks for", _list_extended),
    ("count", "How many tasks a filter finds together with what the body asks for", _count_extended),
    ("singleResult", "The one task that a filter finds together with what the body asks for", _get_single_extended),
):
    GROUP.post(f"/filter/<id>/{_path}", _what, changes=False)(annotate(_handler, body=BODY))


def _show(context: RequestContext, saved: SavedFilter, counted: bool | None) -> Filter:
    return show_filter(saved, TASKS.count(context, _read_query(context, saved.query)) if counted else None)


def _read_filter(context: RequestContext, id: str) -> Any:
    return _read_query(context, context.engine.filters.get(id).query)


def _read_query(context: RequestContext, query: dict[str, Any]) -> Any:
    """A saved query, for its reader and now. Raises BadRequest for what does not fit."""
    caller = context.caller
    return read(BODY, resolve_expressions(query, context.by, caller.groups, context.engine.clock.now()), Reading())


def _extend(found: Any, extending: Any) -> Any:
    """Both must hold; where both say something of the same field, that of ``extending`` counts."""
    names = BODY.model_fields
    merged = {name: getattr(found, name) for name in names}
    for name in names:
        value = getattr(extending, name)
        if value is not None:
            merged[name] = [*(merged[name] or ()), *value] if name in ADDED else value
    return BODY.model_construct(**merged)


def _pick(context: RequestContext, query: Any) -> Task | None:
    """Raises BadRequest when there are more than one."""
    tasks = context.engine.user_tasks.find(query.to_query())
    if len(tasks) > 1:
        raise BadRequest(f"Expected the filter to find at most one task, but it finds {len(tasks)}")
    return next(iter(show_tasks(context, tasks, query.withCommentAttachmentInfo)), None)


def _choose_owner(context: RequestContext, named: str | None, tenant_id: str | None) -> str | None:
    """Raises Forbidden for another owner than the caller, unless they may act for others."""
    if named in (None, context.by) or context.caller.may_act_for_others("", tenant_id):
        return named or context.by
    raise Forbidden(f"Expected {context.caller} as the owner, but found '{named}': others takes '{ACT_FOR_OTHERS}'")


def _require_own(context: RequestContext, saved: SavedFilter) -> None:
    caller = context.caller
    if saved.owner is not None and saved.owner == context.by:
        return
    if not caller.may_act_for_others("", saved.tenant_id):
        raise Forbidden(
            f"Expected a filter of {caller}, but '{saved.id}' is {saved.owner or 'nobody'}'s: "
            f"to change those of others takes '{ACT_FOR_OTHERS}'"
        )
