"""Requests about batches."""

from __future__ import annotations

from baton.service import BatchProgress
from baton.web.models.base import Command, Query
from baton.web.models.fields import Moment, Names, NotNegative


class BatchFilters(Query):
    """Which batches. They belong to no tenant."""

    batchId: str | None = None
    type: str | None = None
    tenantIdIn: Names | None = None
    withoutTenantId: bool | None = None
    suspended: bool | None = None
    createdBy: str | None = None
    startedBefore: Moment | None = None
    startedAfter: Moment | None = None
    withFailures: bool | None = None
    withoutFailures: bool | None = None

    def matches(self, progress: BatchProgress) -> bool:
        batch = progress.batch
        return (
            self.batchId in (None, batch.id)
            and self.type in (None, batch.kind)
            and self.suspended in (None, progress.suspended)
            and not self.tenantIdIn
            and self.createdBy in (None, batch.created_by)
            and (self.startedBefore is None or batch.created_at <= self.startedBefore)
            and (self.startedAfter is None or batch.created_at >= self.startedAfter)
            and not (self.withFailures and not progress.failed)
            and not (self.withoutFailures and progress.failed)
        )


class HistoricBatchFilters(Query):
    """Which batches, ended or not."""

    batchId: str | None = None
    type: str | None = None
    completed: bool | None = None
    tenantIdIn: Names | None = None
    withoutTenantId: bool | None = None

    def matches(self, progress: BatchProgress) -> bool:
        batch = progress.batch
        return (
            self.batchId in (None, batch.id)
            and self.type in (None, batch.kind)
            and self.completed in (None, progress.ended_at is not None)
            and not self.tenantIdIn
        )


class BatchReportFilters(Query):
    """The report is about all types."""


class DeleteBatch(Query):
    """How to delete a batch."""

    cascade: bool | None = None


class FailurePage(Query):
    """The part of the failures to show."""

    firstResult: NotNegative | None = None
    maxResults: NotNegative | None = None


class RetryBatch(Command):
    """Which failures to repeat: those of these ids, or all."""

    ids: Names | None = None
