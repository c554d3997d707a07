"""``/watchdog``: what the watchdog has found at its last look. Only in Baton."""

from __future__ import annotations

from baton.web.answers.operations import Finding, WatchdogReport
from baton.web.context import RequestContext
from baton.web.resources.misc import GROUP
from baton.web.times import format_date


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
