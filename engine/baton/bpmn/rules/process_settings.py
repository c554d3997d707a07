"""What a process says about itself can be read: history time to live, an id that is a plain name."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import error, warning
from baton.bpmn.lowering.processes import ttl_days
from baton.bpmn.names import CAMUNDA
from baton.model.problems import Problem

RULE = "process-settings"


def check(document: Document) -> Iterator[Problem]:
    for process in document.root.all("process"):
        given = process.ext(CAMUNDA, "historyTimeToLive")
        if given and ttl_days(process) is None:
            yield error(
                RULE,
                process,
                f"Expected a number of days or P30D as historyTimeToLive of {process.label}, but found '{given}'",
            )
        if process.get("processType") == "Public" and process.get("isExecutable") in ("true", "1"):
            yield warning(
                RULE,
                process,
                f"Expected no processType Public on the executable {process.label}: it is run all the same",
            )
