"""Deployments, resources, and the definitions in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic import Field

from baton.model.definition import DecisionDefinition as DecisionRecord
from baton.model.definition import Definition
from baton.service import map_decisions
from baton.web.answers.common import Link
from baton.web.answers.problems import Problem
from baton.web.models.base import Answer
from baton.web.times import format_date

if TYPE_CHECKING:
    from baton.service import Deployment as DeploymentRecord
    from baton.service import DeploymentResource as ResourceRecord
    from baton.service import Engine, Requirements


class ProcessDefinition(Answer):
    """One version of one process."""

    id: str
    key: str
    category: str | None = Field(description="the namespace that its file gives to what is in it")
    description: str | None
    name: str | None
    version: int
    resource: str
    deploymentId: str
    diagram: None = None
    suspended: bool
    tenantId: str | None
    versionTag: str | None
    historyTimeToLive: int | None = Field(description="in days")
    startableInTasklist: bool


class DecisionDefinition(Answer):
    """One version of one decision."""

    id: str
    key: str
    category: str | None = Field(description="the namespace that its file gives to what is in it")
    name: str | None
    version: int
    resource: str
    deploymentId: str
    tenantId: str | None
    decisionRequirementsDefinitionId: str | None = Field(description="null for a decision alone in its file")
    decisionRequirementsDefinitionKey: str | None
    historyTimeToLive: int | None = Field(description="in days, as written in the file")
    versionTag: str | None


class Deployment(Answer):
    """Resources that were put on the server together."""

    links: list[Link]
    id: str
    name: str | None
    source: str | None
    deploymentTime: str
    tenantId: str | None


class DeploymentWithDefinitions(Deployment):
    """What was deployed just now."""

    deployedProcessDefinitions: dict[str, ProcessDefinition] | None = Field(description="by id, or null")
    deployedCaseDefinitions: None = Field(default=None, description="always null")
    deployedDecisionDefinitions: dict[str, DecisionDefinition] | None = Field(description="by id, or null")
    deployedDecisionRequirementsDefinitions: None = Field(default=None, description="always null")
    problems: list[Problem] = Field(description="the warnings of the check")
    deployedFiles: list[str] = Field(description="the names of the files; empty if all were deployed before")


class DeploymentResource(Answer):
    """A file of a deployment."""

    id: str
    name: str
    deploymentId: str


class CheckResult(Answer):
    """What the check of files found."""

    problems: list[Problem]


class IncidentCount(Answer):
    """How many open incidents of a type."""

    incidentType: str
    incidentCount: int


class ActivityStatistics(Answer):
    """Tokens and incidents of one element."""

    id: str
    instances: int
    failedJobs: int
    incidents: list[IncidentCount]


class DefinitionStatistics(ActivityStatistics):
    """Running instances and incidents of one definition."""

    definition: ProcessDefinition


class DefinitionXml(Answer):
    """The file of a process definition."""

    id: str
    bpmn20Xml: str


class DecisionRequirements(Answer):
    """A DMN file with several decisions."""

    id: str
    key: str
    category: str | None = Field(description="the namespace that its file gives to what is in it")
    name: str | None
    version: int
    resource: str
    deploymentId: str
    tenantId: str | None


class DecisionXml(Answer):
    """The file of a decision definition."""

    id: str
    dmnXml: str


def show_definitions(engine: Engine, definitions: Sequence[Definition]) -> list[ProcessDefinition]:
    heads = engine.definitions.heads.find(definitions)
    return [_show_definition(each, heads[each.id].namespace) for each in definitions]


def show_definition(engine: Engine, definition: Definition, documentation: str | None = None) -> ProcessDefinition:
    return _show_definition(definition, engine.definitions.heads.get(definition).namespace, documentation)


def _show_definition(
    definition: Definition, category: str | None, documentation: str | None = None
) -> ProcessDefinition:
    return ProcessDefinition(
        id=definition.id,
        key=definition.key,
        category=category,
        description=documentation,
        name=definition.name,
        version=definition.version,
        resource=definition.resource_name,
        deploymentId=definition.deployment_id,
        suspended=definition.suspended,
        tenantId=definition.tenant_id,
        versionTag=definition.version_tag,
        historyTimeToLive=definition.history_ttl_days,
        startableInTasklist=definition.startable,
    )


def show_decisions(engine: Engine, decisions: Sequence[DecisionRecord]) -> list[DecisionDefinition]:
    """With the definitions of their files, where others are beside them."""
    heads = engine.definitions.heads.find(decisions)
    of = map_decisions(engine.decisions.list_requirements())
    return [_show_decision(each, heads[each.id].namespace, of.get(each.id)) for each in decisions]


def _show_decision(
    decision: DecisionRecord, category: str | None, requirements: Requirements | None
) -> DecisionDefinition:
    return DecisionDefinition(
        id=decision.id,
        key=decision.key,
        category=category,
        name=decision.name,
        version=decision.version,
        resource=decision.resource_name,
        deploymentId=decision.deployment_id,
        tenantId=decision.tenant_id,
        decisionRequirementsDefinitionId=None if requirements is None else requirements.id,
        decisionRequirementsDefinitionKey=None if requirements is None else requirements.key,
        historyTimeToLive=decision.history_ttl_days,
        versionTag=decision.version_tag,
    )


def show_requirements(requirements: Requirements) -> DecisionRequirements:
    return DecisionRequirements(
        id=requirements.id,
        key=requirements.key,
        category=requirements.category,
        name=requirements.name,
        version=requirements.version,
        resource=requirements.resource_name,
        deploymentId=requirements.deployment_id,
        tenantId=requirements.tenant_id,
    )


def show_deployment(deployment: DeploymentRecord, root: str) -> Deployment:
    return Deployment(**show_deployment_fields(deployment, root))


def show_deployment_fields(deployment: DeploymentRecord, root: str) -> dict[str, Any]:
    """The fields of a deployment by name, for models that have more of them."""
    return {
        "links": [Link(method="GET", href=f"{root}/deployment/{deployment.id}", rel="self")],
        "id": deployment.id,
        "name": deployment.name,
        "source": deployment.source,
        "deploymentTime": format_date(deployment.deployed_at),
        "tenantId": deployment.tenant_id,
    }


def show_resource(resource: ResourceRecord, deployment_id: str) -> DeploymentResource:
    return DeploymentResource(id=resource.id, name=resource.name, deploymentId=deployment_id)


class ElementSample(Answer):
    """What the sampled instances did at an element; times in milliseconds, of those that completed."""

    id: str
    entered: int
    completed: int
    cancelled: int
    p50: int | None
    p95: int | None


class DefinitionSample(Answer):
    """What the newest instances of a definition tell of its elements."""

    instances: int = Field(description="how many instances were read")
    total: int = Field(description="how many there are")
    events: int = Field(description="how many events were read")
    p50: int | None = Field(description="milliseconds from start to end, of the completed ones among them")
    p95: int | None
    elements: list[ElementSample]
    flows: dict[str, int] = Field(description="how often each sequence flow was taken")
