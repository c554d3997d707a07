"""ISO 8601 durations: months keep to the calendar, everything below is exact."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, timedelta, tzinfo
from functools import lru_cache

from baton.expression.core.errors import ExpressionError
from baton.expression.core.methods_dates import add_months
from baton.model.times import Millis, from_datetime, to_datetime

SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND
_NUMBER = r"(\d+(?:[.,]\d{1,9})?)"
_TEXT = re.compile(
    rf"([+-]?)P(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:(T)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?"
)


@dataclass(frozen=True, slots=True)
class Duration:
    """``months`` of the calendar and ``micros`` (microseconds), of one sign.

    ``days`` says how many of the ``micros`` were written as days or weeks: where a zone is given they follow its
    calendar, and a day may have 23 or 25 hours.
    """

    months: int = 0
    micros: int = 0
    days: int = field(default=0, compare=False)

    def add_to(self, moment: Millis, times: int = 1, zone: tzinfo | None = None) -> Millis:
        """The moment ``times`` durations later; counted from one start, so that months do not drift.

        With a zone, months and days keep the time of its wall clock; without one it is UTC's.
        """
        try:
            start = to_datetime(moment).astimezone(zone) if zone is not None else to_datetime(moment)
            shifted = add_months(start, self.months * times) + timedelta(days=self.days * times)
            exact = timedelta(microseconds=(self.micros - self.days * DAY) * times)
            return from_datetime(shifted.astimezone(UTC) + exact)
        except (OverflowError, ValueError, OSError):
            raise ExpressionError("Expected a time in the years 1 to 9999, but found one outside") from None

    def find_first(self, now: Millis) -> Millis:
        """When a timer of this duration set now is due."""
        return self.add_to(now)

    @property
    def is_positive(self) -> bool:
        return self.months > 0 or self.micros > 0

    def __str__(self) -> str:
        sign = "-" if self.months < 0 or self.micros < 0 else ""
        years, months = divmod(abs(self.months), 12)
        days, rest = divmod(abs(self.micros), DAY)
        hours, rest = divmod(rest, HOUR)
        minutes, rest = divmod(rest, MINUTE)
        seconds = f"{rest / SECOND:.6f}".rstrip("0").rstrip(".")
        date = _parts((str(years), "Y"), (str(months), "M"), (str(days), "D"))
        time = _parts((str(hours), "H"), (str(minutes), "M"), (seconds, "S"))
        return f"{sign}P{date}{'T' if time else ''}{time}" if date or time else "PT0S"


def _parts(*parts: tuple[str, str]) -> str:
    return "".join(f"{amount}{unit}" for amount, unit in parts if amount != "0")


@lru_cache(maxsize=1024)
def parse_duration(text: str, most_years: int = 10_000) -> Duration:
    """``P1Y2M3W4DT5H6M7.5S``, each part optional; shorter than ``most_years``. Raises ExpressionError."""
    found = _TEXT.fullmatch(text.strip()) if len(text) < 200 else None
    if found is None or not _complete(found):
        raise _unreadable(text)
    amounts = [_amount(found.group(part)) for part in (2, 3, 4, 5, 7, 8, 9)]
    years, months, weeks, days, hours, minutes, seconds = amounts
    whole_months = years * 12 + months
    if whole_months != whole_months // 1:
        raise ExpressionError(f"Expected whole months in a duration, but found '{text}'", "syntax", 0)
    micros = round(weeks * 7 * DAY + days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND)
    if micros > most_years * 366 * DAY or whole_months > most_years * 12:
        raise ExpressionError(f"Expected a duration of less than {most_years} years, but found '{text}'", "syntax", 0)
    sign = -1 if found.group(1) == "-" else 1
    return Duration(sign * int(whole_months), sign * micros, sign * int(weeks * 7 + days))


def _complete(found: re.Match[str]) -> bool:
    """At least one amount, and one after a ``T``."""
    time = any(found.group(part) for part in (7, 8, 9))
    return time or (not found.group(6) and any(found.group(part) for part in (2, 3, 4, 5)))


def _amount(text: str | None) -> int | float:
    if text is None:
        return 0
    return int(text) if text.isdigit() else float(text.replace(",", "."))


def _unreadable(text: str) -> ExpressionError:
    hint = ""
    if re.fullmatch(r"\s*\d+\s*[smhd]\s*", text):
        hint = "; write seconds as 'PT10S', minutes as 'PT10M', days as 'P10D'"
    elif re.fullmatch(r"P\d+[HS]", text.strip()):
        hint = "; hours, minutes and seconds come after a 'T', as in 'PT10S'"
    return ExpressionError(
        f"Expected an ISO 8601 duration such as 'PT10S' or 'P1DT12H', but found '{text[:80]}'{hint}", "syntax", 0
    )
