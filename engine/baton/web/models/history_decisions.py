"""Requests about what was decided."""

from __future__ import annotations

from pydantic import Field

from baton.web.models.base import Command, Query
from baton.web.models.fields import Moment, Names
from baton.web.models.filtering import SearchQuery
from baton.web.models.history import HistoryFilters

NO_CASES = "there are no cases: none matches"


class ShownDecision(Query):
    """What is shown of decision instances."""

    includeInputs: bool | None = None
    includeOutputs: bool | None = None
    disableBinaryFetching: bool | None = Field(default=None, description="values that are bytes are not shown")
    disableCustomObjectDeserialization: bool | None = Field(
        default=None, description="lists and objects are shown as JSON text"
    )


class HistoricDecisionFilters(HistoryFilters, ShownDecision):
    """Which decision instances."""

    decisionInstanceId: str | None = None
    decisionInstanceIdIn: Names | None = None
    decisionDefinitionId: str | None = None
    decisionDefinitionIdIn: Names | None = None
    decisionDefinitionKey: str | None = None
    decisionDefinitionKeyIn: Names | None = None
    decisionDefinitionName: str | None = None
    decisionDefinitionNameLike: str | None = None
    caseDefinitionId: str | None = Field(default=None, description=NO_CASES)
    caseDefinitionKey: str | None = Field(default=None, description=NO_CASES)
    caseInstanceId: str | None = Field(default=None, description=NO_CASES)
    activityIdIn: Names | None = None
    activityInstanceIdIn: Names | None = None
    evaluatedBefore: Moment | None = None
    evaluatedAfter: Moment | None = None
    userId: str | None = None
    rootDecisionInstanceId: str | None = None
    rootDecisionInstancesOnly: bool | None = None
    decisionRequirementsDefinitionId: str | None = None
    decisionRequirementsDefinitionKey: str | None = None


class DeleteDecisionInstances(Command):
    """Which decision instances to delete."""

    historicDecisionInstanceIds: Names | None = None
    historicDecisionInstanceQuery: HistoricDecisionFilters | None = None
    deleteReason: str | None = None


class RequirementsStatisticsQuery(SearchQuery):
    """Which evaluations are counted."""

    decisionInstanceId: str | None = Field(default=None, description="only those of this evaluation")
