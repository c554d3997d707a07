"""Requests to begin ended instances again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from baton.model.errors import BadRequest
from baton.service import RestartInstruction, RestartRequest
from baton.web.models.base import Command
from baton.web.models.bodies import read_activity_id
from baton.web.models.fields import IgnoredFlag, Names
from baton.web.models.historic_instances import HistoricProcessInstanceQueryFilters

if TYPE_CHECKING:
    from baton.service import Engine


class RestartStep(Command):
    """Where an instance begins."""

    type: Literal["startBeforeActivity", "startAfterActivity", "startTransition"]
    activityId: str | None = None
    transitionId: str | None = None

    def to_instruction(self) -> RestartInstruction:
        """Raises BadRequest when it names nothing."""
        activity = None if self.activityId is None else read_activity_id(self.activityId)
        element = self.transitionId if self.type == "startTransition" else activity
        if element is None:
            raise BadRequest(f"Expected an activityId or a transitionId for the instruction {self.type}")
        return RestartInstruction(self.type, element)


class RestartInstances(Command):
    """Which ended instances begin again, and where. Listeners and mappings are called as at any start."""

    processInstanceIds: Names | None = None
    historicProcessInstanceQuery: HistoricProcessInstanceQueryFilters | None = None
    instructions: list[RestartStep]
    initialVariables: bool | None = None
    withoutBusinessKey: bool | None = None
    skipCustomListeners: IgnoredFlag = None
    skipIoMappings: IgnoredFlag = None

    def to_request(self, engine: Engine, definition_id: str) -> RestartRequest:
        """Raises BadRequest when it names no instances."""
        ids, query = list(self.processInstanceIds or ()), self.historicProcessInstanceQuery
        if not ids and query is None:
            raise BadRequest("Expected processInstanceIds or historicProcessInstanceQuery, but found none")
        if query is not None:
            ids += query.list_ids(engine, "finished")
        return RestartRequest(
            definition_id=definition_id,
            instance_ids=ids,
            instructions=[step.to_instruction() for step in self.instructions],
            initial=self.initialVariables or False,
            without_business_key=self.withoutBusinessKey or False,
        )
