"""Times as models write them. Pure: the moment is always an argument."""

from baton.expression.timing.cycles import Cycle, parse_cycle
from baton.expression.timing.dates import Moment, parse_date
from baton.expression.timing.durations import Duration, parse_duration
from baton.expression.timing.retries import RetryPlan, parse_retry_cycle
from baton.expression.timing.timers import TimerKind, find_first_due

__all__ = [
    "Cycle",
    "Duration",
    "Moment",
    "RetryPlan",
    "TimerKind",
    "find_first_due",
    "parse_cycle",
    "parse_date",
    "parse_duration",
    "parse_retry_cycle",
]
