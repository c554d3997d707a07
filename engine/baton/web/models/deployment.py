"""Requests about deployments."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Field

from baton.service import DeploymentQuery
from baton.web.models.base import Command, Query
from baton.web.models.fields import Moment, Names
from baton.web.models.filtering import Page, list_tenants, to_page, to_tuple


def _read_flag(text: Any) -> Any:
    return {"true": True, "false": False, "": False}.get(text.strip().lower(), text) if isinstance(text, str) else text


FormFlag: TypeAlias = Annotated[bool, BeforeValidator(_read_flag)]
"""True or false as the text of a form."""


class DeploymentFilters(Query):
    """Which deployments."""

    id: str | None = None
    name: str | None = None
    nameLike: str | None = None
    source: str | None = None
    withoutSource: bool | None = None
    includeDeploymentsWithoutTenantId: bool | None = None
    withoutTenantId: bool | None = None
    tenantIdIn: Names | None = None
    after: Moment | None = None
    before: Moment | None = None

    def to_query(self, page: Page | None = None) -> DeploymentQuery:
        """The filters as a query of the service."""
        return DeploymentQuery(
            ids=to_tuple(self.id),
            name=self.name,
            name_like=self.nameLike,
            source=self.source,
            without_source=self.withoutSource or False,
            after=self.after,
            before=self.before,
            tenant_ids=list_tenants(self.tenantIdIn, self.includeDeploymentsWithoutTenantId),
            without_tenant=self.withoutTenantId or False,
            **to_page(page),
        )


class Redeployment(Command):
    """Which files are deployed again; without names and ids all."""

    resourceIds: Names | None = None
    resourceNames: Names | None = None
    source: str | None = None


class DeploymentForm(Command):
    """The text parts of a deployment; every other part is a file."""

    name: str | None = Field(None, alias="deployment-name")
    source: str | None = Field(None, alias="deployment-source", description="where it comes from")
    duplicate_filtering: FormFlag = Field(
        False, alias="enable-duplicate-filtering", description="nothing is deployed when nothing changed"
    )
    changed_only: FormFlag = Field(False, alias="deploy-changed-only", description="only changed files are deployed")
    tenant: str | None = Field(None, alias="tenant-id")
    activation: Moment | None = Field(
        default=None, alias="deployment-activation-time", description="until then its processes are suspended"
    )
    breaking: FormFlag = Field(
        False, alias="allow-breaking-events", description="also where events lose fields that their receivers know"
    )
