"""Requests about events that could not be sent or taken."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from baton.web.models.base import Command, Query
from baton.web.models.fields import NotNegative


class DeadLetterPlace(Query):
    """Of which sink or source."""

    place: str | None = None


class DeadLetterFilters(DeadLetterPlace):
    """Which of them, and how many."""

    firstResult: NotNegative | None = None
    maxResults: NotNegative | None = None


class ChangeDeadLetter(Command):
    """The event as it is to be sent."""

    event: dict[str, Any] = Field(description="a CloudEvent with the same id and source")
