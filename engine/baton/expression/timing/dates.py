"""ISO 8601 dates with zones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from baton.expression.core.errors import ExpressionError
from baton.model.times import Millis, from_datetime, to_datetime

_ZONED = re.compile(r"(.+?)(?:\[([A-Za-z0-9_+\-/]+)\]|@([A-Za-z0-9_+\-/]+))")


@dataclass(frozen=True, slots=True)
class Moment:
    """A fixed date; ``at`` in milliseconds since the epoch."""

    at: Millis

    def find_first(self, now: Millis) -> Millis:  # noqa: ARG002
        """When a timer set now for this date is due: at the date, also when it has passed."""
        return self.at


@lru_cache(maxsize=256)
def find_zone(name: str) -> tzinfo:
    """The zone, by its IANA name."""
    if name.upper() in ("UTC", "Z", "GMT"):
        return UTC
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        raise ExpressionError(f"Expected a time zone such as 'Europe/Berlin', but found '{name[:80]}'") from None


def read_datetime(text: str, zone: str | None = "UTC") -> datetime:
    """The date and time; without a zone it is in ``zone`` (None: stays without), a bare date is its midnight.

    Raises ExpressionError.
    """
    stripped = text.strip()
    zoned = _ZONED.fullmatch(stripped) if len(stripped) < 200 else None
    written, name = (zoned.group(1), zoned.group(2) or zoned.group(3)) if zoned else (stripped, zone)
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        raise ExpressionError(
            f"Expected an ISO 8601 date such as '2026-01-31T09:00:00Z', but found '{text[:80]}'", "syntax", 0
        ) from None
    if name is None or (found.tzinfo and not zoned):
        return found
    return found.astimezone(find_zone(name)) if found.tzinfo else found.replace(tzinfo=find_zone(name))


def parse_date(text: str, zone: str = "UTC") -> Moment:
    """``2026-01-31T09:00:00+01:00``, ``…T09:00:00[Europe/Berlin]``, ``2026-01-31``. Raises ExpressionError."""
    try:
        return Moment(from_datetime(to_datetime(from_datetime(read_datetime(text, zone)))))
    except (OverflowError, ValueError, OSError):
        raise ExpressionError(f"Expected a date in the years 1 to 9999, but found '{text[:80]}'") from None
