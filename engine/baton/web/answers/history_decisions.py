"""What was decided, as the API lists it."""

from __future__ import annotations

from typing import Any, ClassVar

from baton.web.models.base import Answer


class DecisionInput(Answer):
    """The value of an input of a table."""

    id: str
    decisionInstanceId: str
    clauseId: str | None
    clauseName: str | None
    errorMessage: str | None
    type: str
    createTime: str
    removalTime: str | None
    rootProcessInstanceId: str | None
    value: Any
    valueInfo: dict[str, Any]


class DecisionOutput(DecisionInput):
    """What a rule that matched gave for an output."""

    ruleId: str | None
    ruleOrder: int | None
    variableName: str | None


class HistoricDecisionInstance(Answer):
    """An evaluation of a decision."""

    omitted: ClassVar[frozenset[str]] = frozenset({"inputs", "outputs"})

    id: str
    decisionDefinitionId: str | None
    decisionDefinitionKey: str
    decisionDefinitionName: str | None
    evaluationTime: str
    removalTime: str | None
    processDefinitionId: str | None
    processDefinitionKey: str | None
    processInstanceId: str | None
    rootProcessInstanceId: str | None
    caseDefinitionId: None = None
    caseDefinitionKey: None = None
    caseInstanceId: None = None
    activityId: str | None
    activityInstanceId: str | None
    tenantId: str | None
    userId: str | None
    inputs: list[DecisionInput] | None = None
    outputs: list[DecisionOutput] | None = None
    collectResultValue: float | None
    rootDecisionInstanceId: str | None
    decisionRequirementsDefinitionId: str | None
    decisionRequirementsDefinitionKey: str | None


class DecisionStatistics(Answer):
    """How often a decision was evaluated."""

    decisionDefinitionKey: str
    evaluations: int
