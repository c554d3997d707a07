"""Plans and reports of migrations, as Camunda 7 shows them."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from baton.web.models.base import Answer


class ShownInstruction(Answer):
    """One element, and what it becomes."""

    sourceActivityIds: list[str]
    targetActivityIds: list[str]
    updateEventTrigger: bool


class MigrationPlan(Answer):
    """A plan for instances of one version to go on in another."""

    sourceProcessDefinitionId: str
    targetProcessDefinitionId: str
    instructions: list[ShownInstruction]
    variables: dict[str, Any] | None


class MigrationChoice(Answer):
    """What an element can become at which a token may rest."""

    activityId: str
    targetActivityIds: list[str] = Field(description="those that fit, as the plan maps what is around it")
    failures: list[str] = Field(description="why the plan leaves it out, though it may have the same id")


class InstructionReport(Answer):
    """What is wrong with an instruction."""

    instruction: ShownInstruction
    failures: list[str]


class MigrationPlanReport(Answer):
    """The instructions that cannot be executed; empty for a plan that can."""

    instructionReports: list[InstructionReport]
    variableReports: dict[str, Any]


class InstancePreview(Answer):
    """Why an instance cannot be migrated now."""

    processInstanceId: str
    reason: str


class MigrationPreview(Answer):
    """Which instances cannot be migrated now."""

    instances: int = Field(description="how many were chosen")
    lookedAt: int = Field(description="how many of these were looked at")
    refused: list[InstancePreview]
