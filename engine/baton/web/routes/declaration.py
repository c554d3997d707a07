"""What a route declares beside its handler's signature."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

_PART = re.compile(r"<(?:(\w+):)?(\w+)>")
Handler: TypeAlias = Callable[..., Any]
BASE = "/engine-rest"


ANYBODY, SIGNED_IN = "anybody", "signed-in"
"""What a route can need besides a permission: nothing; any caller that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One route. ``media``: the media type of an answer that is not JSON. ``changes``: honours an Idempotency-Key.

    ``baton_extension``: not in Camunda 7. ``needs``: the permission, ``resource:action``, or one of the two above.
    """

    method: str
    rule: str
    summary: str
    handler: Handler
    needs: str
    media: str | None = None
    also: str | None = None
    """Another media type of the answer, for those who accept it."""
    changes: bool = False
    baton_extension: bool = False
    whole: bool = False
    """It is about all definitions of all tenants together: the permission must not be for some only."""
    audited: bool = False
    """What it does is written into the audit before it is done."""
    fast: bool = False
    """Workers send it all day: its plain requests are answered without Flask in between."""
    pending: bool = False
    """The answer may have status 202: what was asked for is not there yet."""

    @property
    def full_rule(self) -> str:
        """The rule below the root of the server, in Flask's writing."""
        return BASE + self.rule

    @property
    def path(self) -> str:
        """The same in OpenAPI's writing."""
        return _PART.sub(r"{\2}", self.full_rule)

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Converter (or nothing) and name of each variable part of the path."""
        return _PART.findall(self.full_rule)

    @property
    def operation_id(self) -> str:
        return re.sub(r"\W+", "_", f"{self.method.lower()}{self.rule}").strip("_")
