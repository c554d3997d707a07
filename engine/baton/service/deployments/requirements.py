"""DMN files with several decisions, which require each other: in Camunda 7 they are definitions of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from baton.model.definition import DecisionDefinition
from baton.service.deployments.file_heads import FileHeads


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """One version of such a file; ``id`` is ``key:version:deployment id``."""

    id: str
    key: str
    name: str | None
    category: str | None
    version: int
    resource_name: str
    deployment_id: str
    tenant_id: str | None
    decision_ids: tuple[str, ...]


def list_requirements(decisions: Sequence[DecisionDefinition], heads: FileHeads) -> list[Requirements]:
    """Those that these decisions are in, the oldest first. The version is that of the file among those of its key."""
    files: dict[tuple[str, str], list[DecisionDefinition]] = {}
    for decision in sorted(decisions, key=lambda each: (each.deployed_at, each.key)):
        files.setdefault((decision.deployment_id, decision.resource_name), []).append(decision)
    several = [inside for inside in files.values() if len(inside) > 1]
    known = heads.find([inside[0] for inside in several])
    versions: dict[tuple[str, str | None], int] = {}
    found: list[Requirements] = []
    for inside in several:
        first, head = inside[0], known[inside[0].id]
        key = head.id or first.resource_name
        place = (key, first.tenant_id)
        versions[place] = versions.get(place, 0) + 1
        found.append(
            Requirements(
                id=f"{key}:{versions[place]}:{first.deployment_id}",
                key=key,
                name=head.name,
                category=head.namespace,
                version=versions[place],
                resource_name=first.resource_name,
                deployment_id=first.deployment_id,
                tenant_id=first.tenant_id,
                decision_ids=tuple(each.id for each in inside),
            )
        )
    return found


def map_decisions(requirements: Sequence[Requirements]) -> Mapping[str, Requirements]:
    """The file of each decision that has others beside it, by the decision's id."""
    return {id_: each for each in requirements for id_ in each.decision_ids}
