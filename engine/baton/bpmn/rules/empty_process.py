"""A process with nothing in it cannot run."""

from __future__ import annotations

from collections.abc import Iterator

from baton.model.definition import ProcessModel
from baton.model.problems import Problem, Severity

RULE = "empty-process"


def check(model: ProcessModel) -> Iterator[Problem]:
    """Nothing at all, or only boundary events and event subprocesses, which start nothing."""
    top = model.members.get(model.id, ())
    if any(node.traits.starts_scope or node.traits.has_incoming for node in top):
        return
    found = "only event subprocesses" if any(node.traits.triggered_by_event for node in top) else "nothing"
    yield Problem(
        rule=RULE,
        severity=Severity.ERROR,
        message=f"Expected a process that does something, but found {found} in '{model.id}'",
        element=model.id or None,
        line=model.line,
    )
