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


@immutable
class EndedProcess:
    """A called process that has ended, and never changes any more."""

    called: CalledProcess
    ended_at: Millis
    cancelled: bool
    """Whether it has not completed."""
    caller: int
    """The token of the scope of the process that has called it; 0: the instance's own."""
