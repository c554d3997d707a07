"""Limits of what may be put into an instance."""

from __future__ import annotations

from collections.abc import Mapping

from baton.model.errors import BadRequest
from baton.model.values import Value
from baton.service.settings import Settings
from baton.store import codec


def check_sizes(variables: Mapping[str, Value] | None, settings: Settings) -> None:
    """Raises BadRequest that names the variable that is too large."""
    for name, value in (variables or {}).items():
        if isinstance(value, (bool, int, float)) or value is None:
            continue
        size = len(value) if isinstance(value, (str, bytes)) else len(codec.encode(value))
        if size > settings.max_variable_bytes:
            raise BadRequest(
                f"Expected a variable of at most {settings.max_variable_bytes} bytes, but '{name}' has {size}: "
                "keep large data elsewhere and put its address here"
            )
