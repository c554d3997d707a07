"""The instance that somebody means: by its id, or by its business key."""

from __future__ import annotations

from typing import Any, cast

from baton.cli.connection import REFUSED, Connection, Stopped
from baton.model.ids import is_instance_id

_FINAL = ("completed", "terminated", "cancelled", "compensated")
_SHOWN = 10


def find_instance(connection: Connection, text: str) -> str:
    """The id. Of several with a business key the one that runs. Raises Stopped if that is unclear."""
    if is_instance_id(text):
        return text
    query = {"businessKey": text, "sortBy": "startedAt", "sortOrder": "desc", "maxResults": _SHOWN + 1}
    found = cast("list[dict[str, Any]]", connection.rest.get("/process-instance/overview", query))
    if not found:
        return text
    running = [header for header in found if header["state"] not in _FINAL]
    chosen = running or found
    if len(chosen) > 1:
        raise Stopped(_say_several(text, chosen), REFUSED)
    return str(chosen[0]["id"])


def _say_several(text: str, found: list[dict[str, Any]]) -> str:
    lines = [f"{header['id']}  {header['definitionKey']}  {header['state']}" for header in found[:_SHOWN]]
    more = ["…"] if len(found) > _SHOWN else []
    return "\n  ".join(
        [f"Expected one instance with business key '{text}', but found several; give an id:", *lines, *more]
    )
