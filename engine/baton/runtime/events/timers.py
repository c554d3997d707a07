"""When a timer is due: first, and again for cycles, which do not drift: each moment follows from the one before."""

from __future__ import annotations

from baton.expression.timing import TimerKind, find_first_due, parse_cycle
from baton.model.records import Job
from baton.model.times import Millis
from baton.model.values import Value

Due = tuple[Millis | None, str | None]


def find_first_moment(kind: TimerKind, value: Value, now: Millis) -> Due:
    """The first moment of a timer set at ``now``, and what is left of a cycle. Raises ExpressionError."""
    due, cycle = find_first_due(kind, value, now)
    return due, None if cycle is None else f"1|{now}|{cycle}"


def find_next_moment(job: Job) -> tuple[Millis, str] | None:
    """The moment after ``job.due``, None when the cycle is over."""
    fired, anchor, text = (job.repeat or "").split("|", 2)
    following = parse_cycle(text).find_next(job.due, int(fired), int(anchor))
    return None if following is None else (following, f"{int(fired) + 1}|{anchor}|{text}")
