"""A variable as the API shows it, and as a request gives it."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict

from baton.web.models.base import Answer


class Variable(Answer):
    """A value with its type."""

    value: Any = None
    type: str
    valueInfo: dict[str, Any]


class GivenVariable(Answer):
    """A value of a request: without a type it is told from the value. Other names are ignored."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    value: Any = None
    type: str | None = None
    valueInfo: dict[str, Any] | None = None
