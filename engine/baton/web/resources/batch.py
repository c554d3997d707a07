"""``/batch`` and ``/history/batch``: what the loops do with many instances, how far it is, and what has failed."""

from __future__ import annotations

from collections import Counter

from baton.service import BatchProgress
from baton.web.answers.batch import (
    Batch,
    BatchStatistics,
    CleanableBatches,
    HistoricBatch,
    ShownBatchFailure,
    show_batch,
    show_failure,
    show_historic,
    show_statistics,
)
from baton.web.answers.common import Count
from baton.web.context import RequestContext
from baton.web.models.batch import (
    BatchFilters,
    BatchReportFilters,
    DeleteBatch,
    FailurePage,
    HistoricBatchFilters,
    RetryBatch,
)
from baton.web.models.process_instance import Suspended
from baton.web.routes.group import Group
from baton.web.routes.listing import declare, make_short_listing

GROUP = Group("Batch", "What is done with many instances, in the background", resource="process-instance")
HISTORY = Group("Historic Batch", "Batches, those that have ended among them", resource="history")
_DAY_MS = 86_400_000


def _find(context: RequestContext, filters: BatchFilters) -> list[BatchProgress]:
    return [found for found in context.engine.batches.list_unfinished() if filters.matches(found)]


def _find_all(context: RequestContext, filters: HistoricBatchFilters) -> list[BatchProgress]:
    return [found for found in context.engine.batches.list_all() if filters.matches(found)]


declare(
    GROUP,
    make_short_listing(
        path="/batch/statistics",
        what="the progress of batches that are not finished",
        filters=BatchFilters,
        sorts={"batchId": "id", "tenantId": "tenantId", "startTime": "startTime"},
        answer=BatchStatistics,
        find=lambda context, filters: map(show_statistics, _find(context, filters)),
        show=lambda shown: shown,
    ),
)
declare(
    GROUP,
    make_short_listing(
        path="/batch",
        what="batches that are not finished",
        filters=BatchFilters,
        sorts={"batchId": "id", "tenantId": "tenantId"},
        answer=Batch,
        find=lambda context, filters: map(show_batch, _find(context, filters)),
        show=lambda shown: shown,
    ),
)
declare(
    HISTORY,
    make_short_listing(
        path="/history/batch",
        what="batches, those that have ended among them",
        filters=HistoricBatchFilters,
        sorts={"batchId": "id", "tenantId": "tenantId", "startTime": "startTime", "endTime": "endTime"},
        answer=HistoricBatch,
        find=lambda context, filters: [show_historic(context, found) for found in _find_all(context, filters)],
        show=lambda shown: shown,
    ),
)


@GROUP.get("/batch/<id>", "One batch that is not finished")
def get_batch(context: RequestContext, id: str) -> Batch:
    return show_batch(context.engine.batches.get_unfinished(id))


@GROUP.put("/batch/<id>/suspended", "Suspend a batch, or have it go on")
def suspend_batch(context: RequestContext, id: str, body: Suspended) -> None:
    context.engine.batches.set_suspended(id, body.suspended)


@GROUP.delete("/batch/<id>", "End a batch where it is; what it has done stays done")
def delete_batch(context: RequestContext, id: str, query: DeleteBatch) -> None:
    context.engine.batches.delete(id, history=query.cascade or False)


@GROUP.get("/batch/<id>/failures", "Why some of a batch could not be done", baton_extension=True)
def list_failures(context: RequestContext, id: str, query: FailurePage) -> list[ShownBatchFailure]:
    limit = min(context.settings.max_results, 100 if query.maxResults is None else query.maxResults)
    found = context.engine.batches.list_failures(id, query.firstResult or 0, limit)
    return [show_failure(failure) for failure in found]


@GROUP.post("/batch/<id>/retry", "Try again what has failed; answers how many", baton_extension=True)
def retry_failures(context: RequestContext, id: str, body: RetryBatch) -> Count:
    return Count(count=context.engine.batches.retry(id, body.ids))


@HISTORY.get("/history/batch/<id>", "One batch, whether it has ended or not")
def get_historic(context: RequestContext, id: str) -> HistoricBatch:
    return show_historic(context, context.engine.batches.get(id))


@HISTORY.delete("/history/batch/<id>", "Forget a batch that has ended", needs="history:delete")
def delete_historic(context: RequestContext, id: str) -> None:
    context.engine.batches.delete_history(id)


def _report(context: RequestContext) -> list[CleanableBatches]:
    days = context.engine.settings.batch_days
    ended = [found for found in context.engine.batches.list_all() if found.ended_at is not None]
    until = context.engine.clock.now() - days * _DAY_MS
    old = Counter(found.batch.kind for found in ended if (found.ended_at or 0) <= until)
    return [
        CleanableBatches(
            batchType=kind, historyTimeToLive=days, finishedBatchesCount=count, cleanableBatchesCount=old[kind]
        )
        for kind, count in sorted(Counter(found.batch.kind for found in ended).items())
    ]


declare(
    HISTORY,
    make_short_listing(
        path="/history/batch/cleanable-batch-report",
        what="how many batches of each type may be removed",
        filters=BatchReportFilters,
        sorts={"finished": "finishedBatchesCount"},
        answer=CleanableBatches,
        find=lambda context, _: _report(context),
        show=lambda shown: shown,
    ),
)
