"""``/deployment``: put resources on the server together."""

from __future__ import annotations

import mimetypes
from typing import Any

from baton.model.errors import BadRequest
from baton.service import DeploymentQuery
from baton.web.call import Call, Raw
from baton.web.errors import problem_json
from baton.web.fields import booleans, dates, lists, strings
from baton.web.lists import Listing, Page, declare, paged
from baton.web.multipart import form_resources, form_texts, truth
from baton.web.routing import Group
from baton.web.shapes.definitions import (
    DEPLOYED,
    DEPLOYMENT,
    RESOURCE,
    decision_json,
    definition_json,
    deployment_json,
    resource_json,
)

GROUP = Group("Deployment", "Resources put on the server together; their processes get version numbers")

FILTERS = (
    *strings("id", "name", "nameLike", "source"),
    *booleans("withoutSource", "withoutTenantId"),
    *lists("tenantIdIn"),
    *dates("after", "before"),
)
FORM = {
    "deployment-name": "the name",
    "deployment-source": "where it comes from",
    "enable-duplicate-filtering": "true: nothing is deployed when nothing changed",
    "deploy-changed-only": "true: only changed resources are deployed",
    "tenant-id": "the tenant",
}


def _query(filters: Any, page: Page | None = None) -> DeploymentQuery:
    return DeploymentQuery(
        ids=(filters["id"],) if "id" in filters else None,
        name=filters.get("name"),
        name_like=filters.get("nameLike"),
        source=filters.get("source"),
        without_source=filters.get("withoutSource", False),
        after=filters.get("after"),
        before=filters.get("before"),
        tenant_ids=filters.get("tenantIdIn"),
        without_tenant=filters.get("withoutTenantId", False),
        **paged(page),
    )


declare(
    GROUP,
    Listing(
        path="/deployment",
        what="deployments",
        filters=FILTERS,
        sorts={"id": "id", "name": "name", "deploymentTime": "deployed_at", "tenantId": "tenant_id"},
        item=DEPLOYMENT,
        fetch=lambda call, filters, page: [
            deployment_json(one, call.root) for one in call.engine.deployments.find(_query(filters, page))
        ],
        count=lambda call, filters: call.engine.deployments.count(_query(filters)),
        post=False,
    ),
)


@GROUP.post(
    "/deployment/create",
    "Deploy the files of a multipart form; refused as a whole when one has an error",
    raw_body="multipart/form-data",
    answer=DEPLOYED,
)
def create(call: Call) -> dict[str, Any]:
    resources = form_resources(call.request)
    texts = form_texts(call.request, FORM)
    if not resources:
        raise BadRequest("Expected at least one file in the multipart form, but found none")
    result = call.engine.deployments.deploy(
        texts.get("deployment-name") or None,
        resources,
        duplicate_filtering=truth(texts, "enable-duplicate-filtering"),
        changed_only=truth(texts, "deploy-changed-only"),
        source=texts.get("deployment-source") or None,
        tenant_id=texts.get("tenant-id") or None,
    )
    definitions = {one.id: definition_json(one) for one in result.definitions}
    return {
        **deployment_json(result.deployment, call.root),
        "deployedProcessDefinitions": definitions or None,
        "deployedCaseDefinitions": None,
        "deployedDecisionDefinitions": {one.id: decision_json(one) for one in result.decisions} or None,
        "deployedDecisionRequirementsDefinitions": None,
        "problems": [problem_json(one) for one in result.problems],
    }


@GROUP.get("/deployment/<id>", "One deployment", answer=DEPLOYMENT)
def get_deployment(call: Call, id: str) -> dict[str, Any]:
    return deployment_json(call.engine.deployments.get(id), call.root)


@GROUP.delete(
    "/deployment/<id>",
    "Delete a deployment with its definitions; with cascade also their instances and history",
    query=booleans("cascade", "skipCustomListeners", "skipIoMappings"),
)
def delete_deployment(call: Call, id: str) -> None:
    call.engine.administration.delete_deployment(id, call.query.get("cascade", False))


@GROUP.get("/deployment/<id>/resources", "The resources of a deployment", answer=(RESOURCE,))
def get_resources(call: Call, id: str) -> list[dict[str, Any]]:
    return [resource_json(one, id) for one in call.engine.deployments.list_resources(id)]


@GROUP.get("/deployment/<id>/resources/<resource_id>", "One resource", answer=RESOURCE)
def get_resource(call: Call, id: str, resource_id: str) -> dict[str, Any]:
    return resource_json(call.engine.deployments.get_resource(id, resource_id), id)


@GROUP.get("/deployment/<id>/resources/<resource_id>/data", "The file", answer="application/octet-stream")
def get_data(call: Call, id: str, resource_id: str) -> Raw:
    resource = call.engine.deployments.get_resource(id, resource_id)
    content = call.engine.deployments.get_resource_content(id, resource_id)
    mime_type = mimetypes.guess_type(resource.name)[0] or "application/octet-stream"
    if resource.name.endswith((".bpmn", ".dmn")):
        mime_type = "application/xml"
    name = resource.name.replace('"', "'").replace("\n", " ").replace("\r", " ")
    return Raw(content, mime_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
