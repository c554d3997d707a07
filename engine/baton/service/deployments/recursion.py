"""Calls that come back to the process that makes them. Pure: who is called is looked up by the caller."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from baton.model.problems import Problem, Severity
from baton.service.deployments.links import Call, ProcessLinks

RULE = "recursive-call"
MOST_STEPS = 200_000
"""The largest number of calls that are followed. Beyond that no more problems are reported."""


def find_recursion(
    fresh: Sequence[str],
    processes: Mapping[str, ProcessLinks],
    targets: Mapping[str, Sequence[tuple[Call, str]]],
) -> Iterator[Problem]:
    """A warning for each call of a ``fresh`` process that comes back to it; ``targets``: by process, whom it calls."""
    left = _list_circular(targets)
    steps = 0

    def count() -> bool:
        nonlocal steps
        steps += 1
        return steps <= MOST_STEPS

    for id_ in fresh:
        for call, target in targets.get(id_, ()) if id_ in left else ():
            way = _find_way(target, id_, targets, left, count) if target in left else None
            if way is not None:
                yield _make_problem(processes, id_, call, way)


def _list_circular(targets: Mapping[str, Sequence[tuple[Call, str]]]) -> set[str]:
    """Those that call something that calls something … without end: the others cannot be part of a cycle."""
    callers: dict[str, list[str]] = {}
    open_calls = {id_: len({target for _, target in calls}) for id_, calls in targets.items()}
    for id_, calls in targets.items():
        for target in {target for _, target in calls}:
            callers.setdefault(target, []).append(id_)
    ends = [id_ for id_ in {*targets, *callers} if not open_calls.get(id_)]
    left = {id_ for id_, count in open_calls.items() if count}
    while ends:
        for caller in callers.get(ends.pop(), ()):
            open_calls[caller] -= 1
            if open_calls[caller] == 0:
                left.discard(caller)
                ends.append(caller)
    return left


def _find_way(
    start: str,
    end: str,
    targets: Mapping[str, Sequence[tuple[Call, str]]],
    left: set[str],
    count: Callable[[], bool],
) -> list[str] | None:
    """The shortest way of calls, both ends included; None if there is none."""
    came: dict[str, str | None] = {start: None}
    todo = [start]
    for at in todo:
        if at == end:
            return _walk_back(at, came)
        for _, target in targets.get(at, ()):
            if target in left and target not in came and count():
                came[target] = at
                todo.append(target)
    return None


def _walk_back(at: str, came: Mapping[str, str | None]) -> list[str]:
    way: list[str] = []
    step: str | None = at
    while step is not None:
        way.append(step)
        step = came[step]
    return way[::-1]


def _make_problem(processes: Mapping[str, ProcessLinks], id_: str, call: Call, way: Sequence[str]) -> Problem:
    names = [processes[id_].key, *(processes[step].key for step in way)]
    return Problem(
        rule=RULE,
        severity=Severity.WARNING,
        message=f"Expected the calls of '{call.element}' to come to an end, but they come back to process "
        f"'{processes[id_].key}' ({' calls '.join(names)}): an instance that always goes this way waits for itself, "
        "until too many calls are nested. Make sure that a condition ends it",
        element=call.element,
        line=call.line,
        resource=processes[id_].resource,
        steps=tuple(names),
    )
