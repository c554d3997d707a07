"""Plain and manual tasks: Baton has nothing to do for them (§13.3.3)."""

from __future__ import annotations

from baton.runtime.elements.activity import Activity


class Task(Activity):
    pass
