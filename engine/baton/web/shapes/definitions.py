"""Deployments, resources and process definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from baton.model.definition import DecisionDefinition, Definition
from baton.web.fields import Field, Shape, strings
from baton.web.shapes.common import LINK
from baton.web.times import date_text

if TYPE_CHECKING:
    from baton.service import Deployment, DeploymentResource

DEFINITION = Shape(
    "ProcessDefinition",
    (
        *strings("id", "key", "category", "description", "name"),
        Field("version", "integer"),
        *strings("resource", "deploymentId", "diagram"),
        Field("suspended", "boolean"),
        *strings("tenantId", "versionTag"),
        Field("historyTimeToLive", "integer", "in days"),
        Field("startableInTasklist", "boolean"),
    ),
)
DECISION = Shape(
    "DecisionDefinition",
    (
        *strings("id", "key", "category", "name"),
        Field("version", "integer"),
        *strings("resource", "deploymentId", "tenantId"),
        Field("decisionRequirementsDefinitionId", doc="always null: decisions are deployed one by one"),
        Field("decisionRequirementsDefinitionKey", doc="always null"),
        Field("historyTimeToLive", "integer", "in days, as written in the file"),
        *strings("versionTag"),
    ),
)
DEPLOYMENT = Shape(
    "Deployment",
    (
        Field("links", "objects", shape=LINK),
        *strings("id", "name", "source"),
        Field("deploymentTime", "date"),
        *strings("tenantId"),
    ),
)
DEPLOYED = Shape(
    "DeploymentWithDefinitions",
    (
        *DEPLOYMENT.fields,
        Field("deployedProcessDefinitions", "object", "by definition id, or null"),
        Field("deployedCaseDefinitions", "object", "always null"),
        Field("deployedDecisionDefinitions", "object", "by definition id, or null"),
        Field("deployedDecisionRequirementsDefinitions", "object", "always null"),
        Field("problems", "objects", "the warnings of the check"),
    ),
)
RESOURCE = Shape("DeploymentResource", strings("id", "name", "deploymentId"))
PROBLEM = Shape(
    "Problem",
    (
        *strings("rule", "severity", "message", "element"),
        Field("line", "integer"),
        *strings("resource"),
        Field("steps", "strings", "a counterexample, where there is one"),
    ),
)
DEFINITION_STATISTICS = Shape(
    "DefinitionStatistics",
    (
        Field("id"),
        Field("instances", "integer"),
        Field("failedJobs", "integer"),
        Field("incidents", "objects"),
        Field("definition", "object", shape=DEFINITION),
    ),
)
STATISTICS = Shape(
    "ActivityStatistics",
    (
        Field("id"),
        Field("instances", "integer"),
        Field("failedJobs", "integer"),
        Field("incidents", "objects"),
    ),
)


def definition_json(definition: Definition, documentation: str | None = None) -> dict[str, Any]:
    return {
        "id": definition.id,
        "key": definition.key,
        "category": None,
        "description": documentation,
        "name": definition.name,
        "version": definition.version,
        "resource": definition.resource_name,
        "deploymentId": definition.deployment_id,
        "diagram": None,
        "suspended": definition.suspended,
        "tenantId": definition.tenant_id,
        "versionTag": definition.version_tag,
        "historyTimeToLive": definition.history_ttl_days,
        "startableInTasklist": definition.startable,
    }


def decision_json(definition: DecisionDefinition) -> dict[str, Any]:
    return {
        "id": definition.id,
        "key": definition.key,
        "category": None,
        "name": definition.name,
        "version": definition.version,
        "resource": definition.resource_name,
        "deploymentId": definition.deployment_id,
        "tenantId": definition.tenant_id,
        "decisionRequirementsDefinitionId": None,
        "decisionRequirementsDefinitionKey": None,
        "historyTimeToLive": definition.history_ttl_days,
        "versionTag": definition.version_tag,
    }


def deployment_json(deployment: Deployment, root: str) -> dict[str, Any]:
    return {
        "links": [{"method": "GET", "href": f"{root}/deployment/{deployment.id}", "rel": "self"}],
        "id": deployment.id,
        "name": deployment.name,
        "source": deployment.source,
        "deploymentTime": date_text(deployment.deployed_at),
        "tenantId": deployment.tenant_id,
    }


def resource_json(resource: DeploymentResource, deployment_id: str) -> dict[str, Any]:
    return {"id": resource.id, "name": resource.name, "deploymentId": deployment_id}
