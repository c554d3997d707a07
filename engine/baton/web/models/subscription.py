"""Requests about event subscriptions and executions."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from baton.model.records import InstanceState, SubscriptionKind
from baton.service import EVENT_KINDS, IncidentQuery, InstanceQuery, SubscriptionQuery, VariableFilter
from baton.web.models.base import Command, Query
from baton.web.models.fields import Names, Variables
from baton.web.models.filtering import Page, list_tenants, to_page, to_tuple
from baton.web.models.variable_filters import Comparisons, make_variable_filters
from baton.web.scopes import parse_scope


class EventSubscriptionFilters(Query):
    """Which event subscriptions."""

    eventSubscriptionId: str | None = None
    eventName: str | None = None
    executionId: str | None = None
    processInstanceId: str | None = None
    activityId: str | None = None
    eventType: Literal["message", "signal", "conditional"] | None = None
    tenantIdIn: Names | None = None
    includeEventSubscriptionsWithoutTenantId: bool | None = None
    withoutTenantId: bool | None = None

    def to_query(self, page: Page | None = None) -> SubscriptionQuery:
        """The filters as a query of the service."""
        instance = self.processInstanceId or (parse_scope(self.executionId).instance_id if self.executionId else None)
        return SubscriptionQuery(
            ids=to_tuple(self.eventSubscriptionId),
            instance_ids=to_tuple(instance),
            execution_id=self.executionId,
            elements=to_tuple(self.activityId),
            kinds=EVENT_KINDS if self.eventType is None else (SubscriptionKind(self.eventType),),
            name=self.eventName,
            tenant_ids=list_tenants(self.tenantIdIn, self.includeEventSubscriptionsWithoutTenantId),
            without_tenant=self.withoutTenantId or False,
            **to_page(page),
        )


class ExecutionFilters(Query):
    """Which executions."""

    businessKey: str | None = None
    processDefinitionId: str | None = None
    processDefinitionKey: str | None = None
    processInstanceId: str | None = None
    activityId: str | None = None
    signalEventSubscriptionName: str | None = None
    messageEventSubscriptionName: str | None = None
    active: bool | None = None
    suspended: bool | None = None
    tenantIdIn: Names | None = None
    incidentId: str | None = Field(None, description="an open incident of the execution itself")
    incidentType: str | None = None
    incidentMessage: str | None = None
    incidentMessageLike: str | None = None
    processVariables: Comparisons | None = None
    variables: Comparisons | None = Field(None, description="of the execution itself")
    variableNamesIgnoreCase: bool | None = Field(None, description="in variables and processVariables")
    variableValuesIgnoreCase: bool | None = Field(None, description="in variables and processVariables")

    def list_variable_filters(self) -> tuple[VariableFilter, ...]:
        """Those by variables of the execution itself."""
        return make_variable_filters(self.variables, self.variableNamesIgnoreCase, self.variableValuesIgnoreCase)

    def to_incident_query(self) -> IncidentQuery | None:
        """The incidents of which the execution has one; None where it needs none."""
        if all(
            each is None
            for each in (self.incidentId, self.incidentType, self.incidentMessage, self.incidentMessageLike)
        ):
            return None
        return IncidentQuery(
            ids=to_tuple(self.incidentId),
            instance_ids=to_tuple(self.processInstanceId),
            kind=self.incidentType,
            message=self.incidentMessage,
            message_like=self.incidentMessageLike,
        )

    def to_instance_query(self) -> InstanceQuery:
        """The instances whose executions are looked at."""
        states = {InstanceState.ACTIVE, InstanceState.SUSPENDED}
        states -= {InstanceState.SUSPENDED} if self.active else set()
        states -= {InstanceState.ACTIVE} if self.suspended else set()
        return InstanceQuery(
            ids=to_tuple(self.processInstanceId),
            definition_ids=to_tuple(self.processDefinitionId),
            definition_keys=to_tuple(self.processDefinitionKey),
            business_key=self.businessKey,
            states=frozenset(states),
            tenant_ids=self.tenantIdIn,
            variables=make_variable_filters(
                self.processVariables, self.variableNamesIgnoreCase, self.variableValuesIgnoreCase
            ),
        )


class TriggerExecution(Command):
    """What the event that an execution waits for brings."""

    variables: Variables | None = None
