"""The files of forms: found by a form key in the deployment itself, by a reference as its binding says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast

from baton.model.attributes import Form
from baton.model.errors import BadRequest, NotFound
from baton.service.deployments.deployer import Deployer
from baton.store.library import Deployment, StoredResource
from baton.store.library import Library as Shelves

_PREFIXES = ("camunda-forms:deployment:", "embedded:deployment:", "deployment:")
ENDING = ".form"


class FormLibrary:
    def __init__(self, shelves: Shelves, deployer: Deployer) -> None:
        self._store, self._deployer = shelves, deployer
        self._ids: dict[str, str] = {}

    def find(self, form: Form, deployment_id: str) -> tuple[Deployment, StoredResource]:
        """The file of a form that a definition of the deployment has. Raises BadRequest without one, NotFound."""
        own = self._deployer.get(deployment_id)
        if form.key is None and form.ref is None:
            raise BadRequest("Expected a form key, but the form is made of fields")
        if form.key is not None or form.ref is None:
            return self._find_in(own, remove_prefix(form.key.text if form.key is not None else ""))
        if form.ref_binding == "deployment":
            return self._find_in(own, form.ref)
        versions = list(self._list_versions(form.ref, own))
        if form.ref_binding == "version" and form.ref_version is not None:
            number = int(form.ref_version) if form.ref_version.isdecimal() else 0
            versions = versions[number - 1 : number] if number else []
        if not versions:
            raise NotFound(f"Expected the form '{form.ref}', but it is not deployed")
        return versions[-1]

    def read(self, form: Form, deployment_id: str) -> tuple[str, bytes]:
        """Name and content of the file. Raises BadRequest, NotFound."""
        deployment, resource = self.find(form, deployment_id)
        return resource.name, self._store.read_content(deployment.id, resource.id) or b""

    def _find_in(self, deployment: Deployment, name: str) -> tuple[Deployment, StoredResource]:
        for resource in deployment.resources:
            if name in (resource.name, resource.name.removesuffix(ENDING)) or self._has_id(deployment, resource, name):
                return deployment, resource
        raise NotFound(f"Expected the form '{name}' in deployment '{deployment.id}', but it is not there")

    def _list_versions(self, reference: str, own: Deployment) -> Iterator[tuple[Deployment, StoredResource]]:
        """The deployed files of a form that the deployment's definitions may mean, the oldest first."""
        deployments = sorted(
            self._store.get_deployments(), key=lambda deployment: (deployment.deployed_at, deployment.id)
        )
        found = [
            (deployment, resource)
            for deployment in deployments
            if deployment.tenant_id in (own.tenant_id, None)
            for resource in deployment.resources
            if self._has_id(deployment, resource, reference) or resource.name.removesuffix(ENDING) == reference
        ]
        # As of definitions: a tenant's own form goes before one of no tenant.
        mine = [(deployment, resource) for deployment, resource in found if deployment.tenant_id == own.tenant_id]
        yield from mine or found

    def _has_id(self, deployment: Deployment, resource: StoredResource, reference: str) -> bool:
        if not resource.name.endswith(ENDING):
            return False
        if resource.id not in self._ids:
            self._ids[resource.id] = _read_id(self._store.read_content(deployment.id, resource.id) or b"")
        return self._ids[resource.id] == reference


def remove_prefix(key: str) -> str:
    """The name that a form key holds, without where its form is said to lie."""
    for prefix in _PREFIXES:
        key = key.removeprefix(prefix)
    return key


def _read_id(content: bytes) -> str:
    """The id that a form of Camunda gives itself; empty if it gives none, or is not JSON."""
    try:
        found = json.loads(content)
    except ValueError:
        return ""
    return str(cast("dict[str, object]", found).get("id") or "") if isinstance(found, dict) else ""
