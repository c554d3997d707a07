"""``/deployment``: put resources on the server together."""

from __future__ import annotations

import mimetypes

from baton.model.errors import BadRequest, NotFound
from baton.service import DeploymentResult, Resource
from baton.web.answers.definitions import (
    Deployment,
    DeploymentResource,
    DeploymentWithDefinitions,
    show_decisions,
    show_definitions,
    show_deployment,
    show_deployment_fields,
    show_resource,
)
from baton.web.answers.problems import show_problem
from baton.web.context import Raw, RequestContext
from baton.web.downloads import describe_attachment
from baton.web.models.definitions import DeleteDefinition
from baton.web.models.deployment import DeploymentFilters, DeploymentForm, Redeployment
from baton.web.multipart import read_form_resources
from baton.web.routes.group import Group
from baton.web.routes.listing import Listing, declare

GROUP = Group(
    "Deployment", "Resources put on the server together; their processes get version numbers", resource="deployment"
)


declare(
    GROUP,
    Listing(
        path="/deployment",
        what="deployments",
        filters=DeploymentFilters,
        sorts={"id": "id", "name": "name", "deploymentTime": "deployed_at", "tenantId": "tenant_id"},
        answer=Deployment,
        fetch=lambda context, filters, page: [
            show_deployment(item, context.root) for item in context.engine.deployments.find(filters.to_query(page))
        ],
        count=lambda context, filters: context.engine.deployments.count(filters.to_query()),
        post=False,
    ),
)


@GROUP.post(
    "/deployment/create",
    "Deploy the files of a multipart form; refused as a whole when one has an error",
    needs="deployment:create",
)
def create(context: RequestContext, form: DeploymentForm) -> DeploymentWithDefinitions:
    resources = read_form_resources(context.request)
    if not resources:
        raise BadRequest("Expected at least one file in the multipart form, but found none")
    result = context.engine.deployments.deploy(
        form.name or None,
        resources,
        duplicate_filtering=form.duplicate_filtering,
        changed_only=form.changed_only,
        source=form.source or None,
        tenant_id=form.tenant or None,
        breaking=form.breaking,
        activation=form.activation,
    )
    return _show_result(context, result)


@GROUP.post(
    "/deployment/<id>/redeploy",
    "Deploy files of an earlier deployment again: all, or those that are named",
    needs="deployment:create",
)
def deploy_again(context: RequestContext, id: str, body: Redeployment) -> DeploymentWithDefinitions:
    deployments = context.engine.deployments
    before, resources = deployments.get(id), deployments.list_resources(id)
    ids, names = set(body.resourceIds or ()), set(body.resourceNames or ())
    missing = sorted((ids - {item.id for item in resources}) | (names - {item.name for item in resources}))
    if missing:
        raise NotFound(f"Expected resources of deployment '{id}', but found none of these: {', '.join(missing)}")
    chosen = [item for item in resources if not (ids or names) or item.id in ids or item.name in names]
    result = deployments.deploy(
        before.name,
        [Resource(name=item.name, content=deployments.get_resource_content(id, item.id)) for item in chosen],
        source=body.source,
        tenant_id=before.tenant_id,
    )
    return _show_result(context, result)


def _show_result(context: RequestContext, result: DeploymentResult) -> DeploymentWithDefinitions:
    return DeploymentWithDefinitions(
        **show_deployment_fields(result.deployment, context.root),
        deployedProcessDefinitions={shown.id: shown for shown in show_definitions(context.engine, result.definitions)}
        or None,
        deployedDecisionDefinitions={shown.id: shown for shown in show_decisions(context.engine, result.decisions)}
        or None,
        problems=[show_problem(problem) for problem in result.problems],
        deployedFiles=[] if result.unchanged else [resource.name for resource in result.deployment.resources],
    )


@GROUP.get("/deployment/<id>", "One deployment")
def get_deployment(context: RequestContext, id: str) -> Deployment:
    return show_deployment(context.engine.deployments.get(id), context.root)


@GROUP.delete(
    "/deployment/<id>",
    "Delete a deployment with its definitions; with cascade also their instances and history",
    needs="deployment:delete",
)
def delete_deployment(context: RequestContext, id: str, query: DeleteDefinition) -> None:
    context.engine.administration.delete_deployment(id, query.cascade or False)


@GROUP.get("/deployment/<id>/resources", "The resources of a deployment")
def list_resources(context: RequestContext, id: str) -> list[DeploymentResource]:
    return [show_resource(resource, id) for resource in context.engine.deployments.list_resources(id)]


@GROUP.get("/deployment/<id>/resources/<resource_id>", "One resource")
def get_resource(context: RequestContext, id: str, resource_id: str) -> DeploymentResource:
    return show_resource(context.engine.deployments.get_resource(id, resource_id), id)


@GROUP.get("/deployment/<id>/resources/<resource_id>/data", "The file", media="application/octet-stream")
def get_data(context: RequestContext, id: str, resource_id: str) -> Raw:
    resource = context.engine.deployments.get_resource(id, resource_id)
    content = context.engine.deployments.get_resource_content(id, resource_id)
    mime_type = mimetypes.guess_type(resource.name)[0] or "application/octet-stream"
    if resource.name.endswith((".bpmn", ".dmn")):
        mime_type = "application/xml"
    return Raw(content, mime_type, headers=describe_attachment(resource.name))
