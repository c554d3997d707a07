"""Requests about the audit."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from baton.service import AuditQuery
from baton.web.models.base import Command, Query
from baton.web.models.fields import Moment, NotNegative


class AuditFilters(Query):
    """Which entries of the audit."""

    before: Moment | None = None
    after: Moment | None = None
    actor: str | None = Field(None, description="the id of a person, the name of a key or of a process of Baton")
    action: str | None = Field(None, description="a part of the id of an operation")
    target: str | None = Field(None, description="a part of the path of what it was done to")
    processInstanceId: str | None = None
    outcome: Literal["ordered", "refused", "failed"] | None = None

    def to_query(self) -> AuditQuery:
        return AuditQuery(
            before=self.before,
            after=self.after,
            actor=self.actor,
            action=self.action,
            target=self.target,
            instance_id=self.processInstanceId,
            outcome=self.outcome,
        )


class AuditPage(AuditFilters):
    """Which entries, and which part of the list."""

    firstResult: NotNegative | None = None
    maxResults: NotNegative | None = None


class Forget(Command):
    """Of whom everything is to be erased."""

    businessKey: str


class PlaceHold(Command):
    """Why an instance must not be removed."""

    reason: str = Field("", max_length=1_000)
