"""Requests about process and decision definitions."""

from __future__ import annotations

from typing import Any, Literal

from flask_openapi3.models import RawModel
from pydantic import Field

from baton.service import DecisionQuery, DefinitionQuery, IncidentQuery
from baton.web.models.base import Command, Query
from baton.web.models.fields import IgnoredFlag, Moment, Names, NotNegative, Unsupported, Variables, Whole
from baton.web.models.filtering import Page, choose_flag, list_tenants, merge_values, to_page, to_tuple


class VersionFilters(Query):
    """What process and decision definitions can both be found by."""

    name: str | None = None
    nameLike: str | None = None
    category: str | None = Field(None, description="the namespace that its file gives to what is in it")
    categoryLike: str | None = None
    deploymentId: str | None = None
    key: str | None = None
    keyLike: str | None = None
    resourceName: str | None = None
    resourceNameLike: str | None = None
    versionTag: str | None = None
    versionTagLike: str | None = None
    keysIn: Names | None = None
    tenantIdIn: Names | None = None
    version: Whole | None = None
    latestVersion: bool | None = None
    latest: bool | None = Field(None, description="the older name of latestVersion")
    withoutTenantId: bool | None = None
    deployedAfter: Moment | None = None
    deployedAt: Moment | None = None

    def to_arguments(self, page: Page | None, *, without_tenant_too: bool | None) -> dict[str, Any]:
        """The filters as arguments of both queries of the service."""
        at = self.deployedAt
        return {
            "keys": merge_values(self.key, self.keysIn),
            "key_like": self.keyLike,
            "name": self.name,
            "name_like": self.nameLike,
            "category": self.category,
            "category_like": self.categoryLike,
            "deployment_id": self.deploymentId,
            "version": self.version,
            "latest": self.latestVersion or self.latest or False,
            "resource_name": self.resourceName,
            "resource_name_like": self.resourceNameLike,
            "version_tag": self.versionTag,
            "version_tag_like": self.versionTagLike,
            "deployed_after": self.deployedAfter if at is None else at - 1,
            "deployed_before": None if at is None else at + 1,
            "tenant_ids": list_tenants(self.tenantIdIn, without_tenant_too),
            "without_tenant": self.withoutTenantId or False,
            **to_page(page),
        }


class ProcessDefinitionFilters(VersionFilters):
    """Which process definitions."""

    processDefinitionId: str | None = None
    processDefinitionIdIn: Names | None = None
    startableBy: str | None = None
    active: bool | None = None
    suspended: bool | None = None
    startableInTasklist: bool | None = None
    notStartableInTasklist: bool | None = None
    startablePermissionCheck: bool | None = None
    withoutVersionTag: bool | None = None
    includeProcessDefinitionsWithoutTenantId: bool | None = None
    incidentId: str | None = Field(None, description="an open incident of an instance; so are those below")
    incidentType: str | None = None
    incidentMessage: str | None = None
    incidentMessageLike: str | None = None

    def to_incident_query(self) -> IncidentQuery | None:
        """The open incidents one of which a definition must have; None when none is named."""
        found = IncidentQuery(
            ids=to_tuple(self.incidentId),
            kind=self.incidentType,
            message=self.incidentMessage,
            message_like=self.incidentMessageLike,
        )
        return None if found == IncidentQuery() else found

    def to_query(self, page: Page | None = None) -> DefinitionQuery:
        """The filters as a query of the service."""
        tasklist = "'startableInTasklist' and 'notStartableInTasklist'"
        return DefinitionQuery(
            **self.to_arguments(page, without_tenant_too=self.includeProcessDefinitionsWithoutTenantId),
            ids=merge_values(self.processDefinitionId, self.processDefinitionIdIn),
            without_version_tag=self.withoutVersionTag or False,
            suspended=choose_flag(self.suspended, self.active, "'suspended' and 'active'"),
            startable_by=self.startableBy,
            startable=choose_flag(self.startableInTasklist, self.notStartableInTasklist, tasklist),
        )


