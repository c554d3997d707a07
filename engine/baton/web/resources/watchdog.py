"""``/watchdog``: what the watchdog has found at its last look. Only in Baton."""

from __future__ import annotations

from typing import Any

from baton.web.call import Call
from baton.web.fields import Field, Shape, booleans, dates, strings
from baton.web.resources.misc import GROUP
from baton.web.times import date_text

FINDING = Shape(
    "Finding",
    (
        Field("rule", choices=("stuck", "overdue", "unserved-topic", "growing-queue")),
        *strings("subject", "message"),
        *booleans("repaired"),
        *dates("since"),
    ),
)
REPORT = Shape("WatchdogReport", (*dates("at"), Field("findings", "objects", shape=FINDING)))


@GROUP.get("/watchdog", "What is wrong, as of the watchdog's last look", answer=REPORT, ours=True)
def report(call: Call) -> dict[str, Any]:
    found = call.engine.watchdog_status.read_report()
    findings = [
        {
            "rule": one.rule,
            "subject": one.subject,
            "message": one.message,
            "repaired": one.repaired,
            "since": date_text(one.since),
        }
        for one in found.findings
    ]
    return {"at": date_text(found.at), "findings": findings}
