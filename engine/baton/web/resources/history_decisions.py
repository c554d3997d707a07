"""``/history/decision-instance``: what was decided, inside instances and by ``/decision-definition/…/evaluate``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from baton.model.errors import BadRequest
from baton.service import (
    DELETE_DECISIONS,
    BatchRequest,
    DecisionInstanceId,
    Evaluation,
    HistoryProjection,
    LogEntry,
    Requirements,
    make_missing_decision,
    map_decisions,
    parse_decision_instance_id,
)
from baton.web.answers.batch import Batch, create_batch
from baton.web.answers.history_decisions import (
    DecisionInput,
    DecisionOutput,
    DecisionStatistics,
    HistoricDecisionInstance,
)
from baton.web.context import RequestContext
from baton.web.history.rows import Row, RowListing, is_after, is_among, is_before, is_equal, is_like, needs
from baton.web.models.filtering import Page
from baton.web.models.history_decisions import (
    DeleteDecisionInstances,
    HistoricDecisionFilters,
    RequirementsStatisticsQuery,
    ShownDecision,
)
from baton.web.resources.decision_requirements import get_requirements_by_id
from baton.web.resources.history import GROUP, TENANT, make_base_row
from baton.web.routes.listing import Listing, declare
from baton.web.times import format_date
from baton.web.variables import to_rest

_REQUIREMENTS = "baton.requirements"
"""In the environment of a request: the files of the decisions, read for its first row."""
SORTS = {"evaluationTime": "evaluationTime", "tenantId": "tenantId"}


def _list_inside(context: RequestContext, rows: HistoryProjection) -> Iterator[Row]:
    for entry in rows.decisions:
        base = make_base_row(rows, entry.token, entry.element)
        place = {**base, "activityInstanceId": base["executionId"], "userId": None, "evaluationTime": entry.at}
        yield from _list_decisions(context, f"{rows.header.id}.e{entry.position}", _get_decisions(entry), place)


def _get_decisions(entry: LogEntry) -> list[Any]:
    return cast("list[Any]", entry.data.get("decisions") or [])


def _list_beside(context: RequestContext) -> Iterator[Row]:
    for evaluation in context.engine.decision_instances.iterate():
        yield from _list_evaluation(context, evaluation)


def _list_evaluation(context: RequestContext, evaluation: Evaluation) -> Iterator[Row]:
    nowhere = ("processDefinitionKey", "processDefinitionId", "processInstanceId", "rootProcessInstanceId")
    place: Row = {
        **dict.fromkeys((*nowhere, "executionId", "activityId", "activityInstanceId")),
        "tenantId": evaluation.tenant_id,
        "userId": evaluation.by,
        "evaluationTime": evaluation.at,
        "removalTime": format_date(evaluation.removal_at),
    }
    yield from _list_decisions(context, evaluation.id, evaluation.decisions, place)


def _list_decisions(context: RequestContext, id: str, decisions: list[Any], place: Row) -> Iterator[Row]:
    """The one that was asked for first, then what it required."""
    last = len(decisions) - 1
    for index in (last, *range(last)):
        made = decisions[index] if decisions else None
        if made is not None:
            yield _make_row(context, id, None if index == last else index, made, place)


def _make_row(context: RequestContext, id: str, number: int | None, made: Mapping[str, Any], place: Row) -> Row:
    file = _read_files(context).get(str(made.get("decision")))
    return {
        **place,
        "id": id if number is None else f"{id}.{number}",
        "decisionDefinitionId": made.get("decision"),
        "decisionDefinitionKey": made["key"],
        "decisionDefinitionName": made.get("name"),
        "rootDecisionInstanceId": None if number is None else id,
        "evaluation": id,
        "decisionRequirementsDefinitionId": None if file is None else file.id,
        "decisionRequirementsDefinitionKey": None if file is None else file.key,
        "collectResultValue": made.get("collectResultValue"),
        "inputs": made["inputs"],
        "outputs": made["outputs"],
        "caseDefinitionId": None,
        "caseDefinitionKey": None,
        "caseInstanceId": None,
    }


def _read_files(context: RequestContext) -> Mapping[str, Requirements]:
    known: Mapping[str, Requirements] | None = context.request.environ.get(_REQUIREMENTS)
    if known is None:
        known = context.request.environ[_REQUIREMENTS] = map_decisions(context.engine.decisions.list_requirements())
    return known


DECISIONS = RowListing(
    path="/history/decision-instance",
    what="evaluations of decisions",
    filters=HistoricDecisionFilters,
    tests={
        **TENANT,
        "processInstanceId": is_equal("processInstanceId"),
        "processDefinitionId": is_equal("processDefinitionId"),
        "processDefinitionKey": is_equal("processDefinitionKey"),
        "decisionInstanceId": is_equal("id"),
        "decisionInstanceIdIn": is_among("id"),
        "decisionDefinitionId": is_equal("decisionDefinitionId"),
        "decisionDefinitionIdIn": is_among("decisionDefinitionId"),
        "decisionDefinitionKey": is_equal("decisionDefinitionKey"),
        "decisionDefinitionKeyIn": is_among("decisionDefinitionKey"),
        "decisionDefinitionName": is_equal("decisionDefinitionName"),
        "decisionDefinitionNameLike": is_like("decisionDefinitionName"),
        "caseDefinitionId": is_equal("caseDefinitionId"),
        "caseDefinitionKey": is_equal("caseDefinitionKey"),
        "caseInstanceId": is_equal("caseInstanceId"),
        "activityIdIn": is_among("activityId"),
        "activityInstanceIdIn": is_among("activityInstanceId"),
        "evaluatedBefore": is_before("evaluationTime"),
        "evaluatedAfter": is_after("evaluationTime"),
        "userId": is_equal("userId"),
        "rootDecisionInstanceId": is_equal("evaluation"),
        "rootDecisionInstancesOnly": needs(lambda row: row["rootDecisionInstanceId"] is None),
        "decisionRequirementsDefinitionId": is_equal("decisionRequirementsDefinitionId"),
        "decisionRequirementsDefinitionKey": is_equal("decisionRequirementsDefinitionKey"),
    },
    sorts=SORTS,
    answer=HistoricDecisionInstance,
    make=_list_inside,
    beside=_list_beside,
)


def _show(row: Row, shown: ShownDecision) -> HistoricDecisionInstance:
    fields: Row = {**row, "evaluationTime": format_date(row["evaluationTime"])}
    for name, kind, letter in (("inputs", DecisionInput, "i"), ("outputs", DecisionOutput, "o")):
        wanted = shown.includeInputs if kind is DecisionInput else shown.includeOutputs
        fields[name] = [_show_value(row, item, kind, letter, at, shown) for at, item in enumerate(row[name])]
        fields[name] = fields[name] if wanted else None
    return HistoricDecisionInstance(**{name: fields[name] for name in HistoricDecisionInstance.model_fields})


def _show_value(
    row: Row, item: Mapping[str, Any], kind: type[DecisionInput], letter: str, at: int, shown: ShownDecision
) -> DecisionInput:
    value = to_rest(item.get("value"), shown.disableCustomObjectDeserialization is not True)
    if shown.disableBinaryFetching and value["type"] == "Bytes":
        value = {**value, "value": None}
    fields: Row = {
        "id": f"{row['id']}.{letter}{at}",
        "decisionInstanceId": row["id"],
        "createTime": format_date(row["evaluationTime"]),
        "removalTime": row["removalTime"],
        "rootProcessInstanceId": row["rootProcessInstanceId"],
        "valueInfo": {},
        **{name: item.get(name) for name in ("clauseId", "clauseName", "errorMessage")},
        **({name: item.get(name) for name in ("ruleId", "ruleOrder", "variableName")} if letter == "o" else {}),
        **value,
    }
    return kind(**fields)


def _fetch(context: RequestContext, filters: HistoricDecisionFilters, page: Page) -> list[HistoricDecisionInstance]:
    return [_show(row, filters) for row in DECISIONS.fetch_rows(context, filters, page)]


declare(
    GROUP,
    Listing(
        path=DECISIONS.path,
        what=DECISIONS.what,
        filters=HistoricDecisionFilters,
        sorts=SORTS,
        answer=HistoricDecisionInstance,
        fetch=_fetch,
        count=DECISIONS.count,
        post=False,
        searches=True,
    ),
)


@GROUP.get("/history/decision-instance/<id>", "One evaluation of a decision")
def get_decision(context: RequestContext, id: str, query: ShownDecision) -> HistoricDecisionInstance:
    for row in _list_of(context, parse_decision_instance_id(id)):
        if row["id"] == id:
            return _show(row, query)
    raise make_missing_decision(id)


def _list_of(context: RequestContext, wanted: DecisionInstanceId) -> Iterable[Row]:
    if wanted.position is not None:
        return _list_inside(context, context.engine.history.project(context.engine.instances.get(wanted.of)))
    evaluation = context.engine.decision_instances.get(wanted.of)
    return () if evaluation is None else _list_evaluation(context, evaluation)


@GROUP.post(
    "/history/decision-instance/delete", "Delete many evaluations of decisions as a batch", needs="history:delete"
)
def delete_decisions(context: RequestContext, body: DeleteDecisionInstances) -> Batch:
    ids = choose_decisions(context, body.historicDecisionInstanceIds, body.historicDecisionInstanceQuery)
    return create_batch(context, BatchRequest(kind=DELETE_DECISIONS, items=ids))


def choose_decisions(
    context: RequestContext, ids: tuple[str, ...] | None, query: HistoricDecisionFilters | None
) -> list[str]:
    """The ids of decision instances, those of a query too. Raises BadRequest without any, NotFound."""
    chosen = list(ids or ())
    for id in chosen:
        if not any(row["id"] == id for row in _list_of(context, parse_decision_instance_id(id))):
            raise make_missing_decision(id)
    if query is not None:
        chosen += [row["id"] for row in DECISIONS.fetch_rows(context, query, Page(0, 1 << 31, ()))]
    elif not chosen:
        raise BadRequest("Expected historicDecisionInstanceIds or historicDecisionInstanceQuery, but found none")
    return list(dict.fromkeys(chosen))


@GROUP.get(
    "/history/decision-requirements-definition/<id>/statistics",
    "How often each decision of a DMN file was evaluated",
    needs="history:read",
)
def get_requirements_statistics(
    context: RequestContext, id: str, query: RequirementsStatisticsQuery
) -> list[DecisionStatistics]:
    get_requirements_by_id(context, id)
    context.begin_search(query.continueFrom)
    filters = HistoricDecisionFilters(
        decisionRequirementsDefinitionId=id, rootDecisionInstanceId=query.decisionInstanceId
    )
    counts: dict[str, int] = {}
    for row in DECISIONS.fetch_rows(context, filters, Page(0, 1 << 31, ())):
        counts[row["decisionDefinitionKey"]] = counts.get(row["decisionDefinitionKey"], 0) + 1
    return [DecisionStatistics(decisionDefinitionKey=key, evaluations=count) for key, count in sorted(counts.items())]
