"""Batches: Baton does them while the caller waits, so that a batch is always finished when it is seen."""

from __future__ import annotations

import secrets

from pydantic import Field

from baton.web.context import RequestContext
from baton.web.models.base import Answer
from baton.web.times import format_date


class Batch(Answer):
    """A batch that is finished."""

    id: str
    type: str
    totalJobs: int
    jobsCreated: int
    batchJobsPerSeed: int
    invocationsPerBatchJob: int = 1
    seedJobDefinitionId: None = None
    monitorJobDefinitionId: None = None
    batchJobDefinitionId: None = None
    suspended: bool = False
    tenantId: None = None
    createUserId: str | None
    startTime: str
    executionStartTime: str
    finished: bool = Field(default=True, description="always true")


class BatchStatistics(Batch):
    """The progress of a batch."""

    remainingJobs: int
    completedJobs: int
    failedJobs: int


def make_finished_batch(context: RequestContext, kind: str, jobs: int) -> Batch:
    """A finished batch of so many jobs."""
    now = format_date(context.engine.clock.now())
    return Batch(
        id=secrets.token_hex(12),
        type=kind,
        totalJobs=jobs,
        jobsCreated=jobs,
        batchJobsPerSeed=jobs,
        createUserId=context.by,
        startTime=now,
        executionStartTime=now,
    )
