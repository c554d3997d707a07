"""``/watchdog``: what it has found; ``/status``: store and processes; ``/called-host``. Only in Baton."""

from __future__ import annotations

from baton.web.answers.operations import CalledHost, Finding, ServerStatus, WatchdogReport
from baton.web.context import RequestContext
from baton.web.resources.misc import GROUP
from baton.web.times import format_date


@GROUP.get("/status", "How the store and the processes are", baton_extension=True)
def get_status(context: RequestContext) -> ServerStatus:
    engine = context.engine
    found = engine.health.collect_metrics()
    return ServerStatus(
        storeMemory=int(found["store_memory_bytes"]),
        storeMemoryLimit=int(found["store_memory_limit_bytes"]),
        outbox=int(found["outbox"]),
        jobs=int(found["jobs"]),
        lastProgress=format_date(engine.health.read_progress()),
        watchdogLooked=format_date(engine.watchdog_status.read_report().at),
    )


@GROUP.get("/watchdog", "What is wrong, as of the watchdog's last look", baton_extension=True)
def get_report(context: RequestContext) -> WatchdogReport:
    found = context.engine.watchdog_status.read_report()
    findings = [
        Finding(
            rule=finding.rule,
            subject=finding.subject,
            message=finding.message,
            repaired=finding.repaired,
            since=format_date(finding.since),
        )
        for finding in found.findings
    ]
    return WatchdogReport(at=format_date(found.at), findings=findings)


@GROUP.get(
    "/called-host",
    "The hosts, and topics of calls, that fail now",
    baton_extension=True,
)
def list_called_hosts(context: RequestContext) -> list[CalledHost]:
    return [
        CalledHost(
            host=found.name,
            kind="topic" if found.is_topic else "host",
            state=found.state,
            failures=found.failures,
            at=format_date(found.at),
            until=format_date(found.until),
            message=found.message,
        )
        for found in context.engine.called_hosts.list_failing()
    ]
