"""When a timer is due: first, and again for cycles, which do not drift: each moment follows from the one before."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from baton.expression import ExpressionError
from baton.expression.timing import parse_cycle, parse_date, parse_duration
from baton.model.records import Job
from baton.model.times import Millis, from_datetime
from baton.model.values import Value

Due = tuple[Millis | None, str | None]


def first_due(kind: Literal["date", "duration", "cycle"], value: Value, now: Millis) -> Due:
    """The first moment of a timer set at ``now``, and what is left of a cycle. Raises ExpressionError."""
    if isinstance(value, datetime):
        return from_datetime(value), None
    if not isinstance(value, str):
        raise ExpressionError(f"Expected an ISO 8601 {kind}, but found {value!r}")
    if kind == "date":
        return parse_date(value).first(now), None
    if kind == "duration":
        return parse_duration(value).first(now), None
    cycle = parse_cycle(value)
    return cycle.first(now), f"1|{now}|{value}"


def next_due(job: Job) -> tuple[Millis, str] | None:
    """The moment after ``job.due``, None when the cycle is over."""
    fired, anchor, text = (job.repeat or "").split("|", 2)
    following = parse_cycle(text).next(job.due, int(fired), int(anchor))
    return None if following is None else (following, f"{int(fired) + 1}|{anchor}|{text}")
