"""Requests that say when history is removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from annotated_types import Ge, Le
from pydantic import Field

from baton.model.errors import BadRequest
from baton.service import RemovalTime
from baton.web.models.base import Command, Query
from baton.web.models.batch import HistoricBatchFilters
from baton.web.models.fields import Moment, Names
from baton.web.models.historic_instances import HistoricProcessInstanceQueryFilters
from baton.web.models.history_decisions import HistoricDecisionFilters

if TYPE_CHECKING:
    from baton.service import Engine


class _SetRemovalTime(Command):
    """One of three: at a moment, never, or by the time to live."""

    absoluteRemovalTime: Moment | None = None
    clearedRemovalTime: bool | None = Field(default=None, description="never by itself")
    calculatedRemovalTime: bool | None = Field(default=None, description="by the time to live, from the end on")

    def read(self, *, whole: bool = False) -> RemovalTime:
        """Raises BadRequest unless exactly one is given."""
        given = [
            self.absoluteRemovalTime is not None,
            self.clearedRemovalTime is True,
            self.calculatedRemovalTime is True,
        ]
        if given.count(True) != 1:
            names = "absoluteRemovalTime, clearedRemovalTime (true) and calculatedRemovalTime (true)"
            raise BadRequest(f"Expected exactly one of {names}, but found {given.count(True)} of them")
        mode: Literal["at", "never", "calculated"] = "at" if given[0] else "never" if given[1] else "calculated"
        return RemovalTime(mode=mode, at=self.absoluteRemovalTime, whole=whole)


class SetRemovalTimeOfInstances(_SetRemovalTime):
    """Of which instances."""

    historicProcessInstanceIds: Names | None = None
    historicProcessInstanceQuery: HistoricProcessInstanceQueryFilters | None = None
    hierarchical: bool | None = Field(default=None, description="called processes are always removed with their caller")
    updateInChunks: bool | None = Field(default=None, description="the loops do it in steps in any case")
    updateChunkSize: Annotated[int, Ge(1), Le(500)] | None = None

    def choose(self, engine: Engine) -> list[str]:
        """The ids of the instances. Raises BadRequest when the request names none."""
        ids, query = list(self.historicProcessInstanceIds or ()), self.historicProcessInstanceQuery
        if not ids and query is None:
            raise BadRequest("Expected historicProcessInstanceIds or historicProcessInstanceQuery, but found none")
        if query is not None:
            ids += [item.id for item in engine.instances.find(query.to_query(engine))]
        return list(dict.fromkeys(ids))


class SetRemovalTimeOfDecisions(_SetRemovalTime):
    """Of which decision instances."""

    historicDecisionInstanceIds: Names | None = None
    historicDecisionInstanceQuery: HistoricDecisionFilters | None = None
    hierarchical: bool | None = Field(
        default=None, description="of the process instance, for what a business rule task has decided"
    )


class SetRemovalTimeOfBatches(_SetRemovalTime):
    """Of which batches."""

    historicBatchIds: Names | None = None
    historicBatchQuery: HistoricBatchFilters | None = None

    def choose(self, engine: Engine) -> list[str]:
        """The ids of the batches. Raises BadRequest when the request names none, NotFound."""
        ids, query = list(self.historicBatchIds or ()), self.historicBatchQuery
        if not ids and query is None:
            raise BadRequest("Expected historicBatchIds or historicBatchQuery, but found none")
        for id in ids:
            engine.batches.get(id)
        if query is not None:
            ids += [found.batch.id for found in engine.batches.list_all() if query.matches(found)]
        return list(dict.fromkeys(ids))


class CleanupQuery(Query):
    """When history is removed."""

    immediatelyDue: bool | None = Field(default=None, description="false: in the next window; else at once")


class Annotation(Command):
    """A note on what somebody did."""

    annotation: str
