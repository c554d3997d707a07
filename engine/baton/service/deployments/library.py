"""Definitions, cached: models are parsed once per process, what is current is read again when its generation changed.

The generation is read at most every ``CURRENT_FOR_S`` seconds, and a process that changes definitions answers only
when that time is over: after the answer no process can still use definitions without the change.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace

from baton import bpmn
from baton.bpmn.script_files import PREFIX
from baton.model.definition import DecisionDefinition, Definition, ProcessModel
from baton.model.errors import NotFound
from baton.model.standalone import DEFINITION_ID
from baton.service.core.bounded_cache import BoundedCache
from baton.service.core.matching import Predicate, make_test
from baton.service.core.offload import Offload, run_here
from baton.service.core.queries import DefinitionQuery
from baton.service.deployments import standalone
from baton.service.deployments.file_heads import CATEGORY, FileHeads
from baton.store.keys import join_place
from baton.store.library import Library as Shelves
from baton.store.library import Shelf, StartSubscription, VersionT

CURRENT_FOR_S = 0.025
MOST_ELEMENTS = 30_000
"""Nodes and flows of the models in memory: with all that is made of them they take about 65 MB."""
SCRIPT_FILE = PREFIX.encode()
"""What a model holds that takes scripts or schemas from files beside it."""


class DefinitionLibrary:
    """Also the port through which the runtime reads definitions. ``alone``: no other process uses the store."""

    def __init__(self, shelves: Shelves, offload: Offload = run_here, *, alone: bool = False) -> None:
        self._store, self._offload, self._alone = shelves, offload, alone
        self.heads = FileHeads(shelves.heads, self.get_content)
        self._current: Shelf | None = None
        self._checked_at = 0.0
        self._models = BoundedCache[ProcessModel](MOST_ELEMENTS, self._announce_dropped)
        self._on_dropped: list[Callable[[str], None]] = []
        self._definitions: dict[str, tuple[int, Definition]] = {}
        self._tenants: dict[str, str | None] = {}
        self._answers: tuple[int, dict[Hashable, str]] = (-1, {})
        self._locks: dict[str, threading.Lock] = {}

    def on_dropped(self, callback: Callable[[str], None]) -> None:
        """Call back with the id of a definition whose model is no longer in memory here."""
        self._on_dropped.append(callback)

    def _announce_dropped(self, definition_id: str) -> None:
        for callback in self._on_dropped:
            callback(definition_id)

    def get_current(self) -> Shelf:
        """The latest versions and start subscriptions as of now."""
        held, asked = self._current, time.monotonic()
        if held is not None and asked - self._checked_at < CURRENT_FOR_S:
            return held
        generation = self._store.get_generation()
        if held is None or held.generation != generation:
            held = self._current = self._store.read_shelf()
        self._checked_at = asked
        return held

    def announce_change(self) -> None:
        """This process has changed definitions: read them again, and wait until every other process will."""
        self._checked_at = 0.0
        if not self._alone:
            time.sleep(CURRENT_FOR_S)

    def get_definition(self, definition_id: str) -> Definition:
        """Raises NotFound. Suspension and time to live may be out of date: see ``get``."""
        held = self._definitions.get(definition_id)
        return held[1] if held is not None else self._fetch(definition_id, 0)

    def get(self, definition_id: str) -> Definition:
        """The definition as it is now. Raises NotFound, also for that of tasks that belong to no process."""
        if definition_id == DEFINITION_ID:
            raise _make_missing(definition_id)
        generation = self.get_current().generation
        held = self._definitions.get(definition_id)
        return held[1] if held is not None and held[0] == generation else self._fetch(definition_id, generation)

    def _fetch(self, definition_id: str, generation: int) -> Definition:
        if definition_id == DEFINITION_ID:
            return standalone.DEFINITION
        found = self._store.get_definitions([definition_id])
        if not found:
            self._definitions.pop(definition_id, None)
            raise _make_missing(definition_id)
        self._definitions[definition_id] = (generation, found[0])
        return found[0]

    def get_latest(self, key: str, tenant_id: str | None = None) -> Definition:
        """The latest version of a key: the tenant's, or without a tenant the one of none. Raises NotFound."""

        def find() -> str:
            latest = find_latest(self.get_current().latest, key, tenant_id, self.get, self._store.list_versions)
            if latest is None:
                raise NotFound(f"Expected a process definition with key '{key}'{say_tenant(tenant_id)}, but found none")
            return latest

        return self.get(self.look_up(("latest process", key, tenant_id), find))

    def list_versions(self, key: str, tenant_id: str | None) -> Sequence[Definition]:
        """All versions of a tenant's process, the oldest first."""
        return self._store.list_versions(key, tenant_id)

    def get_latest_for(self, key: str, deployment_id: str) -> Definition:
        """The latest version for what is in a deployment: its tenant's own, else the one of no tenant."""
        tenant_id = self.get_tenant(deployment_id)
        try:
            return self.get_latest(key, tenant_id)
        except NotFound:
            if tenant_id is None:
                raise
            return self.get_latest(key)

    def get_tenant(self, deployment_id: str) -> str | None:
        """Whose a deployment is; it never changes."""
        if deployment_id not in self._tenants:
            for deployment in self._store.get_deployments([deployment_id]):
                self._tenants[deployment_id] = deployment.tenant_id
        return self._tenants.get(deployment_id)

    def resolve(self, key: str, binding: str, version: str | None, deployment_id: str) -> str:
        """The definition that a call activity calls: of its own tenant, else of none. Raises NotFound."""
        if binding == "latest":
            return self.get_latest_for(key, deployment_id).id

        def find() -> str:
            for tenant_id in dict.fromkeys((self.get_tenant(deployment_id), None)):
                for definition in reversed(self._store.list_versions(key, tenant_id)):
                    if is_bound(definition, binding, version, deployment_id):
                        return definition.id
            wanted = deployment_id if binding == "deployment" else version
            raise NotFound(f"Expected a process '{key}' by {binding} {wanted}, but there is none")

        return self.look_up(("process", key, binding, version, deployment_id), find)

    def look_up(self, question: Hashable, find: Callable[[], str]) -> str:
        """The answer to a question about definitions, computed again only when they have changed."""
        generation = self.get_current().generation
        if self._answers[0] != generation:
            self._answers = (generation, {})
        answers = self._answers[1]
        if question not in answers:
            answers[question] = find()
        return answers[question]

    def get_model(self, definition_id: str) -> ProcessModel:
        """The checked model. Raises NotFound."""
        if definition_id == DEFINITION_ID:
            return standalone.MODEL
        model = self._models.get(definition_id)
        if model is None:
            with self._locks.setdefault(definition_id, threading.Lock()):
                model = self._models.get(definition_id) or self._parse(self.get_definition(definition_id))
        return model

    def _parse(self, definition: Definition) -> ProcessModel:
        content = self.get_content(definition)
        beside = self.read_beside(definition) if SCRIPT_FILE in content else {}
        for model in self._offload(bpmn.read_checked, content, definition.resource_name, beside):
            if model.id == definition.key:
                self._models.put(definition.id, model, len(model.nodes) + len(model.flows))
                return model
        raise NotFound(f"Expected the process '{definition.key}' in '{definition.resource_name}', but it is not there")

    def read_beside(self, definition: Definition | DecisionDefinition) -> dict[str, bytes]:
        """The files of the definition's deployment, some of which may be its scripts, schemas or imports."""
        return {
            resource.name: self._store.read_content(deployment.id, resource.id) or b""
            for deployment in self._store.get_deployments([definition.deployment_id])
            for resource in deployment.resources
        }

    def get_content(self, definition: Definition | DecisionDefinition) -> bytes:
        """The file of a definition. Raises NotFound."""
        for deployment in self._store.get_deployments([definition.deployment_id]):
            for resource in deployment.resources:
                if resource.name == definition.resource_name:
                    content = self._store.read_content(deployment.id, resource.id)
                    if content is not None:
                        return content
        raise NotFound(f"Expected the resource '{definition.resource_name}' of '{definition.id}', but it is gone")

    def get_xml(self, definition_id: str) -> str:
        return self.get_content(self.get_definition(definition_id)).decode("utf-8", "replace")

    def find_starts(self, kind: str, name: str) -> Sequence[StartSubscription]:
        """Start events of that kind and name, of versions that are not suspended."""
        found = [start for start in self.get_current().starts if start.kind == kind and start.name == name]
        return [
            item for item in found if self.is_there(item.definition_id) and not self.get(item.definition_id).suspended
        ]

    def is_there(self, definition_id: str) -> bool:
        """Whether instances of the definition may begin: not when it is deleted, or about to be."""
        try:
            return not self.get(definition_id).removing
        except NotFound:
            return False

    def find(self, query: DefinitionQuery) -> list[Definition]:
        newest = frozenset(self.get_current().latest.values())
        special: dict[str, Predicate] = {
            "latest": lambda definition, _: definition.id in newest,
            "version_tag": lambda definition, wanted: definition.version_tag == wanted,
            **CATEGORY,
            "startable_by": lambda definition, user: user in definition.candidate_users,
        }
        fits = make_test(query, special)
        found = [definition for definition in self._store.get_definitions() if fits(definition)]
        found.sort(key=lambda definition: (definition.key, definition.version))
        return self.heads.find_page(found, query)

    def count(self, query: DefinitionQuery) -> int:
        return len(self.find(replace(query, first=0, limit=None, sort=())))

    def forget(self, definition_id: str) -> None:
        self._models.drop(definition_id)
        self._definitions.pop(definition_id, None)
        self._locks.pop(definition_id, None)


def _make_missing(definition_id: str) -> NotFound:
    return NotFound(f"Expected a process definition with id '{definition_id}', but there is none")


def find_latest(
    latest: Mapping[str, str],
    key: str,
    tenant_id: str | None,
    get: Callable[[str], VersionT],
    list_versions: Callable[[str, str | None], Sequence[VersionT]],
) -> str | None:
    """The id of a tenant's latest version; earlier releases kept the latest of all tenants under the key alone."""
    for place in dict.fromkeys((join_place(key, tenant_id), key)):
        if place in latest and get(latest[place]).tenant_id == tenant_id:
            return latest[place]
    versions = list_versions(key, tenant_id)
    return versions[-1].id if versions else None


def say_tenant(tenant_id: str | None) -> str:
    return " and no tenant" if tenant_id is None else f" of tenant '{tenant_id}'"


def is_bound(
    definition: Definition | DecisionDefinition, binding: str, version: str | None, deployment_id: str
) -> bool:
    """Whether a definition is the one that a binding by deployment, version or version tag means."""
    if binding == "deployment":
        return definition.deployment_id == deployment_id
    if binding == "version":
        return str(definition.version) == version
    return version is not None and definition.version_tag == version
