"""Requests that bring messages, signals and conditions from outside."""

from __future__ import annotations

from pydantic import Field

from baton.model.errors import BadRequest
from baton.service import MessageQuery, make_message_id
from baton.web.models.base import Command
from baton.web.models.fields import Duration, Variables


class OfTenant(Command):
    """For which tenant."""

    tenantId: str | None = None
    withoutTenantId: bool | None = None

    def check_tenant(self) -> None:
        """Raises BadRequest when both a tenant and none are asked for."""
        if self.tenantId is not None and self.withoutTenantId:
            raise BadRequest("Expected at most one of tenantId and withoutTenantId, but found both")


class CorrelateMessage(OfTenant):
    """A message, and who it is for."""

    messageName: str
    businessKey: str | None = None
    processInstanceId: str | None = None
    processDefinitionId: str | None = None
    all: bool | None = None
    resultEnabled: bool | None = None
    variablesInResultEnabled: bool | None = None
    startMessageOnly: bool | None = None
    correlationKeys: Variables | None = None
    localCorrelationKeys: Variables | None = None
    processVariables: Variables | None = None
    processVariablesLocal: Variables | None = None
    processVariablesToTriggeredScope: Variables | None = None
    messageId: str | None = Field(
        None, description="a repeated message with this id, of the same tenant, has no effect"
    )
    timeToLive: Duration | None = Field(
        None, description="milliseconds that the message waits for a receiver; 0: it must be there"
    )

    def to_query(self, command_id: str | None) -> MessageQuery:
        """The message as the service takes it; ``command_id`` stands for a message id that is not given."""
        message_id = self.messageId or command_id
        return MessageQuery(
            name=self.messageName,
            business_key=self.businessKey,
            correlation_keys=self.correlationKeys or {},
            local_correlation_keys=self.localCorrelationKeys or {},
            process_instance_id=self.processInstanceId,
            definition_id=self.processDefinitionId,
            start_only=self.startMessageOnly or False,
            variables=self.processVariables or {},
            local_variables={**(self.processVariablesLocal or {}), **(self.processVariablesToTriggeredScope or {})},
            all=self.all or False,
            tenant_id=self.tenantId,
            without_tenant=self.withoutTenantId or False,
            message_id=message_id and make_message_id(message_id, [self.tenantId]),
            ttl_ms=self.timeToLive or 0,
        )


class ThrowSignal(OfTenant):
    """A signal for everything that waits for it."""

    name: str
    executionId: str | None = None
    variables: Variables | None = None


class EvaluateCondition(OfTenant):
    """Variables that conditional start events are evaluated with."""

    variables: Variables
    businessKey: str | None = None
    processDefinitionId: str | None = None
