"""What operators are shown: outcomes of bulk requests, limits, findings, the server itself."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from baton.web.models.base import Answer


class CompletionOutcome(Answer):
    """What became of one task of a request that completes many."""

    id: str
    completed: bool
    status: int
    type: str | None
    message: str | None


class ShownTopicLimits(Answer):
    """The limits of a topic; null is none."""

    locksPerSecond: float | None
    locksAtOnce: int | None


class LimitedTopic(ShownTopicLimits):
    """A topic that is limited."""

    topicName: str


class Finding(Answer):
    """Something that the watchdog found wrong."""

    rule: str = Field(json_schema_extra={"enum": ["stuck", "overdue", "unserved-topic", "growing-queue"]})
    subject: str
    message: str
    repaired: bool
    since: str | None


class WatchdogReport(Answer):
    """What the watchdog found at its last look."""

    at: str | None
    findings: list[Finding]


class EngineName(Answer):
    """An engine of this server."""

    name: str


class Version(Answer):
    """The release of the server."""

    version: str


class MetricsSum(Answer):
    """How often something happened."""

    result: int


class CloudEvent(Answer):
    """An event that was published to the outside."""

    specversion: str
    id: str
    source: str
    type: str
    subject: str | None = None
    time: str | None = None
    datacontenttype: str | None = None
    data: Any = None
    cursor: str = Field(description="give it as `after` to go on behind this event")

    omitted = frozenset({"subject", "time", "datacontenttype", "data"})
