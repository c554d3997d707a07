"""Requests about DMN files with several decisions."""

from __future__ import annotations

from pydantic import Field

from baton.web.models.base import Query
from baton.web.models.fields import Names, Whole


class DecisionRequirementsFilters(Query):
    """Which DMN files."""

    decisionRequirementsDefinitionId: str | None = None
    decisionRequirementsDefinitionIdIn: Names | None = None
    name: str | None = None
    nameLike: str | None = None
    deploymentId: str | None = None
    key: str | None = None
    keyLike: str | None = None
    category: str | None = Field(None, description="the namespace of the file")
    categoryLike: str | None = None
    version: Whole | None = None
    latestVersion: bool | None = None
    resourceName: str | None = None
    resourceNameLike: str | None = None
    tenantIdIn: Names | None = None
    withoutTenantId: bool | None = None
    includeDecisionRequirementsDefinitionsWithoutTenantId: bool | None = None

    def allows(self, id: str, tenant_id: str | None) -> bool:
        """Whether the lists of ids and tenants leave one with these."""
        if self.withoutTenantId and tenant_id:
            return False
        ids, tenants = self.decisionRequirementsDefinitionIdIn, self.tenantIdIn
        without = self.includeDecisionRequirementsDefinitionsWithoutTenantId and tenant_id is None
        return (ids is None or id in ids) and (tenants is None or tenant_id in tenants or bool(without))
