"""What operators are shown: outcomes of bulk requests, limits."""

from __future__ import annotations

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
