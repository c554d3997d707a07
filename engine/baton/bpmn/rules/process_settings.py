"""What a process says about itself can be read: history time to live, what becomes of commands that fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse, warn
from baton.bpmn.lowering.processes import read_ttl_days
from baton.bpmn.lowering.work import read_properties
from baton.bpmn.names import CAMUNDA, TRUE
from baton.model.commands import ON_FAILURE, OnFailure
from baton.model.problems import Problem

RULE = "process-settings"
CHOICES = get_args(OnFailure)


def check(document: Document) -> Iterator[Problem]:
    for process in document.root.find_all("process"):
        given = process.get_extension(CAMUNDA, "historyTimeToLive")
        if given and read_ttl_days(process) is None:
            yield refuse(
                RULE,
                process,
                f"Expected a number of days or P30D as historyTimeToLive of {process.label}, but found '{given}'",
            )
        wanted = read_properties(process).get(ON_FAILURE)
        if wanted is not None and wanted not in CHOICES:
            yield refuse(
                RULE,
                process,
                f"Expected {' or '.join(CHOICES)} as {ON_FAILURE} of {process.label}, but found '{wanted}'",
            )
        if process.get("processType") == "Public" and process.get("isExecutable") in TRUE:
            yield warn(
                RULE,
                process,
                f"Expected no processType Public on the executable {process.label}: it runs in any case",
            )
