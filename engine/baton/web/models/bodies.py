"""Multi-instance bodies as Camunda 7 names them: an activity of their own around the instances of the element."""

from __future__ import annotations

BODY_TYPE = "multiInstanceBody"
_SUFFIX = f"#{BODY_TYPE}"


def show_activity_id(element: str, *, body: bool) -> str:
    """The id of the activity that a token is at."""
    return element + _SUFFIX if body else element


def read_activity(activity_id: str) -> tuple[str, bool]:
    """The element that an activity id names, and whether it is the body around its instances."""
    return read_activity_id(activity_id), activity_id.endswith(_SUFFIX)


def read_activity_id(activity_id: str) -> str:
    """The element that an activity id of a request names."""
    return activity_id.removesuffix(_SUFFIX)
