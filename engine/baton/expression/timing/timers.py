"""When a timer is first due, from what its definition says."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from baton.expression.core.errors import ExpressionError
from baton.expression.core.limits import describe
from baton.expression.timing.cycles import parse_cycle
from baton.expression.timing.dates import parse_date
from baton.expression.timing.durations import parse_duration
from baton.model.times import Millis, from_datetime
from baton.model.values import Value

TimerKind = Literal["date", "duration", "cycle"]


def find_first_due(kind: TimerKind, value: Value, now: Millis) -> tuple[Millis | None, str | None]:
    """The first moment of a timer set at ``now`` (None: there is none), and the text of its cycle if it has one.

    Like Camunda 7 it takes a moment (a value of a date and time) for any kind, and a duration for a date.
    Raises ExpressionError.
    """
    if isinstance(value, datetime):
        return from_datetime(value), None
    if not isinstance(value, str):
        raise ExpressionError(f"Expected an ISO 8601 {kind}, but found {describe(value)}")
    if kind == "cycle":
        return parse_cycle(value).find_first(now), value
    if kind == "date" and not value.lstrip().startswith("P"):
        return parse_date(value).find_first(now), None
    return parse_duration(value).find_first(now), None
