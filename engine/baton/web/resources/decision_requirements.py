"""``/decision-requirements-definition``: DMN files with several decisions, which require each other."""

from __future__ import annotations

from baton.model.errors import NotFound
from baton.service import DecisionQuery
from baton.web.answers.definitions import DecisionRequirements, DecisionXml, show_requirements
from baton.web.context import RequestContext
from baton.web.history.rows import matches
from baton.web.models.decision_requirements import DecisionRequirementsFilters
from baton.web.routes.group import Group
from baton.web.routes.listing import declare, make_short_listing
from baton.web.routes.versions import Versions

GROUP = Group("Decision Requirements Definition", "DMN files with several decisions", resource="decision-definition")
SORTS = {name: name for name in ("id", "category", "key", "name", "version", "deploymentId", "tenantId")}


def _list_all(context: RequestContext) -> list[DecisionRequirements]:
    return [show_requirements(each) for each in context.engine.decisions.list_requirements()]


def _find(context: RequestContext, filters: DecisionRequirementsFilters) -> list[DecisionRequirements]:
    found = [each for each in _list_all(context) if _fits(each, filters)]
    if not filters.latestVersion:
        return found
    latest = {(each.key, each.tenantId): each.id for each in found}
    return [each for each in found if each.id in latest.values()]


def _fits(each: DecisionRequirements, filters: DecisionRequirementsFilters) -> bool:
    likes = (
        (filters.nameLike, each.name),
        (filters.keyLike, each.key),
        (filters.resourceNameLike, each.resource),
        (filters.categoryLike, each.category),
    )
    equals = (
        (filters.decisionRequirementsDefinitionId, each.id),
        (filters.name, each.name),
        (filters.category, each.category),
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
        sorts=SORTS,
        answer=DecisionRequirements,
        find=_find,
        show=lambda found: found,
    ),
)


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
