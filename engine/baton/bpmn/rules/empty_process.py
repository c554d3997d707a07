"""A process with nothing in it cannot run."""

from __future__ import annotations

from collections.abc import Iterator

from baton.model.definition import ProcessModel
from baton.model.problems import Problem, Severity

RULE = "empty-process"


def check(model: ProcessModel) -> Iterator[Problem]:
    """Nothing at all is an error. Only event subprocesses, as in a pool that is drawn for its partners, is a warning:
    nothing starts it, and a start by hand is refused.
    """
    top = model.members.get(model.id, ())
    if any(node.traits.starts_scope or node.traits.has_incoming for node in top):
        return
    events_only = any(node.traits.triggered_by_event for node in top)
    found = "only event subprocesses" if events_only else "nothing"
    yield Problem(
        rule=RULE,
        severity=Severity.WARNING if events_only else Severity.ERROR,
        message=f"Expected a process that does something, but found {found} in '{model.id}'",
        element=model.id or None,
        line=model.line,
    )
