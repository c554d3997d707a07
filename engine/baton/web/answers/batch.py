"""Batches, as Camunda 7 shows them: running ones, their progress, and those that have ended."""

from __future__ import annotations

from pydantic import Field

from baton.model.commands import Command, ResumeInstance, SuspendInstance
from baton.service import BatchFailure, BatchProgress, BatchRequest
from baton.web.context import RequestContext
from baton.web.models.base import Answer
from baton.web.times import format_date

JOBS_PER_SEED = 100
"""What Camunda 7 answers: there, so many jobs are made at once."""


class BatchBase(Answer):
    """What all views of a batch have."""

    id: str
    type: str
    totalJobs: int
    batchJobsPerSeed: int = JOBS_PER_SEED
    invocationsPerBatchJob: int = 1
    seedJobDefinitionId: None = None
    monitorJobDefinitionId: None = None
    batchJobDefinitionId: None = None
    tenantId: None = None
    createUserId: str | None
    startTime: str
    executionStartTime: str | None
    suspends: bool | None = Field(
        description="of a batch of type instance-update-suspension-state: whether it suspends instances, or activates "
        "them; null for other types"
    )


class Batch(BatchBase):
    """A batch that is not finished."""

    jobsCreated: int
    suspended: bool
    finished: bool = Field(description="whether nothing is left of it to be done")


class BatchStatistics(Batch):
    """The progress of a batch."""

    remainingJobs: int = Field(description="not done yet, the failed ones among them")
    completedJobs: int
    failedJobs: int


class HistoricBatch(BatchBase):
    """A batch, whether it is finished or not."""

    endTime: str | None
    removalTime: str | None
    completedJobs: int = Field(description="how many were done")
    failedJobs: int = Field(description="how many could not be done")


class ShownBatchFailure(Answer):
    """Why one of a batch could not be done."""

    id: str = Field(description="of the instance, job, task or incident")
    message: str
    time: str


class CleanableBatches(Answer):
    """How many batches of a type may be removed."""

    batchType: str
    historyTimeToLive: int | None
    finishedBatchesCount: int
    cleanableBatchesCount: int


def _show_base(progress: BatchProgress) -> dict[str, str | int | None]:
    batch = progress.batch
    return {
        "id": batch.id,
        "type": batch.kind,
        "totalJobs": batch.total,
        "createUserId": batch.created_by,
        "startTime": format_date(batch.created_at),
        "executionStartTime": format_date(progress.began_at),
        "suspends": _tell_suspending(batch.command),
    }


def _tell_suspending(command: Command | None) -> bool | None:
    return isinstance(command, SuspendInstance) if isinstance(command, SuspendInstance | ResumeInstance) else None


def show_batch(progress: BatchProgress) -> Batch:
    return Batch.model_validate(
        {
            **_show_base(progress),
            "jobsCreated": progress.batch.total,
            "suspended": progress.suspended,
            "finished": progress.ended_at is not None,
        }
    )


def show_statistics(progress: BatchProgress) -> BatchStatistics:
    return BatchStatistics.model_validate(
        {
            **show_batch(progress).model_dump(),
            "remainingJobs": progress.batch.total - progress.done,
            "completedJobs": progress.done,
            "failedJobs": progress.failed,
        }
    )


def show_historic(context: RequestContext, progress: BatchProgress) -> HistoricBatch:
    return HistoricBatch.model_validate(
        {
            **_show_base(progress),
            "endTime": format_date(progress.ended_at),
            "removalTime": format_date(context.engine.batches.find_removal(progress)),
            "completedJobs": progress.done,
            "failedJobs": progress.failed,
        }
    )


def show_failure(failure: BatchFailure) -> ShownBatchFailure:
    return ShownBatchFailure(id=failure.id, message=failure.message, time=format_date(failure.at))


def create_batch(context: RequestContext, request: BatchRequest) -> Batch:
    """A new batch, which the loops will work off. Raises BadRequest, Conflict."""
    return show_batch(context.engine.batches.create(request))
