"""``/decision-definition``: one version of one decision, by id or the latest by key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from baton.model.definition import DecisionDefinition
from baton.service import DecisionQuery
from baton.web.call import Call
from baton.web.fields import Field, Shape, booleans, dates, integers, lists, strings
from baton.web.lists import Listing, Page, declare, flag, paged, together
from baton.web.routing import Group, Handler
from baton.web.shapes.definitions import DECISION, decision_json
from baton.web.variables import all_to_rest

GROUP = Group("Decision Definition", "One version of one decision (DMN)")

FILTERS = (
    *strings("decisionDefinitionId", "name", "nameLike", "deploymentId", "key", "keyLike", "resourceName"),
    *strings("resourceNameLike", "versionTag", "versionTagLike"),
    *lists("decisionDefinitionIdIn", "keysIn", "tenantIdIn"),
    *integers("version"),
    *booleans("latestVersion", "withoutTenantId"),
    *dates("deployedAfter", "deployedAt"),
)
SORTS = {
    "key": "key",
    "id": "id",
    "name": "name",
    "version": "version",
    "deploymentId": "deployment_id",
    "deployTime": "deployed_at",
    "tenantId": "tenant_id",
    "versionTag": "version_tag",
}
EVALUATE = Shape("EvaluateDecision", (Field("variables", "variables"),))


def _query(filters: Any, page: Page | None = None) -> DecisionQuery:
    at = filters.get("deployedAt")
    return DecisionQuery(
        ids=together(filters, "decisionDefinitionId", "decisionDefinitionIdIn"),
        keys=together(filters, "key", "keysIn"),
        key_like=filters.get("keyLike"),
        name=filters.get("name"),
        name_like=filters.get("nameLike"),
        deployment_id=filters.get("deploymentId"),
        version=filters.get("version"),
        latest=flag(filters, "latestVersion"),
        resource_name=filters.get("resourceName"),
        resource_name_like=filters.get("resourceNameLike"),
        version_tag=filters.get("versionTag"),
        version_tag_like=filters.get("versionTagLike"),
        deployed_after=filters.get("deployedAfter") if at is None else at - 1,
        deployed_before=None if at is None else at + 1,
        tenant_ids=filters.get("tenantIdIn"),
        without_tenant=flag(filters, "withoutTenantId"),
        **paged(page),
    )


declare(
    GROUP,
    Listing(
        path="/decision-definition",
        what="decision definitions",
        filters=FILTERS,
        sorts=SORTS,
        item=DECISION,
        fetch=lambda call, filters, page: [
            decision_json(one) for one in call.engine.decision_definitions(_query(filters, page))
        ],
        count=lambda call, filters: call.engine.count_decision_definitions(_query(filters)),
        post=False,
    ),
)


def both(method: str, path: str, summary: str, **more: Any) -> Callable[[Handler], Handler]:
    """Declare a route by id, by key, and by key and tenant; the handler gets the definition."""

    def register(handler: Handler) -> Handler:
        def by_id(call: Call, id: str) -> Any:
            return handler(call, call.engine.decision_definition(id))

        def by_key(call: Call, key: str) -> Any:
            return handler(call, call.engine.latest_decision(key))

        def by_tenant(call: Call, key: str, tenant_id: str) -> Any:
            return handler(call, call.engine.latest_decision(key, tenant_id))

        declare_one = getattr(GROUP, method)
        declare_one(f"/decision-definition/<id>{path}", summary, **more)(by_id)
        declare_one(f"/decision-definition/key/<key>{path}", f"{summary}: the latest of a key", **more)(by_key)
        declare_one(
            f"/decision-definition/key/<key>/tenant-id/<tenant_id>{path}", f"{summary}: the latest of a tenant", **more
        )(by_tenant)
        return handler

    return register


@both("get", "", "One decision definition", answer=DECISION)
def get_definition(call: Call, definition: DecisionDefinition) -> dict[str, Any]:
    del call
    return decision_json(definition)


@both("get", "/xml", "The DMN file", answer=Shape("DecisionXml", strings("id", "dmnXml")))
def get_xml(call: Call, definition: DecisionDefinition) -> dict[str, Any]:
    return {"id": definition.id, "dmnXml": call.engine.decision_xml(definition.id)}


@both("get", "/diagram", "An image deployed beside the file: Baton draws in the browser, so there is none")
def get_diagram(call: Call, definition: DecisionDefinition) -> None:
    del call, definition


@both(
    "post",
    "/evaluate",
    "Evaluate the decision: the matched rules, each as output name and value",
    body=EVALUATE,
    answer="application/json",
    changes=False,
)
def evaluate(call: Call, definition: DecisionDefinition) -> list[dict[str, Any]]:
    results = call.engine.evaluate_decision(definition.id, call.body.get("variables", {}))
    return [all_to_rest(result) for result in results]
