"""Context-based correlation is not run: without it a message could reach an instance it is not for (clause 8.4.2)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse
from baton.bpmn.lowering.processes import find_executable
from baton.model.problems import Problem

RULE = "correlation"


def check(document: Document) -> Iterator[Problem]:
    for process in find_executable(document.root):
        for subscription in process.find_all("correlationSubscription"):
            yield refuse(
                RULE,
                subscription,
                f"Expected messages correlated by business key or zeebe:subscription, but found {subscription.label} "
                f"in {process.label}: its correlation properties are not compared",
            )
