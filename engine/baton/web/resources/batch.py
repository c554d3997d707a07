"""Batches: Baton does them while the caller waits, so that a batch is always finished when it is seen."""

from __future__ import annotations

import secrets
from typing import Any

from baton.web.call import Call
from baton.web.fields import Field, Shape, booleans, dates, integers, strings
from baton.web.times import date_text

BATCH = Shape(
    "Batch",
    (
        *strings("id", "type"),
        *integers("totalJobs", "jobsCreated", "batchJobsPerSeed", "invocationsPerBatchJob"),
        *strings("seedJobDefinitionId", "monitorJobDefinitionId", "batchJobDefinitionId"),
        *booleans("suspended"),
        *strings("tenantId", "createUserId"),
        *dates("startTime", "executionStartTime"),
        Field("finished", "boolean", "always true"),
    ),
)


def done(call: Call, kind: str, jobs: int) -> dict[str, Any]:
    """A finished batch of so many jobs."""
    now = date_text(call.engine.clock.now())
    return {
        "id": secrets.token_hex(12),
        "type": kind,
        "totalJobs": jobs,
        "jobsCreated": jobs,
        "batchJobsPerSeed": jobs,
        "invocationsPerBatchJob": 1,
        "seedJobDefinitionId": None,
        "monitorJobDefinitionId": None,
        "batchJobDefinitionId": None,
        "suspended": False,
        "tenantId": None,
        "createUserId": call.by,
        "startTime": now,
        "executionStartTime": now,
        "finished": True,
    }
