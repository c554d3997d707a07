"""Reports: statistics of elements, how long instances and tasks took, what may be removed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal

from baton.model.times import Millis
from baton.service import DecisionQuery, DefinitionQuery, HistoryProjection, RecordHistory
from baton.web.answers.common import find_node
from baton.web.answers.reports import (
    CleanableDecisionReport,
    CleanableReport,
    DurationReport,
    HistoricActivityStatistics,
    TaskReport,
)
from baton.web.context import RequestContext
from baton.web.models.bodies import show_activity_id
from baton.web.models.history_details import (
    CleanableDecisionFilters,
    CleanableFilters,
    DurationReportQuery,
    HistoricStatisticsQuery,
    TaskReportQuery,
)
from baton.web.resources.history import GROUP
from baton.web.routes.listing import declare, make_short_listing

DAY_MS = 24 * 60 * 60 * 1000
Unit = Literal["month", "quarter"]
Counts = dict[str, dict[str, int]]
COUNTED = ("instances", "canceled", "finished", "completeScope")
INCIDENTS = ("openIncidents", "resolvedIncidents", "deletedIncidents")


@GROUP.get("/history/process-definition/<id>/statistics", "How often each element was visited")
def get_statistics(
    context: RequestContext, id: str, query: HistoricStatisticsQuery
) -> list[HistoricActivityStatistics]:
    context.engine.definitions.get(id)
    counts: Counts = {}
    search = context.begin_search(query.continueFrom)
    for rows in context.engine.history.project_each(query.to_instance_query(id), search):
        _count_activities(rows, query, counts)
        if query.incidents:
            _count_incidents(rows, counts)
    names = sorted(counts, reverse=query.sortOrder == "desc") if query.sortBy else list(counts)
    return [
        HistoricActivityStatistics(id=name, **{each: counts[name].get(each, 0) for each in (*COUNTED, *INCIDENTS)})
        for name in names
    ]


def _count_activities(rows: HistoryProjection, query: HistoricStatisticsQuery, counts: Counts) -> None:
    for activity in rows.activities:
        if activity.definition_id != rows.header.definition_id:
            continue
        found = counts.setdefault(show_activity_id(activity.element, body=activity.body), {})
        if activity.ended_at is None:
            found["instances"] = found.get("instances", 0) + 1
        elif activity.cancelled and query.canceled:
            found["canceled"] = found.get("canceled", 0) + 1
        if activity.ended_at is not None and query.finished:
            found["finished"] = found.get("finished", 0) + 1


def _count_incidents(rows: HistoryProjection, counts: Counts) -> None:
    for incident in rows.incidents.values():
        if incident.element is None:
            continue
        state = "resolved" if incident.closed_at is not None else "deleted" if rows.header.state.is_ended else "open"
        found = counts.setdefault(incident.element, {})
        found[f"{state}Incidents"] = found.get(f"{state}Incidents", 0) + 1


@GROUP.get("/history/process-instance/report", "How long completed instances took, by month or quarter of their start")
def report_instances(context: RequestContext, query: DurationReportQuery) -> list[DurationReport]:
    durations: dict[int, list[int]] = {}
    search = context.begin_search(query.continueFrom)
    headers = context.engine.instances.iterate(replace(query.to_instance_query(), called=True), search)
    for header in (header for part in headers for header in part):
        if header.ended_at is not None:
            period = _find_period(header.started_at, query.periodUnit)
            durations.setdefault(period, []).append(header.ended_at - header.started_at)
    return [
        DurationReport(period=period, periodUnit=query.periodUnit.upper(), **_sum_up(found))
        for period, found in sorted(durations.items())
    ]


def _find_period(moment: Millis, unit: Unit) -> int:
    """The number of the month or of the quarter, from 1."""
    month = datetime.fromtimestamp(moment / 1000, UTC).month
    return month if unit == "month" else (month - 1) // 3 + 1


def _sum_up(durations: Sequence[int]) -> dict[str, Any]:
    return {
        "minimum": min(durations),
        "maximum": max(durations),
        "average": round(sum(durations) / len(durations)),
    }


@GROUP.get("/history/task/report", "How many user tasks were completed, or how long they took")
def report_tasks(context: RequestContext, query: TaskReportQuery) -> list[TaskReport]:
    found = list(_list_completed(context, query))
    if query.reportType == "count":
        return list(_report_counts(context, query, found))
    durations: dict[int, list[int]] = {}
    unit = query.periodUnit or "month"
    for _, task in found:
        closed = task.closed_at or task.opened_at
        durations.setdefault(_find_period(task.opened_at, unit), []).append(closed - task.opened_at)
    return [
        TaskReport(period=period, periodUnit=unit.upper(), **_sum_up(each))
        for period, each in sorted(durations.items())
    ]


def _list_completed(
    context: RequestContext, query: TaskReportQuery
) -> Iterator[tuple[HistoryProjection, RecordHistory]]:
    search = context.begin_search(query.continueFrom)
    for rows in context.engine.history.project_each(query.to_instance_query(), search):
        for task in rows.tasks.values():
            at = task.closed_at
            if at is None or task.reason != "completed":
                continue
            before, after = query.completedBefore, query.completedAfter
            if (before is None or at <= before) and (after is None or at >= after):
                yield rows, task


def _report_counts(
    context: RequestContext, query: TaskReportQuery, found: Iterable[tuple[HistoryProjection, RecordHistory]]
) -> Iterator[TaskReport]:
    by_task = query.groupBy != "processDefinition"
    counts: dict[tuple[str | None, str], int] = {}
    for rows, task in found:
        node = find_node(context.engine, rows.header.definition_id, task.element or "")
        name = (str(task.data["name"]) if task.data.get("name") else node.name if node else None) if by_task else None
        key = (name, rows.header.definition_id)
        counts[key] = counts.get(key, 0) + 1
    for (name, definition_id), count in counts.items():
        definition = context.engine.definitions.get(definition_id)
        yield TaskReport(
            taskName=name,
            count=count,
            processDefinitionKey=definition.key,
            processDefinitionId=definition_id,
            processDefinitionName=definition.name,
            tenantId=definition.tenant_id,
        )


def _list_cleanable(context: RequestContext, filters: CleanableFilters) -> Iterator[CleanableReport]:
    query = DefinitionQuery(
        ids=filters.processDefinitionIdIn,
        keys=filters.processDefinitionKeyIn,
        tenant_ids=filters.tenantIdIn,
        without_tenant=filters.withoutTenantId or False,
    )
    definitions = context.engine.definitions.find(query)
    ended = context.engine.instances.count_ended([definition.id for definition in definitions])
    for definition in definitions:
        days, removable = definition.history_ttl_days, 0
        if days is not None:
            before = context.engine.clock.now() - days * DAY_MS
            removable = context.engine.instances.count(filters.to_ended_query(definition.id, before))
        if removable or not filters.compact:
            yield CleanableReport(
                processDefinitionId=definition.id,
                processDefinitionKey=definition.key,
                processDefinitionName=definition.name,
                processDefinitionVersion=definition.version,
                historyTimeToLive=days,
                finishedProcessInstanceCount=ended[definition.id],
                cleanableProcessInstanceCount=removable,
                tenantId=definition.tenant_id,
            )


declare(
    GROUP,
    make_short_listing(
        path="/history/process-definition/cleanable-process-instance-report",
        what="definitions with how many ended instances they have and how many of them may be removed",
        filters=CleanableFilters,
        sorts={"finished": "finishedProcessInstanceCount"},
        answer=CleanableReport,
        find=_list_cleanable,
        show=lambda report: report,
    ),
)


def _list_cleanable_decisions(
    context: RequestContext, filters: CleanableDecisionFilters
) -> Iterator[CleanableDecisionReport]:
    query = DecisionQuery(
        ids=filters.decisionDefinitionIdIn,
        keys=filters.decisionDefinitionKeyIn,
        tenant_ids=filters.tenantIdIn,
        without_tenant=filters.withoutTenantId or False,
    )
    kept: dict[str, list[Millis | None]] = {}
    for evaluation in context.engine.decision_instances.iterate():
        kept.setdefault(evaluation.definition_id, []).append(evaluation.removal_at)
    now = context.engine.clock.now()
    for decision in context.engine.decisions.find(query):
        moments = kept.get(decision.id, [])
        removable = sum(moment is not None and moment <= now for moment in moments)
        if filters.compact and not removable:
            continue
        yield CleanableDecisionReport(
            decisionDefinitionId=decision.id,
            decisionDefinitionKey=decision.key,
            decisionDefinitionName=decision.name,
            decisionDefinitionVersion=decision.version,
            historyTimeToLive=decision.history_ttl_days,
            finishedDecisionInstanceCount=len(moments),
            cleanableDecisionInstanceCount=removable,
            tenantId=decision.tenant_id,
        )


declare(
    GROUP,
    make_short_listing(
        path="/history/decision-definition/cleanable-decision-instance-report",
        what="decisions with how many evaluations are kept that no process has asked for",
        filters=CleanableDecisionFilters,
        sorts={"finished": "finishedDecisionInstanceCount"},
        answer=CleanableDecisionReport,
        find=_list_cleanable_decisions,
        show=lambda report: report,
    ),
)
