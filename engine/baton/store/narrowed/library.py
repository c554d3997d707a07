"""Definitions, decisions and deployments within reach. What is written goes to the whole library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from baton.model.definition import DecisionDefinition, Definition
from baton.store.library import Deployment, Library, Shelf
from baton.store.narrowed.gate import Gate

VersionT = TypeVar("VersionT", Definition, DecisionDefinition)


class NarrowedLibrary(Library):
    """Reading by ids is checked, lists are filtered; see ``Gate``."""

    def __init__(self, whole: Library, gate: Gate) -> None:
        self._whole, self._gate = whole, gate
        self._backend, self._blobs = whole._backend, whole._blobs  # pyright: ignore[reportPrivateUsage]
        self.heads = whole.heads

    def _keep(self, versions: Sequence[VersionT]) -> list[VersionT]:
        return [item for item in versions if self._gate.can_reach(item.key, item.tenant_id, definition=True)]

    def _check(self, versions: Sequence[VersionT]) -> list[VersionT]:
        return [
            item for item in versions if self._gate.is_there(item.key, item.tenant_id, f"'{item.id}'", definition=True)
        ]

    def read_shelf(self) -> Shelf:
        whole = self._whole.read_shelf()
        definitions = {item.id for item in self.get_definitions()}
        decisions = {item.id for item in self.get_decisions()}
        return Shelf(
            generation=whole.generation,
            latest={place: id_ for place, id_ in whole.latest.items() if id_ in definitions},
            starts=tuple(start for start in whole.starts if start.definition_id in definitions),
            decisions={place: id_ for place, id_ in whole.decisions.items() if id_ in decisions},
        )

    def get_definitions(self, ids: Sequence[str] | None = None) -> list[Definition]:
        found = self._whole.get_definitions(ids)
        return self._keep(found) if ids is None else self._check(found)

    def list_versions(self, key: str, tenant_id: str | None = None) -> list[Definition]:
        return self._keep(self._whole.list_versions(key, tenant_id))

    def get_decisions(self, ids: Sequence[str] | None = None) -> list[DecisionDefinition]:
        found = self._whole.get_decisions(ids)
        return self._keep(found) if ids is None else self._check(found)

    def list_decision_versions(self, key: str, tenant_id: str | None = None) -> list[DecisionDefinition]:
        return self._keep(self._whole.list_decision_versions(key, tenant_id))

    def get_deployments(self, ids: Sequence[str] | None = None) -> list[Deployment]:
        return self._keep_deployments(self._whole.get_deployments(ids))

    def list_of_name(self, name: str) -> list[Deployment]:
        return self._keep_deployments(self._whole.list_of_name(name))

    def _keep_deployments(self, deployments: Sequence[Deployment]) -> list[Deployment]:
        """Those of whose definitions and decisions all are within reach: who reads one reads all of its files."""
        keys: dict[str, set[str]] = {deployment.id: set() for deployment in deployments}
        for item in (*self._whole.get_definitions(), *self._whole.get_decisions()):
            if item.deployment_id in keys:
                keys[item.deployment_id].add(item.key)
        return [
            deployment
            for deployment in deployments
            if all(
                self._gate.can_reach(key, deployment.tenant_id, definition=True) for key in keys[deployment.id] or {""}
            )
        ]
