"""The files of forms: found by a form key in the deployment itself, by a reference as its binding says."""

from __future__ import annotations

from collections.abc import Iterator

from baton.model.attributes import Form
from baton.model.errors import BadRequest, NotFound
from baton.service.deployments.deployer import Deployer
from baton.service.deployments.form_files import ENDING, read_form_id, remove_prefix
from baton.store.library import Deployment, StoredResource
from baton.store.library import Library as Shelves


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
        wanted = form.ref_version if form.ref_binding == "version" else None
        if (found := self._find_version(form.ref, wanted, own.tenant_id)) is None:
            raise NotFound(f"Expected the form '{form.ref}', but it is not deployed")
        return found

    def is_deployed(self, reference: str, version: str | None, tenant_id: str | None) -> bool:
        """Whether a definition of the tenant would find the form that it names; ``version``: one, if not the latest."""
        return self._find_version(reference, version, tenant_id) is not None

    def read(self, form: Form, deployment_id: str) -> tuple[str, bytes]:
        """Name and content of the file. Raises BadRequest, NotFound."""
        deployment, resource = self.find(form, deployment_id)
        return resource.name, self._store.read_content(deployment.id, resource.id) or b""

    def _find_in(self, deployment: Deployment, name: str) -> tuple[Deployment, StoredResource]:
        for resource in deployment.resources:
            if name in (resource.name, resource.name.removesuffix(ENDING)) or self._has_id(deployment, resource, name):
                return deployment, resource
        raise NotFound(f"Expected the form '{name}' in deployment '{deployment.id}', but it is not there")

    def _find_version(
        self, reference: str, version: str | None, tenant_id: str | None
    ) -> tuple[Deployment, StoredResource] | None:
        """The file of the version, counted from 1, or of the latest; None if there is none."""
        versions = list(self._list_versions(reference, tenant_id))
        if version is not None:
            number = int(version) if version.isdecimal() else 0
            versions = versions[number - 1 : number] if number else []
        return versions[-1] if versions else None

    def _list_versions(self, reference: str, tenant_id: str | None) -> Iterator[tuple[Deployment, StoredResource]]:
        """The deployed files of a form that definitions of the tenant may mean, the oldest first."""
        deployments = sorted(
            self._store.get_deployments(), key=lambda deployment: (deployment.deployed_at, deployment.id)
        )
        found = [
            (deployment, resource)
            for deployment in deployments
            if deployment.tenant_id in (tenant_id, None)
            for resource in deployment.resources
            if resource.name.removesuffix(ENDING) == reference or self._has_id(deployment, resource, reference)
        ]
        # As of definitions: a tenant's own form goes before one of no tenant.
        mine = [(deployment, resource) for deployment, resource in found if deployment.tenant_id == tenant_id]
        yield from mine or found

    def _has_id(self, deployment: Deployment, resource: StoredResource, reference: str) -> bool:
        if not resource.name.endswith(ENDING):
            return False
        if resource.id not in self._ids:
            self._ids[resource.id] = read_form_id(self._store.read_content(deployment.id, resource.id) or b"")
        return self._ids[resource.id] == reference
