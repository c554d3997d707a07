"""Requests about migrations, as Camunda 7 takes them."""

from __future__ import annotations

from pydantic import Field

from baton.model.errors import BadRequest
from baton.model.migration import Move
from baton.service import MigrationPlan
from baton.web.models.base import Command
from baton.web.models.fields import Names, Variables
from baton.web.models.process_instance import ProcessInstances


class GeneratePlan(Command):
    """Between which definitions, and how."""

    sourceProcessDefinitionId: str
    targetProcessDefinitionId: str
    updateEventTriggers: bool | None = None
    variables: Variables | None = None
    byKind: bool | None = Field(
        None, description="also map elements with other ids where there is one choice only; only in Baton"
    )


class MigrationInstruction(Command):
    """One element, and what it becomes."""

    sourceActivityIds: Names
    targetActivityIds: Names
    updateEventTrigger: bool | None = None

    def to_move(self) -> Move:
        """Raises BadRequest for anything but one element on either side."""
        if len(self.sourceActivityIds) != 1 or len(self.targetActivityIds) != 1:
            raise BadRequest(
                "Expected one source activity and one target activity in each instruction, but found "
                f"{len(self.sourceActivityIds)} and {len(self.targetActivityIds)}"
            )
        return Move(
            source=self.sourceActivityIds[0],
            target=self.targetActivityIds[0],
            update_trigger=self.updateEventTrigger or False,
        )


class GivenPlan(Command):
    """A migration plan."""

    sourceProcessDefinitionId: str
    targetProcessDefinitionId: str
    instructions: list[MigrationInstruction]
    variables: Variables | None = None

    def to_plan(self) -> MigrationPlan:
        """Raises BadRequest."""
        return MigrationPlan(
            source_id=self.sourceProcessDefinitionId,
            target_id=self.targetProcessDefinitionId,
            moves=[instruction.to_move() for instruction in self.instructions],
            variables=self.variables or {},
        )


class ExecuteMigration(ProcessInstances):
    """A plan, and the instances to migrate. Listeners and mappings are never called by a migration."""

    migrationPlan: GivenPlan
    skipCustomListeners: bool | None = Field(None, description="they are never called by a migration")
    skipIoMappings: bool | None = Field(None, description="mappings are never made by a migration")
