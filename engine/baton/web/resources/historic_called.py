"""Called processes, ended ones too, as instances of the history: each is a scope in the history of its caller."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from baton.model.errors import BadRequest, NotFound, Rejected
from baton.model.events import EventType
from baton.model.ids import get_instance_id
from baton.model.records import InstanceHeader
from baton.model.values import Value
from baton.service import (
    ActivityInstance,
    Happened,
    HistoryProjection,
    InstanceQuery,
    VariableFilter,
    find_places,
    match_variables,
)
from baton.web.answers.common import make_execution_id
from baton.web.answers.history import HistoricProcessInstance, HistoricState
from baton.web.context import RequestContext
from baton.web.models.happened import HappenedFilters
from baton.web.models.historic_instances import HistoricProcessInstanceFilters
from baton.web.resources.called_instances import is_called_id
from baton.web.scopes import parse_scope
from baton.web.times import format_date

Show = Callable[[HistoryProjection], HistoricProcessInstance]
Test = Callable[[HistoricProcessInstance, Any], bool]
_TESTS: Mapping[str, Test] = {
    "processInstanceId": lambda each, id: each.id == id,
    "processInstanceIds": lambda each, ids: each.id in ids,
    "processInstanceIdNotIn": lambda each, ids: each.id not in ids,
    "processDefinitionId": lambda each, id: each.processDefinitionId == id,
    "processDefinitionKey": lambda each, key: each.processDefinitionKey == key,
    "processDefinitionKeyIn": lambda each, keys: each.processDefinitionKey in keys,
    "processDefinitionKeyNotIn": lambda each, keys: each.processDefinitionKey not in keys,
    "finished": lambda each, wanted: not wanted or each.endTime is not None,
    "unfinished": lambda each, wanted: not wanted or each.endTime is None,
    "completed": lambda each, wanted: not wanted or each.state == "COMPLETED",
    "active": lambda each, wanted: not wanted or each.state == "ACTIVE",
    "suspended": lambda each, wanted: not wanted or each.state == "SUSPENDED",
}
"""Filters that may be given together with those about callers."""
_ABOUT_VARIABLES = ("variables", "variableNamesIgnoreCase", "variableValuesIgnoreCase")


def find_related(
    context: RequestContext, filters: HistoricProcessInstanceFilters, show: Show
) -> list[HistoricProcessInstance] | None:
    """What a filter about callers asks for, the oldest first, or what ids of called processes name; None without such a
    filter. ``show`` shows the instance around all of it.

    Raises BadRequest for a filter that is not known of called processes.
    """
    called_by, caller_of = filters.superProcessInstanceId, filters.subProcessInstanceId
    ids = [id for id in (filters.processInstanceId, *(filters.processInstanceIds or ())) if id is not None]
    named = called_by is None and caller_of is None and any(map(is_called_id, ids))
    if called_by is None and caller_of is None and not named:
        return None
    own = ("superProcessInstanceId", "subProcessInstanceId", *_ABOUT_VARIABLES, *HappenedFilters.model_fields)
    given = {name: value for name in type(filters).model_fields if (value := getattr(filters, name)) not in (None, [])}
    others = {name: value for name, value in given.items() if name not in own and name != "sorting"}
    if unknown := ", ".join(sorted(set(others) - set(_TESTS))):
        raise BadRequest(f"Expected no filter {unknown} beside {' and '.join(own[:2])}")
    found = list(_list_called_by(context, called_by, show)) if called_by is not None else None
    if named:
        found = [each for id in ids if (each := find_one(context, id, show)) is not None]
    if caller_of is not None:
        callers = _list_callers_of(context, caller_of, show)
        found = callers if found is None else [each for each in callers if each in found]
    found = [each for each in found or () if all(_TESTS[name](each, value) for name, value in others.items())]
    found = _keep_matching(context, found, filters.list_variable_filters())
    happened = filters.to_happened()
    return found if happened is None else _keep_where(context, found, happened)


def _keep_where(
    context: RequestContext, found: list[HistoricProcessInstance], happened: Happened
) -> list[HistoricProcessInstance]:
    """Those in which it has happened."""
    places: set[str] = set()
    for projection in context.engine.history.project_some(_find_around(context, found)):
        id = projection.header.id
        places |= {make_execution_id(id, place) for place in find_places(projection, happened)}
    return [each for each in found if each.id in places]


def _find_around(context: RequestContext, found: Sequence[HistoricProcessInstance]) -> list[InstanceHeader]:
    """The instances in whose histories they are."""
    ids = tuple({get_instance_id(each.id) for each in found})
    return context.engine.instances.find(InstanceQuery(ids=ids, include_ended=True))


def _keep_matching(
    context: RequestContext, found: list[HistoricProcessInstance], wanted: Sequence[VariableFilter]
) -> list[HistoricProcessInstance]:
    """Those whose variables have had these values last."""
    if not wanted:
        return found
    values: dict[str, dict[str, Value]] = {each.id: {} for each in found}
    for projection in context.engine.history.project_some(
        _find_around(context, found), only={EventType.VARIABLES_CHANGED}
    ):
        for item in projection.variables:
            id = make_execution_id(projection.header.id, item.scope)
            if id in values and not item.deleted:
                values[id][item.name] = item.value
    return [each for each in found if match_variables(values[each.id], wanted)]


def find_one(context: RequestContext, id: str, show: Show) -> HistoricProcessInstance | None:
    """The instance or called process with this id, ended or not; None if there is none."""
    found = _read(context, id)
    if found is None:
        return None
    projection, token = found
    if token == 0:
        return show(projection)
    scopes = {activity.token: activity for activity in projection.activities}
    called = scopes.get(token)
    return None if called is None or not called.called else _show_called(context, projection, called, scopes, show)


def _read(context: RequestContext, id: str) -> tuple[HistoryProjection, int] | None:
    """The history, and the number of the scope in it; None where there is no such instance: a filter finds nothing."""
    try:
        scope = parse_scope(id, "process instance")
        return context.engine.history.project(context.engine.instances.get(scope.instance_id)), scope.token
    except Rejected:
        return None


def _list_called_by(context: RequestContext, id: str, show: Show) -> Iterator[HistoricProcessInstance]:
    found = _read(context, id)
    if found is None:
        return
    projection, token = found
    scopes = {activity.token: activity for activity in projection.activities}
    for activity in projection.activities:
        if activity.called and _find_caller(scopes, activity) == token:
            yield _show_called(context, projection, activity, scopes, show)


def _list_callers_of(context: RequestContext, id: str, show: Show) -> list[HistoricProcessInstance]:
    found = _read(context, id)
    if found is None:
        return []
    projection, token = found
    scopes = {activity.token: activity for activity in projection.activities}
    called = scopes.get(token)
    if called is None or not called.called:
        return []
    caller = scopes.get(_find_caller(scopes, called))
    return [show(projection) if caller is None else _show_called(context, projection, caller, scopes, show)]


def _find_caller(scopes: Mapping[int, ActivityInstance], called: ActivityInstance) -> int:
    """The scope of the process around a call; 0 is the instance itself."""
    at = scopes.get(called.parent)
    while at is not None and not at.called:
        at = scopes.get(at.parent)
    return 0 if at is None else at.token


def find_plain_start(context: RequestContext, definition_id: str) -> str | None:
    """The none start event, which an instance begins at unless something else started it."""
    try:
        model = context.engine.definitions.get_model(definition_id)
    except NotFound:
        return None
    return next((node.id for node in model.list_starts(model.id) if not node.events), None)


def _find_business_key(context: RequestContext, id: str) -> str | None:
    """That of a called process, which the history does not have; None if it ended in an earlier release."""
    found = context.engine.instances.find(InstanceQuery(ids=(id,), called=True, include_ended=True))
    return found[0].business_key if found else None


def _show_called(
    context: RequestContext,
    projection: HistoryProjection,
    activity: ActivityInstance,
    scopes: Mapping[int, ActivityInstance],
    show: Show,
) -> HistoricProcessInstance:
    around, id = show(projection), activity.called or ""
    try:
        definition = context.engine.definitions.get(id)
    except NotFound:
        definition = None
    ended = activity.ended_at
    state: HistoricState = "INTERNALLY_TERMINATED" if activity.cancelled else "COMPLETED"
    caller = _find_caller(scopes, activity)
    changed: dict[str, Any] = {
        "id": make_execution_id(around.id, activity.token),
        "businessKey": _find_business_key(context, make_execution_id(around.id, activity.token)),
        "processDefinitionId": id,
        "processDefinitionKey": definition.key if definition else id.partition(":")[0],
        "processDefinitionName": definition.name if definition else None,
        "processDefinitionVersion": definition.version if definition else None,
        "startTime": format_date(activity.started_at),
        "endTime": format_date(ended),
        "durationInMillis": None if ended is None else ended - activity.started_at,
        "startUserId": None,
        "startActivityId": find_plain_start(context, id),
        "deleteReason": None,
        "superProcessInstanceId": make_execution_id(around.id, caller),
        "state": around.state if ended is None else state,
    }
    return around.model_copy(update=changed)
