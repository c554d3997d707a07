"""Cron: five fields as in Unix, six as in Spring (Camunda 8), six or seven with ``?`` as in Quartz (Camunda 7).

cronsim walks the calendar; this file translates. With ``?`` or a year the days of the week are Quartz's (1 is Sunday),
otherwise Unix's (0 and 7 are Sunday); names (``MON``) mean the same in both.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from cronsim import CronSim, CronSimError

from baton.expression.core.errors import ExpressionError
from baton.expression.timing.dates import find_zone
from baton.model.times import Millis, from_datetime, to_datetime

_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_YEARS = range(1970, 2200)
_MONTHS = 12 * 50
_MONTH_DAY = re.compile(r"(?:(\d{1,2})|L(?:-(\d{1,2}))?)(W?)")
_TOKEN = re.compile(r"[0-9A-Za-z*?,\-/#]+")


@dataclass(frozen=True, slots=True)
class MonthDay:
    """Quartz's ``15W``, ``L-3`` and ``L-3W``: a ``day`` of the month, or ``day`` days before its last.

    With ``weekday`` it is the nearest Monday to Friday in the same month.
    """

    day: int
    from_last: bool
    weekday: bool

    def find(self, year: int, month: int) -> int | None:
        """The day of that month; None if the month is too short."""
        last = calendar.monthrange(year, month)[1]
        day = last - self.day if self.from_last else self.day
        if not 1 <= day <= last:
            return None
        at = calendar.weekday(year, month, day)
        if not self.weekday or at < calendar.SATURDAY:
            return day
        if at == calendar.SATURDAY:
            return day - 1 if day > 1 else day + 2
        return day + 1 if day < last else day - 2


@dataclass(frozen=True, slots=True)
class Cron:
    """``fields`` in cronsim's notation, ``years`` None means every year; ``day`` is what cronsim has no word for."""

    fields: str
    zone: str = "UTC"
    years: frozenset[int] | None = None
    day: MonthDay | None = None

    def find_after(self, moment: Millis) -> Millis | None:
        """The first match strictly later than the moment; None when there is none (in 50 years)."""
        start = to_datetime(moment).astimezone(find_zone(self.zone))
        if self.day is not None:
            return self._find_in_months(self.day, start)
        for _ in range(len(_YEARS)):
            found = next(CronSim(self.fields, start), None)
            if found is None or self.years is None or found.year in self.years:
                return None if found is None else from_datetime(found)
            later = [year for year in self.years if year > start.year]
            if not later:
                return None
            start = _before_year(min(later), start)
        return None

    def _find_in_months(self, day: MonthDay, start: datetime) -> Millis | None:
        """Month by month, with the day that it is in each."""
        parts = self.fields.split()
        months = CronSim(self.fields, start).months
        first = start.year * 12 + start.month - 1
        for year, month in (divmod(index, 12) for index in range(first, min(first + _MONTHS, 12 * 10_000))):
            on = day.find(year, month + 1)
            if on is None or month + 1 not in months or (self.years is not None and year not in self.years):
                continue
            begin = start if year * 12 + month == first else _before_month(year, month + 1, start)
            found = next(CronSim(" ".join((*parts[:-3], f"{on} {month + 1} *")), begin), None)
            if found is not None and (found.year, found.month) == (year, month + 1):
                return from_datetime(found)
        return None


def _before_month(year: int, month: int, like: datetime) -> datetime:
    first = like.replace(year=year, month=month, day=1, hour=0, minute=0, second=0, microsecond=0)
    return first - timedelta(seconds=1)


def _before_year(year: int, like: datetime) -> datetime:
    return like.replace(year=year - 1, month=12, day=31, hour=23, minute=59, second=59, microsecond=999_999)


