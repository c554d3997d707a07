"""Requests about the server itself."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from baton.web.models.base import Query
from baton.web.models.fields import Moment, NotNegative


class MetricsQuery(Query):
    """From when to when something is counted."""

    startDate: Moment | None = None
    endDate: Moment | None = None


class ThroughputQuery(Query):
    """By which time."""

    per: Literal["minute", "hour"] = "minute"


class PublishedQuery(Query):
    """Which published events: of a type, and behind a cursor."""

    after: str | None = Field(None, description="a cursor; a Last-Event-ID goes before it")
    type: str | None = None
    maxResults: NotNegative | None = None
