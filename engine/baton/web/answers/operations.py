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


class TopicUse(Answer):
    """A topic, and the keys of the definitions that may use it."""

    topicName: str
    processDefinitionKeys: list[str]


class Finding(Answer):
    """Something that the watchdog found wrong."""

    rule: str = Field(
        json_schema_extra={
            "enum": [
                *("stuck", "overdue", "overdue-step", "missing-step", "unserved-topic", "growing-queue"),
                *("host-away", "sink-away", "source-away", "dead-letters"),
                *("inconsistent", "over-capacity", "undoing-fails"),
            ]
        }
    )
    subject: str
    message: str
    repaired: bool
    since: str | None


class WatchdogReport(Answer):
    """What the watchdog found at its last look."""

    at: str | None
    findings: list[Finding]


class CalledHost(Answer):
    """A host that processes call over HTTP and that fails, or a topic of such calls."""

    host: str = Field(description="of a topic: its name")
    kind: str = Field(json_schema_extra={"enum": ["host", "topic"]})
    state: str = Field(
        description="`closed`: it is called; `open`: it is not called until `until`; `trying`: one call tries",
        json_schema_extra={"enum": ["closed", "open", "trying"]},
    )
    failures: int = Field(description="in a row")
    at: str = Field(description="when it changed last")
    until: str | None
    message: str


class EngineName(Answer):
    """An engine of this server."""

    name: str


class Version(Answer):
    """The release of the server."""

    version: str


class MetricsSum(Answer):
    """How often something happened."""

    result: int


class ThroughputPoint(Answer):
    """What happened to instances in a minute or an hour."""

    at: str = Field(description="when it began")
    started: int
    ended: int
    meanDuration: int | None = Field(description="milliseconds that those that ended took; null if none did")


class ShownTopicBacklog(Answer):
    """A topic in which tasks wait for a worker."""

    topicName: str
    waiting: int = Field(description="tasks that could be locked now")
    waitingSince: str = Field(description="from when on the first of them could")
    lastFetch: str | None = Field(description="when a worker last asked for it, to 10 seconds; null: not within a day")
    lastWorkerId: str | None
    hasWorker: bool = Field(description="whether a worker has asked for it within the last minute")


class ServerStatus(Answer):
    """How the store and the processes are."""

    storeMemory: int = Field(description="bytes that the store uses")
    storeMemoryLimit: int = Field(description="bytes that it may use")
    outbox: int = Field(description="messages and events that wait to be sent")
    jobs: int = Field(description="timers, asynchronous steps and retries that are planned")
    lastProgress: str | None = Field(description="when a process last did what was due")
    watchdogLooked: str | None = Field(description="when the watchdog last looked")


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


class SealedPart(Answer):
    """What a part of the work has done."""

    cursor: str | None = Field(description="where the next part begins; null: this was the last one")
    done: int = Field(description="how many of the places of the store are done")
    total: int
    keys: int = Field(description="keys that were looked at")
    sealed: int = Field(description="blobs that the first encryption key seals now")
    passing: int = Field(description="blobs under another key that expire, or go once sinks have them")
    unreadable: list[str] = Field(description="keys with blobs that no encryption key opens, some of them")
