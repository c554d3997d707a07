"""How long after their end instances go to the archive."""

from __future__ import annotations

from datetime import timedelta

from pydantic import TypeAdapter, ValidationError

from baton.model.times import Millis


def read_age(text: str) -> Millis | None:
    """An ISO 8601 duration of weeks, days and less, such as ``P30D`` or ``PT12H``; None for an empty text: never.

    Raises ValueError.
    """
    if not text:
        return None
    try:
        found = TypeAdapter(timedelta).validate_python(text) if text.startswith("P") else timedelta()
    except ValidationError:
        found = timedelta()
    if found <= timedelta():
        raise ValueError(f"a duration such as P30D or PT12H, not '{text}'")
    return found // timedelta(milliseconds=1)
