"""A called process as lists know it: an instance to the outside, a scope of its caller's instance inside."""

from __future__ import annotations

from baton.model.immutable import immutable
from baton.model.times import Millis


@immutable
class CalledProcess:
    """Never changes while it runs. ``id``: ``<instance id>.<number of its token>``."""

    id: str
    definition_id: str
    started_at: Millis
    business_key: str | None = None
    """As its caller gave it."""
