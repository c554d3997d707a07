"""``/history/incident``: what was open for a while."""

from __future__ import annotations

from collections.abc import Iterable

from baton.service import HistoryProjection, RecordHistory
from baton.web.answers.history import HistoricIncident
from baton.web.answers.job_origins import find_failed_origin_id
from baton.web.context import RequestContext
from baton.web.history.rows import (
    Row,
    RowListing,
    declare_rows,
    is_after,
    is_before,
    is_equal,
    is_like,
    needs,
)
from baton.web.models.history import HistoricIncidentFilters
from baton.web.models.job_definition import read_job_definition_id
from baton.web.resources.history import GROUP, TENANT, make_base_row


def _incidents(context: RequestContext, rows: HistoryProjection) -> Iterable[Row]:
    for incident in rows.incidents.values():
        is_open = rows.is_open(incident)
        gone = incident.closed_at is None and not is_open
        base = make_base_row(rows, incident.token, incident.element)
        yield {
            **base,
            "id": incident.id,
            "incidentType": incident.data.get("kind"),
            "failedActivityId": incident.element,
            "causeIncidentId": incident.id,
            "rootCauseIncidentId": incident.id,
            "configuration": incident.data.get("configuration"),
            "historyConfiguration": None,
            "incidentMessage": incident.data.get("message"),
            "jobDefinitionId": _find_job_definition(context, base, incident),
            "annotation": None,
            "createTime": incident.opened_at,
            "endTime": incident.closed_at or (rows.header.ended_at if gone else None),
            "open": is_open,
            "deleted": gone,
            "resolved": incident.closed_at is not None,
        }


def _find_job_definition(context: RequestContext, row: Row, incident: RecordHistory) -> str | None:
    if incident.data.get("kind") != "failedJob" or incident.element is None:
        return None
    return find_failed_origin_id(context.engine, row["processDefinitionId"], incident.element)


def _failed_at(row: Row, ids: Iterable[str]) -> bool:
    at = (row["processDefinitionId"], row["activityId"])
    return row["incidentType"] == "failedJob" and any(read_job_definition_id(id)[:2] == at for id in ids)


declare_rows(
    GROUP,
    RowListing(
        path="/history/incident",
        what="incidents, resolved ones included",
        filters=HistoricIncidentFilters,
        tests={
            **TENANT,
            "incidentId": is_equal("id"),
            "incidentType": is_equal("incidentType"),
            "incidentMessage": is_equal("incidentMessage"),
            "incidentMessageLike": is_like("incidentMessage"),
            "executionId": is_equal("executionId"),
            "activityId": is_equal("activityId"),
            "failedActivityId": is_equal("failedActivityId"),
            "configuration": is_equal("configuration"),
            "causeIncidentId": is_equal("causeIncidentId"),
            "rootCauseIncidentId": is_equal("rootCauseIncidentId"),
            "historyConfiguration": is_equal("historyConfiguration"),
            "jobDefinitionIdIn": _failed_at,
            "open": needs(lambda row: row["open"]),
            "resolved": needs(lambda row: row["resolved"]),
            "deleted": needs(lambda row: row["deleted"]),
            "createTimeBefore": is_before("createTime"),
            "createTimeAfter": is_after("createTime"),
            "endTimeBefore": is_before("endTime"),
            "endTimeAfter": is_after("endTime"),
        },
        sorts={
            "incidentId": "id",
            "incidentMessage": "incidentMessage",
            "createTime": "createTime",
            "endTime": "endTime",
            "incidentType": "incidentType",
            "executionId": "executionId",
            "activityId": "activityId",
            "processInstanceId": "processInstanceId",
            "processDefinitionId": "processDefinitionId",
            "processDefinitionKey": "processDefinitionKey",
            "tenantId": "tenantId",
        },
        answer=HistoricIncident,
        make=_incidents,
        dates=("createTime", "endTime"),
    ),
)
