"""What a route declares beside its handler's signature."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

_PART = re.compile(r"<(?:(\w+):)?(\w+)>")
Handler: TypeAlias = Callable[..., Any]
BASE = "/engine-rest"


@dataclass(frozen=True, slots=True)
class Permission:
    """What somebody must be allowed: an ``action`` (``read``, ``update``) on a kind of ``resource`` (``task``)."""

    resource: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One route. ``media``: the media type of an answer that is not JSON. ``changes``: honours an Idempotency-Key.

    ``baton_extension``: not in Camunda 7. ``needs``: None while everybody may use the route who may use the API.
    """

    method: str
    rule: str
    summary: str
    handler: Handler
    media: str | None = None
    also: str | None = None
    """Another media type of the answer, for those who accept it."""
    changes: bool = False
    baton_extension: bool = False
    pending: bool = False
    """The answer may have status 202: what was asked for is not there yet."""
    needs: Permission | None = None

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
