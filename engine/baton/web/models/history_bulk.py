"""Requests that change many instances, which a query of the history may choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.errors import BadRequest
from baton.web.models.base import Command
from baton.web.models.fields import Names, Variables
from baton.web.models.historic_instances import HistoricProcessInstanceQueryFilters
from baton.web.models.process_instance import ProcessInstances

if TYPE_CHECKING:
    from baton.service import Engine


class MessageToMany(ProcessInstances):
    """A message for each of many instances."""

    messageName: str
    variables: Variables | None = None


class DeleteHistoricInstances(Command):
    """Which ended instances to delete with their history."""

    historicProcessInstanceIds: Names | None = None
    historicProcessInstanceQuery: HistoricProcessInstanceQueryFilters | None = None
    deleteReason: str | None = None
    failIfNotExists: bool | None = None

    def choose(self, engine: Engine) -> list[str]:
        """The ids of the instances. Raises BadRequest when the request names none."""
        ids, query = list(self.historicProcessInstanceIds or ()), self.historicProcessInstanceQuery
        if not ids and query is None:
            raise BadRequest("Expected historicProcessInstanceIds or historicProcessInstanceQuery, but found none")
        if query is not None:
            ids += query.list_ids(engine, "finished")
        return list(dict.fromkeys(ids))
