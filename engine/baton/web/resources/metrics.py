"""``/metrics``: what was counted over a time, in the names of Camunda 7. Prometheus reads ``/metrics`` at the root."""

from __future__ import annotations

from typing import Any

from baton.model.errors import NotFound
from baton.service import InstanceQuery
from baton.web.call import Call
from baton.web.fields import Shape, dates, integers
from baton.web.routing import Group

GROUP = Group("Metrics", "What was counted over a time")

STARTS = ("root-process-instance-start", "process-instances")
"""Both names of one thing; the others count what Baton does not have (job acquisition, decision elements)."""


@GROUP.get(
    "/metrics/<name>/sum",
    f"How often it happened ({' or '.join(STARTS)}), of instances that are kept still",
    query=dates("startDate", "endDate"),
    answer=Shape("MetricsSum", integers("result")),
)
def sum_of(call: Call, name: str) -> dict[str, Any]:
    if name not in STARTS:
        raise NotFound(f"Expected one of {', '.join(STARTS)}, but found '{name}': Baton's own numbers are at /metrics")
    begin = call.query.get("startDate")
    query = InstanceQuery(
        started_after=None if begin is None else begin - 1,
        started_before=call.query.get("endDate"),
        include_ended=True,
    )
    return {"result": call.engine.instances.count(query)}
