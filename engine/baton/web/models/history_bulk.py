"""Requests that change many instances, which a query of the history may choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.errors import BadRequest
from baton.web.models.base import Command
from baton.web.models.fields import Moment, Names, NotNegative, Variables
from baton.web.models.history import HistoricProcessInstanceFilters
from baton.web.models.process_instance import DeleteProcessInstances, ProcessInstanceQueryFilters, ProcessInstances

if TYPE_CHECKING:
    from baton.service import Engine


def find_running(engine: Engine, query: HistoricProcessInstanceFilters) -> list[str]:
    """The ids of the instances that a query of the history finds and that have not ended."""
    return [header.id for header in engine.instances.find(query.to_query()) if not header.state.is_ended]


class ChosenByHistory(ProcessInstances):
    """Which instances: by ids, by a query of running ones, by a query of the history of which those that run count."""

    historicProcessInstanceQuery: HistoricProcessInstanceFilters | None = None

    def choose(self, engine: Engine) -> list[str]:
        """The ids of the instances. Raises BadRequest when the request names none."""
        query = self.historicProcessInstanceQuery
        if query is None:
            return super().choose(engine)
        others = (self.processInstanceIds, self.processInstanceQuery, self.overviewQuery)
        known = super().choose(engine) if any(others) else []
        return list(dict.fromkeys([*known, *find_running(engine, query)]))


class DeleteChosen(ChosenByHistory, DeleteProcessInstances):
    """Which instances to cancel."""


class MessageToMany(ChosenByHistory):
    """A message for each of many instances."""

    messageName: str
    variables: Variables | None = None


class RetriesOfChosen(Command):
    """The retries of all jobs of many instances."""

    retries: NotNegative
    dueDate: Moment | None = None
    processInstances: Names | None = None
    processInstanceQuery: ProcessInstanceQueryFilters | None = None
    historicProcessInstanceQuery: HistoricProcessInstanceFilters | None = None

    def choose(self, engine: Engine) -> list[str]:
        """The ids of the instances. Raises BadRequest when the request names none."""
        chosen = ChosenByHistory(
            processInstanceIds=self.processInstances,
            processInstanceQuery=self.processInstanceQuery,
            historicProcessInstanceQuery=self.historicProcessInstanceQuery,
        )
        return chosen.choose(engine)


class DeleteHistoricInstances(Command):
    """Which ended instances to delete with their history."""

    historicProcessInstanceIds: Names | None = None
    historicProcessInstanceQuery: HistoricProcessInstanceFilters | None = None
    deleteReason: str | None = None
    failIfNotExists: bool | None = None

    def choose(self, engine: Engine) -> list[str]:
        """The ids of the instances. Raises BadRequest when the request names none."""
        ids, query = list(self.historicProcessInstanceIds or ()), self.historicProcessInstanceQuery
        if not ids and query is None:
            raise BadRequest("Expected historicProcessInstanceIds or historicProcessInstanceQuery, but found none")
        if query is not None:
            ids += [item.id for item in engine.instances.find(query.to_query()) if item.state.is_ended]
        return list(dict.fromkeys(ids))
