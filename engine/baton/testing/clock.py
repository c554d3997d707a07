"""The time of the processes under test."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from baton.expression import ExpressionError
from baton.expression.timing import parse_duration
from baton.model.times import Millis


class TestClock:
    """In process it stands until a test moves it."""

    __test__ = False

    def __init__(self, get_now: Callable[[], Millis], move_to: Callable[[Millis], None]) -> None:
        self._get_now, self._move_to = get_now, move_to

    @property
    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.fromtimestamp(self._get_now() / 1000, UTC)

    def skip(self, duration: str | timedelta) -> None:
        """Let time pass: an ISO 8601 duration such as ``"P14D"``, or a timedelta.

        Timers fire and tasks that wait after a failure are tried again, each at its own moment, in order.
        Raises ValueError for what is not a duration, or lies in the past.
        """
        now = self._get_now()
        self._move(_add(now, duration), now, duration)

    def skip_to(self, moment: datetime) -> None:
        """Move the clock on to ``moment``, a date with a time zone. Raises ValueError for one in the past."""
        self._move(round(moment.timestamp() * 1000), self._get_now(), moment)

    def _move(self, target: Millis, now: Millis, wanted: object) -> None:
        if target < now:
            raise ValueError(f"Expected time to go forward, but found {wanted}: it is {self.now.isoformat()}")
        self._move_to(target)


def _add(moment: Millis, duration: str | timedelta) -> Millis:
    if isinstance(duration, timedelta):
        return moment + round(duration.total_seconds() * 1000)
    try:
        return parse_duration(duration).add_to(moment)
    except ExpressionError as error:
        raise ValueError(f"Expected a duration such as 'P14D' or 'PT5M', but found '{duration}': {error}") from None
