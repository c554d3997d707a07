"""``/decision-requirements-definition``: DMN files with several decisions, which require each other."""

from __future__ import annotations

import io
from collections.abc import Iterator
from xml.etree import ElementTree

from baton.model import definition as models
from baton.model.errors import NotFound
from baton.service import DecisionQuery
from baton.web.answers.definitions import DecisionRequirements, DecisionXml
from baton.web.context import RequestContext
from baton.web.history.rows import matches
from baton.web.models.decision_requirements import DecisionRequirementsFilters
from baton.web.routes.group import Group
from baton.web.routes.listing import declare, make_short_listing
from baton.web.routes.versions import Versions

GROUP = Group("Decision Requirements Definition", "DMN files with several decisions", resource="decision-definition")
SORTS = {"id": "id", "key": "key", "name": "name", "version": "version", "deploymentId": "deploymentId"}
File = tuple[str, str]
"""Deployment and name."""


def _list_all(context: RequestContext) -> list[DecisionRequirements]:
    files: dict[File, list[models.DecisionDefinition]] = {}
    for decision in context.engine.decisions.find(DecisionQuery()):
        files.setdefault((decision.deployment_id, decision.resource_name), []).append(decision)
    found = [_show(context, decisions) for decisions in files.values() if len(decisions) > 1]
    return list(_number(sorted(found, key=lambda each: each.version)))


def _show(context: RequestContext, decisions: list[models.DecisionDefinition]) -> DecisionRequirements:
    """The version is that of the file among those of its key; until then the moment of its deployment."""
    first = decisions[0]
    key, name = _read_root(context.engine.decisions.get_xml(first.id))
    return DecisionRequirements(
        id="",
        key=key or first.resource_name,
        name=name,
        version=first.deployed_at,
        resource=first.resource_name,
        deploymentId=first.deployment_id,
        tenantId=first.tenant_id,
    )


def _read_root(xml: str) -> tuple[str | None, str | None]:
    """Id and name of the ``definitions`` of a file that was checked when it was deployed."""
    for _, root in ElementTree.iterparse(io.BytesIO(xml.encode()), events=("start",)):
        return root.get("id"), root.get("name")
    return None, None


def _number(found: list[DecisionRequirements]) -> Iterator[DecisionRequirements]:
    versions: dict[tuple[str, str | None], int] = {}
    for each in found:
        place = (each.key, each.tenantId)
        versions[place] = versions.get(place, 0) + 1
        version = versions[place]
        yield each.model_copy(update={"version": version, "id": f"{each.key}:{version}:{each.deploymentId}"})


def _find(context: RequestContext, filters: DecisionRequirementsFilters) -> list[DecisionRequirements]:
    found = [each for each in _list_all(context) if _fits(each, filters)]
    if not filters.latestVersion:
        return found
    latest = {(each.key, each.tenantId): each.id for each in found}
    return [each for each in found if each.id in latest.values()]


def _fits(each: DecisionRequirements, filters: DecisionRequirementsFilters) -> bool:
    likes = ((filters.nameLike, each.name), (filters.keyLike, each.key), (filters.resourceNameLike, each.resource))
    equals = (
        (filters.decisionRequirementsDefinitionId, each.id),
        (filters.name, each.name),
        (filters.deploymentId, each.deploymentId),
        (filters.key, each.key),
        (filters.version, each.version),
        (filters.resourceName, each.resource),
    )
    return (
        all(wanted in (None, value) for wanted, value in equals)
        and all(pattern is None or matches(text or "", pattern) for pattern, text in likes)
        and filters.allows(each.id, each.tenantId)
    )


declare(
    GROUP,
    make_short_listing(
        path="/decision-requirements-definition",
        what="DMN files with several decisions",
        filters=DecisionRequirementsFilters,
        sorts={**SORTS, "tenantId": "tenantId"},
        answer=DecisionRequirements,
        find=_find,
        show=lambda found: found,
    ),
)


def find_file_of_each(context: RequestContext) -> dict[str, tuple[str, str]]:
    """Id and key of the definition of its file, by the id of a decision that has others beside it."""
    files = {(each.deploymentId, each.resource): (each.id, each.key) for each in _list_all(context)}
    decisions = context.engine.decisions.find(DecisionQuery())
    places = {each.id: (each.deployment_id, each.resource_name) for each in decisions}
    return {id: files[place] for id, place in places.items() if place in files}


def get_requirements_by_id(context: RequestContext, id: str) -> DecisionRequirements:
    found = next((each for each in _list_all(context) if each.id == id), None)
    if found is None:
        raise NotFound(f"Expected a decision requirements definition, but there is none with id '{id}'")
    return found


def _get_latest(context: RequestContext, key: str, tenant_id: str | None) -> DecisionRequirements:
    """Without a tenant the one that belongs to none, as for decisions. Raises NotFound."""
    found = [each for each in _list_all(context) if each.key == key and each.tenantId == tenant_id]
    if not found:
        raise NotFound(f"Expected a decision requirements definition, but there is none with key '{key}'")
    return found[-1]


VERSIONS: Versions[DecisionRequirements] = Versions(
    GROUP, "/decision-requirements-definition", get_requirements_by_id, _get_latest
)


@VERSIONS.get("", "One DMN file with several decisions")
def get_requirements(context: RequestContext, definition: DecisionRequirements) -> DecisionRequirements:
    del context
    return definition


@VERSIONS.get("/xml", "The DMN file")
def get_xml(context: RequestContext, definition: DecisionRequirements) -> DecisionXml:
    query = DecisionQuery(deployment_id=definition.deploymentId, resource_name=definition.resource)
    decision = context.engine.decisions.find(query)[0]
    return DecisionXml(id=definition.id, dmnXml=context.engine.decisions.get_xml(decision.id))


@VERSIONS.get("/diagram", "An image deployed beside the file: Baton draws in the browser, so there is none")
def get_diagram(context: RequestContext, definition: DecisionRequirements) -> None:
    del context, definition
