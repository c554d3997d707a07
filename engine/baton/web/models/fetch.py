"""The body of fetchAndLock as the service's topic requests."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from baton.service import TopicRequest
from baton.web.models.base import Command
from baton.web.models.fields import Duration, Names, Order, Positive, PositiveDuration

MAX_TASKS = 1_000


class FetchTopic(Command):
    """One topic of a worker."""

    topicName: str
    lockDuration: PositiveDuration = Field(description="milliseconds")
    variables: Names | None = Field(
        None, description="names of the variables to give; all when absent, none when empty"
    )
    localVariables: bool | None = None
    deserializeValues: bool | None = None
    includeExtensionProperties: bool | None = None
    withoutTenantId: bool | None = None
    businessKey: str | None = None
    processDefinitionId: str | None = None
    processDefinitionKey: str | None = None
    processDefinitionVersionTag: str | None = None
    processDefinitionIdIn: Names | None = None
    processDefinitionKeyIn: Names | None = None
    tenantIdIn: Names | None = None
    processVariables: dict[str, Any] | None = Field(None, description="only tasks whose instance has these values")

    def to_request(self) -> TopicRequest:
        """The topic as the service asks for it."""
        return TopicRequest(
            name=self.topicName,
            lock_ms=self.lockDuration,
            variables=self.variables,
            local_variables=self.localVariables or False,
            business_key=self.businessKey,
            definition_ids=_either(self.processDefinitionId, self.processDefinitionIdIn),
            definition_keys=_either(self.processDefinitionKey, self.processDefinitionKeyIn),
            version_tag=self.processDefinitionVersionTag,
            process_variables=self.processVariables or {},
            tenant_ids=self.tenantIdIn,
            without_tenant=self.withoutTenantId or False,
            include_extension_properties=self.includeExtensionProperties or False,
        )


class FetchSorting(Command):
    """The order in which tasks are given."""

    sortBy: Literal["createTime"]
    sortOrder: Order


class FetchExternalTasks(Command):
    """What a worker asks for."""

    workerId: str
    maxTasks: Positive
    usePriority: bool | None = None
    asyncResponseTimeout: Duration | None = Field(None, description="milliseconds to wait for the first task")
    topics: list[FetchTopic] | None = None
    sorting: list[FetchSorting] | None = None

    @property
    def newest_first(self) -> bool | None:
        """Order by creation time; None: the order of the queue."""
        return self.sorting[0].sortOrder == "desc" if self.sorting else None


def _either(single: str | None, many: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return (single,) if single is not None else many or None
