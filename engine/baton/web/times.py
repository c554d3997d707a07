"""Dates as the REST API writes them (``2026-11-20T18:04:05.123+0000``) and as clients may send them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import overload

from baton.model.errors import BadRequest
from baton.model.times import Millis, from_datetime, to_datetime

_ZONE_WITHOUT_COLON = re.compile(r"([+-]\d{2})(\d{2})$")


def to_text(moment: datetime) -> str:
    """``yyyy-MM-dd'T'HH:mm:ss.SSSZ``; the offset of the value is kept."""
    zone = moment.strftime("%z")[:5] or "+0000"
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}{zone}"


_LAST = 253_402_300_799
"""The last second of the year 9999. A lock of an earlier release may end later; it is shown as ending then."""


@lru_cache(maxsize=256)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(min(seconds, _LAST), UTC).strftime("%Y-%m-%dT%H:%M:%S")


@overload
def format_date(moment: Millis) -> str: ...
@overload
def format_date(moment: None) -> None: ...
@overload
def format_date(moment: Millis | None) -> str | None: ...
def format_date(moment: Millis | None) -> str | None:
    """A moment as the REST API shows it, in UTC; None stays None."""
    return None if moment is None else f"{_second(moment // 1000)}.{moment % 1000:03d}+0000"


@overload
def format_iso(moment: Millis) -> str: ...
@overload
def format_iso(moment: None) -> None: ...
@overload
def format_iso(moment: Millis | None) -> str | None: ...
def format_iso(moment: Millis | None) -> str | None:
    """A moment as the live stream shows it: ISO 8601 with milliseconds and ``Z``."""
    return None if moment is None else f"{_second(moment // 1000)}.{moment % 1000:03d}Z"


def parse_datetime(text: str, name: str) -> datetime:
    """Read an ISO 8601 date and time; without an offset it is UTC. Raises BadRequest naming the field."""
    try:
        value = datetime.fromisoformat(_ZONE_WITHOUT_COLON.sub(r"\1:\2", text.strip().replace(" ", "+")))
    except ValueError:
        raise BadRequest(
            f"Expected a date such as '2026-11-20T18:04:05.000+0000' for '{name}', but found '{text}'"
        ) from None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def parse_millis(text: str, name: str) -> Millis:
    return from_datetime(parse_datetime(text, name))


__all__ = ["format_date", "format_iso", "parse_datetime", "parse_millis", "to_datetime", "to_text"]
