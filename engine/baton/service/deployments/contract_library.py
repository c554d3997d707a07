"""The contracts of what is deployed, and what a deployment would break."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from baton.model.definition import Definition
from baton.model.errors import NotFound
from baton.model.problems import Problem
from baton.service.core.bounded_cache import BoundedCache
from baton.service.core.queries import DefinitionQuery
from baton.service.deployments.contracts import Contract, find_breaks, list_sent, list_taken
from baton.service.deployments.event_mappings import ENDING, DeclaredEvent, EventMappings, parse_sent
from baton.service.deployments.library import DefinitionLibrary
from baton.store.library import Library

_MOST_VERSIONS = 10_000
"""Declared events and deployments in memory; a deployment never changes."""


class ContractLibrary:
    def __init__(self, shelves: Library, library: DefinitionLibrary) -> None:
        self._shelves, self._library, self._mappings = shelves, library, EventMappings(shelves)
        self._versions: BoundedCache[dict[str, str]] = BoundedCache(_MOST_VERSIONS)

    def list(self) -> list[Contract]:
        """Of the latest versions of all processes, and of the latest files of mappings. Raises StoreUnavailable."""
        latest = self._library.find(DefinitionQuery(latest=True))
        sent = [contract for definition in latest for contract in self._list_of(definition)]
        return [*sent, *list_taken(self._mappings.list())]

    def find_breaks(self, given: Sequence[Contract], tenant_id: str | None) -> list[Problem]:
        """What receivers know of the versions that are deployed, and would miss in those given."""
        found: list[Problem] = []
        for key in dict.fromkeys(contract.place for contract in given):
            try:
                before = self._list_of(self._library.get_latest(key, tenant_id))
            except NotFound:
                continue
            found += find_breaks(before, [contract for contract in given if contract.place == key])
        return found

    def find_versions(self, definition_id: str) -> Mapping[str, str]:
        """The versions of the events that are declared beside the definition, by type. Raises StoreUnavailable."""
        deployment_id = definition_id.rpartition(":")[2]
        found = self._versions.get(deployment_id)
        if found is None:
            found = {event.type: event.version for event in self._read_declared(deployment_id)}
            self._versions.put(deployment_id, found, 1 + len(found))
        return found

    def _list_of(self, definition: Definition) -> list[Contract]:
        """None where the file of the definition is gone."""
        try:
            model = self._library.get_model(definition.id)
        except NotFound:
            return []
        return list_sent(model, self._read_declared(definition.deployment_id))

    def _read_declared(self, deployment_id: str) -> list[DeclaredEvent]:
        return [
            event
            for deployment in self._shelves.get_deployments([deployment_id])
            for resource in deployment.resources
            if resource.name.endswith(ENDING)
            for event in parse_sent(self._shelves.read_content(deployment.id, resource.id) or b"{}")
        ]
