"""A laboratory for the diagrams of this folder, and what these tests ask of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from baton.model.commands import CancelInstance, CompleteExternalTask, MarkUndone, RetryUndo, Rollback, SkipUndo
from baton.model.records import ExternalTask
from baton.model.values import Value
from tests.runtime.lab import WORKER, Lab

HERE = Path(__file__).parent


def lab(*names: str, **options: Any) -> Lab:
    """The first diagram's process is the one that starts; the others can be called."""
    return Lab.of(*(HERE / f"{name}.bpmn" for name in names), **options)


def seen(at: Lab, element: str) -> dict[str, Value]:
    """What the work at the element sees."""
    return at.instance.get_visible_variables(at.task(element).token)


def complete_with(at: Lab, element: str, name: str, value: Value, **variables: Value) -> Lab:
    """Complete the instance of a multi-instance task that sees ``name`` as ``value``."""
    found = [
        task
        for task in at.open(ExternalTask)
        if task.element == element and at.instance.get_visible_variables(task.token).get(name) == value
    ]
    at.send(CompleteExternalTask(task_id=found[0].id, worker_id=WORKER, variables=variables))
    return at


def states(at: Lab) -> dict[str, str]:
    """The last ledger state of each element."""
    return {entry.element: entry.state.value for entry in at.ledger}


def plan(at: Lab, **options: Any) -> list[str]:
    """The elements that would be undone by their handlers, in order."""
    return [step.entry.element for step in at.instance.plan(**options) if step.runs]


def cancel(at: Lab) -> Lab:
    at.send(CancelInstance(compensate=True, reason="no longer wanted"))
    return at


def roll_back(at: Lab, to: str) -> Lab:
    at.send(Rollback(to=to))
    return at


def seq(at: Lab, element: str) -> int:
    return next(entry.seq for entry in reversed(at.ledger) if entry.element == element)


def retry(at: Lab, element: str) -> Lab:
    at.send(RetryUndo(seq=seq(at, element)))
    return at


def skip(at: Lab, element: str) -> Lab:
    at.send(SkipUndo(seq=seq(at, element), by="ann"))
    return at


def mark_undone(at: Lab, element: str) -> Lab:
    at.send(MarkUndone(seq=seq(at, element), by="ann"))
    return at


def undo_all(at: Lab, limit: int = 200) -> Lab:
    """Complete handlers, one at a time, until no handler waits."""
    for _ in range(limit + 1):
        todo = [task for task in at.open(ExternalTask) if task.undoes is not None]
        if not todo:
            return at
        assert len(todo) == 1, f"several handlers at once: {at.waiting}"
        at.send(CompleteExternalTask(task_id=todo[0].id, worker_id=WORKER))
    raise AssertionError(f"still undoing after {limit} handlers: {at.waiting}")