@lru_cache(maxsize=512)
def parse_cron(text: str, zone: str = "UTC") -> Cron:
    """The cron expression, optionally after ``CRON_TZ=Europe/Berlin``. Raises ExpressionError."""
    written = text.strip()
    if written.startswith("CRON_TZ="):
        named, _, written = written.partition(" ")
        zone = named.removeprefix("CRON_TZ=")
    find_zone(zone)
    parts = _MACROS.get(written.lower(), written).upper().split()
    if len(written) > 500 or not 5 <= len(parts) <= 7 or not all(_TOKEN.fullmatch(part) for part in parts):
        raise _unreadable(text, "5, 6 or 7 fields")
    quartz = len(parts) == 7 or "?" in parts
    years = _years(parts.pop(), text) if len(parts) == 7 else None
    parts[-1] = _days_of_week(parts[-1], quartz, text)
    day = _read_month_day(parts, text)
    fields = " ".join("*" if part == "?" else part for part in parts)
    try:
        CronSim(fields, to_datetime(0))
    except (CronSimError, ValueError, AssertionError) as error:
        raise _unreadable(text, f"valid fields ({error})") from None
    return Cron(fields, zone, years, day)


def _read_month_day(parts: list[str], text: str) -> MonthDay | None:
    """The day of the month that cronsim cannot read; its field becomes ``*``."""
    field = parts[-3]
    found = _MONTH_DAY.fullmatch(field)
    if found is None or field in ("L", "LW") or field.isdigit():
        if "W" in field.replace("LW", ""):
            raise _unreadable(text, "'W' (nearest weekday) after one day of the month, such as '15W'")
        return None
    if parts[-1] not in ("*", "?"):
        raise _unreadable(text, f"'?' as day of the week beside the day '{field}'")
    parts[-3] = "*"
    number, before_last, weekday = found.groups()
    day = MonthDay(int(number or before_last or 0), number is None, bool(weekday))
    if all(day.find(2000, month) is None for month in range(1, 13)):
        raise _unreadable(text, "a day that a month has")
    return day


def _days_of_week(field: str, quartz: bool, text: str) -> str:
    """The field in Unix numbers: names become numbers, Quartz's numbers shift by one."""
    terms: list[str] = []
    for term in field.split(","):
        days, slash, step = term.partition("/")
        days, sharp, nth = days.partition("#")
        ends = [_day(day, quartz, text) for day in days.split("-")]
        if len(ends) == 2 and ends[1] == "0":
            ends[1] = "7"
        terms.append("-".join(ends) + sharp + nth + slash + step)
    return ",".join(terms)


def _day(day: str, quartz: bool, text: str) -> str:
    if day in ("*", "?"):
        return day
    if day == "L":
        return "6" if quartz else day
    last = "L" if day.endswith("L") and day[:-1] else ""
    name = day.removesuffix("L") if last else day
    if name in _DAYS:
        return f"{_DAYS.index(name)}{last}"
    if not name.isdigit() or not (1 if quartz else 0) <= int(name) <= 7:
        raise _unreadable(text, "a day of the week (SUN to SAT)")
    return f"{int(name) - 1 if quartz else int(name)}{last}"


def _years(field: str, text: str) -> frozenset[int] | None:
    if field in ("*", "?"):
        return None
    found: set[int] = set()
    for term in field.split(","):
        match = re.fullmatch(r"(\d{4}|\*)(?:-(\d{4}))?(?:/(\d{1,3}))?", term)
        if match is None or match.group(3) == "0":
            raise _unreadable(text, "years such as 2026 or 2026-2028")
        first, last, step = match.groups()
        start = _YEARS.start if first == "*" else int(first)
        end = int(last) if last else (_YEARS.stop - 1 if step or first == "*" else start)
        found.update(range(start, min(end, _YEARS.stop) + 1, int(step or 1)))
    return frozenset(found)


def _unreadable(text: str, expected: str) -> ExpressionError:
    return ExpressionError(f"Expected a cron expression with {expected}, but found '{text[:80]}'", "syntax", 0)
