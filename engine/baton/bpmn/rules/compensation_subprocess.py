"""At most one compensation event subprocess per scope (clause 10.7.1)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.bpmn.queries.nodes import has_event
from baton.model.definition import EventKind, ProcessModel
from baton.model.problems import Problem

RULE = "compensation-subprocess"


def check(model: ProcessModel) -> Iterator[Problem]:
    for scope, subprocesses in model.event_subprocesses.items():
        found = [e for e in subprocesses if any(has_event(s, EventKind.COMPENSATION) for s in model.list_starts(e.id))]
        for extra in found[1:]:
            yield refuse_node(
                RULE,
                extra,
                f"Expected one compensation event subprocess in '{scope}', but found also {name_node(extra)}",
            )
