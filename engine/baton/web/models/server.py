"""Requests about the server itself."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from baton.model.times import Millis
from baton.web.models.base import Command, Query
from baton.web.models.fields import Moment, NotNegative, Order


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


class SetTelemetry(Command):
    """Whether something is to be sent: only no can be set."""

    enableTelemetry: Literal[False]


class SchemaLogFilters(Query):
    """Which entries."""

    version: str | None = None


class SchemaLogSorting(Query):
    """An order of them."""

    sortBy: Literal["timestamp"]
    sortOrder: Order


class SchemaLogQuery(SchemaLogFilters):
    """Which entries, in a body."""

    sorting: list[SchemaLogSorting] | None = Field(None, description="there is one entry, in any order")


class SchemaLogPage(SchemaLogFilters):
    """Which entries, in which order."""

    sortBy: Literal["timestamp"] | None = None
    sortOrder: Order | None = None
    firstResult: NotNegative | None = None
    maxResults: NotNegative | None = None


class TaskWorkersQuery(Query):
    """Which counts are forgotten: those before a moment, or all."""

    date: Moment | None = None


class MetricsIntervalQuery(MetricsQuery):
    """What is counted, by the hour."""

    name: str | None = None
    reporter: str | None = Field(None, description="all processes are counted together: none matches")
    interval: Literal[3600, "3600"] | None = Field(None, description="in seconds: an hour")
    aggregateByReporter: bool | None = Field(None, description="all processes are counted together in any case")
    firstResult: NotNegative | None = None
    maxResults: NotNegative | None = None

    def contains(self, moment: Millis) -> bool:
        """Whether a moment is between the two dates."""
        after = self.startDate is None or moment >= self.startDate
        return after and (self.endDate is None or moment < self.endDate)


class SealPart(Command):
    """Where the work goes on."""

    cursor: str | None = Field(None, description="of the answer before; null: from the beginning")
