"""Requests that change many instances, and batches."""

from __future__ import annotations

from pydantic import Field

from baton.web.models.base import Query
from baton.web.models.fields import NotNegative, Unsupported, Variables
from baton.web.models.process_instance import ModificationInstruction, ProcessInstances


class Modification(ProcessInstances):
    """The steps of a modification, and the instances that it is made in."""

    instructions: list[ModificationInstruction]
    processDefinitionId: str | None = Field(None, description="refuse instances of another definition")
    annotation: str | None = None
    skipIoMappings: Unsupported = None


class SetVariablesOfMany(ProcessInstances):
    """The variables to set, and the instances."""

    variables: Variables


class BatchFilters(Query):
    """Which batches; none is ever found."""

    batchId: str | None = None
    type: str | None = None


class BatchQuery(BatchFilters):
    """Which batches, and which part of them."""

    firstResult: NotNegative | None = None
    maxResults: NotNegative | None = None


class DeleteBatch(Query):
    """How to delete a batch."""

    cascade: bool | None = None
