"""Moments are integers: milliseconds since 1970-01-01T00:00:00Z. Time is always an argument."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeAlias

Millis: TypeAlias = int


def to_datetime(moment: Millis) -> datetime:
    """The moment as an aware UTC datetime."""
    return datetime.fromtimestamp(moment / 1000, UTC)


def from_datetime(value: datetime) -> Millis:
    """Milliseconds since the epoch; a naive datetime is read as UTC."""
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)
