"""What clients of Camunda 7 ask the server about itself."""

from __future__ import annotations

import baton
from baton.service import take_page
from baton.web.answers.server import (
    MetricsInterval,
    RegisteredDeployment,
    SchemaLogEntry,
    TelemetryConfiguration,
    TelemetryData,
    TelemetryProduct,
)
from baton.web.context import RequestContext
from baton.web.models.filtering import Page
from baton.web.models.server import (
    MetricsIntervalQuery,
    SchemaLogFilters,
    SchemaLogPage,
    SchemaLogQuery,
    SetTelemetry,
    TaskWorkersQuery,
)
from baton.web.resources import deployment, metrics, misc
from baton.web.times import format_date


@misc.GROUP.get("/telemetry/configuration", "Whether anything is sent to anybody: never")
def get_telemetry(context: RequestContext) -> TelemetryConfiguration:
    del context
    return TelemetryConfiguration(enableTelemetry=False)


@misc.GROUP.post("/telemetry/configuration", "Accepted only if nothing is to be sent", changes=False)
def set_telemetry(context: RequestContext, body: SetTelemetry) -> None:
    del context, body


@misc.GROUP.get("/telemetry/data", "What would be sent if anything were")
def get_telemetry_data(context: RequestContext) -> TelemetryData:
    del context
    product = TelemetryProduct(name="Baton", version=baton.__version__, edition="community", internals={})
    return TelemetryData(installation=None, product=product)


@misc.GROUP.get("/schema/log", "The release whose format the data has")
def list_schema_log(context: RequestContext, query: SchemaLogPage) -> list[SchemaLogEntry]:
    return _list_schema_log(context, query, query)


@misc.GROUP.post("/schema/log", "The release whose format the data has, filtered by a body", changes=False)
def find_schema_log(context: RequestContext, query: SchemaLogPage, body: SchemaLogQuery) -> list[SchemaLogEntry]:
    return _list_schema_log(context, body, query)


def _list_schema_log(context: RequestContext, filters: SchemaLogFilters, paging: SchemaLogPage) -> list[SchemaLogEntry]:
    entry = SchemaLogEntry(id="0", timestamp=None, version=baton.__version__)
    most = context.settings.max_results if paging.maxResults is None else paging.maxResults
    return take_page(
        [entry] if filters.version in (None, entry.version) else [], Page(paging.firstResult or 0, most, ())
    )


@metrics.GROUP.get("/metrics", f"How often it happened ({' or '.join(metrics.STARTS)}) by the hour, the last day")
def list_intervals(context: RequestContext, query: MetricsIntervalQuery) -> list[MetricsInterval]:
    names = [name for name in metrics.STARTS if query.name in (None, name)] if query.reporter is None else []
    found = [
        MetricsInterval(timestamp=format_date(rate.at) or "", name=name, reporter=None, value=rate.started)
        for rate in reversed(context.engine.throughput.read_last_day())
        for name in names
        if query.contains(rate.at)
    ]
    return found[query.firstResult or 0 :][: query.maxResults or 200]


@metrics.GROUP.delete("/metrics/task-worker", "Forget which workers were counted: none are", needs="system:read")
def delete_task_workers(context: RequestContext, query: TaskWorkersQuery) -> None:
    del context, query


@deployment.GROUP.get("/deployment/registered", "Deployments of process applications: there are none")
def list_registered(context: RequestContext) -> list[RegisteredDeployment]:
    del context
    return []
