"""A timer has one of timeDate, timeDuration and timeCycle (clause 10.5.5)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse
from baton.bpmn.lowering.events import TIMERS
from baton.model.problems import Problem

RULE = "timer-definition"


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        if kind.name == "timerEventDefinition":
            found = [child.name for child in element.find_all(*TIMERS)]
            if len(found) > 1:
                yield refuse(
                    RULE,
                    element,
                    f"Expected one of timeDate, timeDuration and timeCycle, but found {' and '.join(found)}",
                )
