"""``/metrics``: what was counted over a time, in the names of Camunda 7. Prometheus reads ``/metrics`` at the root."""

from __future__ import annotations

from baton.model.errors import NotFound
from baton.service import InstanceQuery
from baton.web.answers.operations import MetricsSum, ThroughputPoint
from baton.web.context import RequestContext
from baton.web.models.server import MetricsQuery, ThroughputQuery
from baton.web.routes.group import Group
from baton.web.times import format_iso

GROUP = Group("Metrics", "What was counted over a time", resource="system", whole=True)

STARTS = ("root-process-instance-start", "process-instances")
"""Both names of one thing; the others count what Baton does not have (job acquisition, decision elements)."""


@GROUP.get(
    "/metrics/throughput",
    "How many instances started and ended and how long they took: the last hour by minute, or the last day by hour",
    baton_extension=True,
)
def get_throughput(context: RequestContext, query: ThroughputQuery) -> list[ThroughputPoint]:
    throughput = context.engine.throughput
    rates = throughput.read_last_day() if query.per == "hour" else throughput.read_last_hour()
    return [
        ThroughputPoint(
            at=format_iso(rate.at),
            started=rate.started,
            ended=rate.ended,
            meanDuration=round(rate.took / rate.ended) if rate.ended else None,
        )
        for rate in rates
    ]


@GROUP.get("/metrics/<name>/sum", f"How often it happened ({' or '.join(STARTS)}), of instances that are kept still")
def get_sum(context: RequestContext, name: str, query: MetricsQuery) -> MetricsSum:
    if name not in STARTS:
        raise NotFound(f"Expected one of {', '.join(STARTS)}, but found '{name}': Baton's own numbers are at /metrics")
    wanted = InstanceQuery(
        started_after=None if query.startDate is None else query.startDate - 1,
        started_before=query.endDate,
        include_ended=True,
    )
    return MetricsSum(result=context.engine.instances.count(wanted))