class DecisionDefinitionFilters(VersionFilters):
    """Which decision definitions."""

    decisionDefinitionId: str | None = None
    decisionDefinitionIdIn: Names | None = None
    includeDecisionDefinitionsWithoutTenantId: bool | None = None
    decisionRequirementsDefinitionId: str | None = None
    decisionRequirementsDefinitionKey: str | None = None
    withoutDecisionRequirementsDefinition: bool | None = Field(None, description="decisions alone in their files")

    def to_query(self, page: Page | None = None) -> DecisionQuery:
        """The filters as a query of the service."""
        return DecisionQuery(
            **self.to_arguments(page, without_tenant_too=self.includeDecisionDefinitionsWithoutTenantId),
            ids=merge_values(self.decisionDefinitionId, self.decisionDefinitionIdIn),
            requirements_id=self.decisionRequirementsDefinitionId,
            requirements_key=self.decisionRequirementsDefinitionKey,
            without_requirements=self.withoutDecisionRequirementsDefinition or False,
        )


class EvaluateDecision(Command):
    """What a decision is evaluated with."""

    variables: Variables | None = None


class CheckQuery(Query):
    """The name of a file that is the whole body."""

    name: str | None = None


class CheckedFiles(RawModel):
    """Files to check: a multipart form, ``{"resources": [{"name", "content"}]}``, or one XML body."""

    mimetypes = ("application/json", "application/xml", "text/xml", "multipart/form-data")


class LayoutQuery(Query):
    """Which process is to be seen first."""

    process: str | None = Field(None, description="its id; the first of the file if absent")


class StatisticsQuery(Query):
    """What is counted beside instances."""

    failedJobs: bool | None = None
    incidents: bool | None = None
    incidentsForType: str | None = None

    @property
    def counts_incidents(self) -> bool:
        return bool(self.incidentsForType or self.incidents)


class AllStatisticsQuery(StatisticsQuery):
    """What is counted beside instances, of all definitions."""

    rootIncidents: bool | None = None

    @property
    def counts_incidents(self) -> bool:
        return super().counts_incidents or bool(self.rootIncidents)


class DeleteDefinition(Query):
    """What is deleted with it."""

    cascade: bool | None = None
    skipCustomListeners: IgnoredFlag = None
    skipIoMappings: bool | None = Field(None, description="outputs are never mapped by a cancellation")


class StartInstruction(Command):
    """Where an instance begins, instead of at its start event."""

    type: Literal["startBeforeActivity"]
    activityId: str


class StartProcessInstance(Command):
    """With what an instance begins."""

    businessKey: str | None = None
    variables: Variables | None = None
    startInstructions: list[StartInstruction] | None = None
    withVariablesInReturn: bool | None = None
    uniqueBusinessKey: bool | None = Field(
        None, description="refuse with 409 if an instance of the definition has this key"
    )
    skipCustomListeners: IgnoredFlag = None
    skipIoMappings: Unsupported = None
    caseInstanceId: Unsupported = None


class WaitForResult(Query):
    """How long to wait for the end of an instance."""

    timeout: NotNegative | None = Field(None, description="milliseconds; 10000 if absent")

    @property
    def milliseconds(self) -> int:
        return 10_000 if self.timeout is None else self.timeout


class SubmitForm(Command):
    """The result of a start form."""

    businessKey: str | None = None
    variables: Variables | None = None


class FormVariablesQuery(Query):
    """Which variables of a form, and how they are shown."""

    variableNames: Names | None = None
    deserializeValues: bool | None = None


class SuspendDefinition(Command):
    """Whether a definition is suspended: then nothing can be started of it."""

    suspended: bool
    includeProcessInstances: bool | None = None
    executionDate: Unsupported = None


class SuspendDefinitions(SuspendDefinition):
    """Which definitions are suspended; exactly one of the ids is given."""

    processDefinitionId: str | None = None
    processDefinitionKey: str | None = None


class HistoryTimeToLive(Command):
    """How long ended instances are kept; null: for ever."""

    historyTimeToLive: NotNegative | None = Field(None, description="days")
