"""Deploying: check everything, give version numbers, store everything at once, or refuse it as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import structlog

from baton.expression.dmn import Decision
from baton.model.definition import DecisionDefinition, Definition, ProcessModel
from baton.model.errors import DeploymentRefused, NotFound, TooMuchWork
from baton.model.problems import Problem
from baton.model.times import Millis
from baton.service.compute.pool import Compute
from baton.service.core.clock import Clock
from baton.service.core.ids import Ids
from baton.service.core.matching import Predicate, make_test, take_page
from baton.service.core.queries import DefinitionQuery, DeploymentQuery
from baton.service.deployments.between import find_problems_between
from baton.service.deployments.contract_library import ContractLibrary
from baton.service.deployments.diagrams import draw_file
from baton.service.deployments.file_heads import read_head
from baton.service.deployments.library import DefinitionLibrary
from baton.service.deployments.links import ProcessLinks
from baton.service.deployments.reading import Contents, Resource, check_names, find_problems, read_outline
from baton.service.deployments.sensitive import list_marked
from baton.service.deployments.start_records import collect_starts
from baton.service.deployments.topic_uses import TopicUses
from baton.service.deployments.variables import FileVariableUse, list_uses
from baton.store.library import ACTIVATION, Deployment, StartTimer, StoredResource
from baton.store.library import Library as Shelves
from baton.store.ports import Changed

log = structlog.get_logger("baton.deploy")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentResult:
    """``problems`` are warnings. ``unchanged``: all files had been deployed before, in ``deployment``."""

    deployment: Deployment
    definitions: tuple[Definition, ...]
    problems: tuple[Problem, ...] = ()
    decisions: tuple[DecisionDefinition, ...] = ()
    unchanged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentRequest:
    """What is to be deployed: read, and without errors."""

    id: str
    name: str | None
    resources: Sequence[Resource]
    contents: Contents
    """Their outline."""
    problems: tuple[Problem, ...]
    duplicate_filtering: bool
    changed_only: bool
    source: str | None
    tenant_id: str | None
    activation: Millis | None
    """When the processes become active; until then they are suspended."""


class Deployer:
    def __init__(
        self,
        shelves: Shelves,
        library: DefinitionLibrary,
        ids: Ids,
        clock: Clock,
        compute: Compute,
        topic_uses: TopicUses,
        contracts: ContractLibrary,
    ) -> None:
        self._contracts = contracts
        self._store, self._library, self._ids, self._topic_uses = shelves, library, ids, topic_uses
        self._clock, self._compute = clock, compute

    def check(self, resources: Sequence[Resource]) -> list[Problem]:
        """All findings, without deploying."""
        problems, links = self._compute.run(find_problems, resources)
        return [*problems, *self._topic_uses.find_problems(links), *self._find_between(links, None)]

    def list_variables(self, resources: Sequence[Resource]) -> list[FileVariableUse]:
        """Which variables the processes of the files read and write; none of a file that cannot be read."""
        return self._compute.run(list_uses, resources)

    def draw(self, content: bytes, process_id: str | None = None) -> bytes:
        """A BPMN file with a diagram, made if it has none. Raises DeploymentRefused for what is not BPMN."""
        return self._compute.run(draw_file, content, process_id)

    def _find_between(self, links: Sequence[ProcessLinks], tenant_id: str | None) -> list[Problem]:
        """What is wrong between these processes and those that are deployed."""
        if not any(link.calls or link.decisions or link.forms or link.waits for link in links):
            return []  # a process without calls, forms and messages has nothing to do with others
        try:
            return self._compute.run_with_engine(find_problems_between, links, tenant_id)
        except TooMuchWork as error:
            # Warnings are not worth a refusal.
            log.warning("definitions not checked", action="deploy.unchecked", reason=error.message)
            return []

    def deploy(
        self,
        name: str | None,
        resources: Sequence[Resource],
        *,
        duplicate_filtering: bool = False,
        changed_only: bool = False,
        source: str | None = None,
        tenant_id: str | None = None,
        breaking: bool = False,
        activation: Millis | None = None,
    ) -> DeploymentResult:
        """``breaking``: also where events lose fields that their receivers know. ``activation``: when the processes
        become active, if not at once.

        Raises DeploymentRefused with all problems; then nothing has been deployed.
        """
        check_names(resources)
        problems, links, contents = self._compute.run(read_outline, resources)
        problems += self._topic_uses.find_problems(links)
        if contents.contracts and not breaking:
            problems += self._contracts.find_breaks(contents.contracts, tenant_id)
        if any(problem.is_error for problem in problems):
            raise DeploymentRefused(problems)
        request = DeploymentRequest(
            id=self._ids.make_deployment_id(),
            name=name,
            resources=resources,
            contents=contents,
            problems=(*problems, *self._find_between(links, tenant_id)),
            duplicate_filtering=duplicate_filtering,
            changed_only=changed_only,
            source=source,
            tenant_id=tenant_id,
            activation=activation,
        )
        while True:
            try:
                return self._try_deploy(request)
            except Changed:
                # Another deployment came between; or ours was done, and only the answer was lost.
                if (done := self._find_done(request)) is not None:
                    return done

    def _find_done(self, request: DeploymentRequest) -> DeploymentResult | None:
        for deployment in self._store.get_deployments([request.id]):
            return DeploymentResult(
                deployment=deployment,
                definitions=tuple(self._library.find(DefinitionQuery(deployment_id=request.id))),
                problems=request.problems,
                decisions=tuple(self._find_decisions(request.id)),
            )
        return None

    def _try_deploy(self, request: DeploymentRequest) -> DeploymentResult:
        """Raises Changed when another deployment came between."""
        generation = self._store.get_generation()
        wanted = request.resources
        if request.duplicate_filtering or request.changed_only:
            before = self._list_before(request)
            names = request.contents.add_related(_find_changed(request.resources, before))
            changed = [resource for resource in request.resources if resource.name in names]
            if before and not changed:
                return DeploymentResult(deployment=before[0], definitions=(), problems=request.problems, unchanged=True)
            wanted = changed if request.changed_only else wanted
        result, models = self._make_result(request, wanted)
        starts, timers = collect_starts(
            list(zip(result.definitions, models, strict=True)), result.deployment.deployed_at
        )
        if request.activation is not None and request.activation > result.deployment.deployed_at:
            waiting = tuple(replace(definition, suspended=True) for definition in result.definitions)
            result = replace(result, definitions=waiting)
            timers += [
                StartTimer(definition_id=definition.id, element=ACTIVATION, due=request.activation)
                for definition in waiting
            ]
        described = {version.resource_name for version in (*result.definitions, *result.decisions)}
        self._store.deploy(
            result.deployment,
            [resource.content for resource in wanted],
            result.definitions,
            starts,
            timers,
            heads={file.name: read_head(file.content) for file in wanted if file.name in described},
            decisions=result.decisions,
            sensitive=list_marked(models),
            generation=generation,
        )
        self._library.announce_change()
        log.info(
            "deployed",
            action="deployment.created",
            deployment=request.id,
            definitions=[definition.id for definition in (*result.definitions, *result.decisions)],
        )
        return result

    def _list_before(self, request: DeploymentRequest) -> list[Deployment]:
        """What it is compared with, the newest first: deployments of its name, source and tenant, as in Camunda 7.

        The state of the files that a source tells (``command line @ 1a2b3c4 by Ann``) is not compared: the files are.
        """
        origin = _get_origin(request.source)
        return [
            deployment
            for deployment in self._store.list_of_name(request.name or "")
            if (_get_origin(deployment.source), deployment.tenant_id) == (origin, request.tenant_id)
        ]

    def _make_result(
        self, request: DeploymentRequest, wanted: Sequence[Resource]
    ) -> tuple[DeploymentResult, list[ProcessModel]]:
        """What the deployment will be, with the model of each definition."""
        newest = self._store.get_newest_time(request.name or "")
        deployment = Deployment(
            id=request.id,
            name=request.name,
            # Later than all deployments of the name: their order is what tells the newest.
            deployed_at=self._clock.now() if newest is None else max(self._clock.now(), newest + 1),
            resources=tuple(
                StoredResource(id=self._ids.make_deployment_id(), name=resource.name, digest=resource.digest)
                for resource in wanted
            ),
            source=request.source,
            tenant_id=request.tenant_id,
        )
        processes = request.contents.list_processes(wanted)
        decisions = request.contents.list_decisions(wanted)
        result = DeploymentResult(
            deployment=deployment,
            definitions=tuple(self._make_definition(deployment, name, model) for name, model in processes),
            problems=request.problems,
            decisions=tuple(self._make_decision(deployment, name, decision) for name, decision in decisions),
        )
        return result, [model for _, model in processes]

    def _make_definition(self, deployment: Deployment, resource: str, model: ProcessModel) -> Definition:
        version = _get_next_version(self._store.list_versions(model.id, deployment.tenant_id))
        return Definition(
            id=f"{model.id}:{version}:{deployment.id}",
            key=model.id,
            version=version,
            deployment_id=deployment.id,
            resource_name=resource,
            deployed_at=deployment.deployed_at,
            name=model.name,
            version_tag=model.version_tag,
            history_ttl_days=model.history_ttl_days,
            startable=model.startable,
            candidate_users=model.candidate_users,
            candidate_groups=model.candidate_groups,
            tenant_id=deployment.tenant_id,
        )

    def _make_decision(self, deployment: Deployment, resource: str, decision: Decision) -> DecisionDefinition:
        version = _get_next_version(self._store.list_decision_versions(decision.id, deployment.tenant_id))
        return DecisionDefinition(
            id=f"{decision.id}:{version}:{deployment.id}",
            key=decision.id,
            version=version,
            deployment_id=deployment.id,
            resource_name=resource,
            deployed_at=deployment.deployed_at,
            name=decision.name,
            version_tag=decision.version_tag,
            history_ttl_days=decision.history_ttl_days,
            tenant_id=deployment.tenant_id,
        )

    def _find_decisions(self, deployment_id: str) -> list[DecisionDefinition]:
        return [decision for decision in self._store.get_decisions() if decision.deployment_id == deployment_id]

    # -- deployments that exist

    def find(self, query: DeploymentQuery) -> list[Deployment]:
        special: dict[str, Predicate] = {
            "before": lambda deployment, wanted: deployment.deployed_at < wanted,
            "after": lambda deployment, wanted: deployment.deployed_at > wanted,
        }
        fits = make_test(query, special)
        found = [deployment for deployment in self._store.get_deployments() if fits(deployment)]
        found.sort(key=lambda deployment: (deployment.deployed_at, deployment.id))
        return take_page(found, query)

    def count(self, query: DeploymentQuery) -> int:
        return len(self.find(replace(query, first=0, limit=None)))

    def get(self, deployment_id: str) -> Deployment:
        """Raises NotFound."""
        for found in self._store.get_deployments([deployment_id]):
            return found
        raise NotFound(f"Expected a deployment with id '{deployment_id}', but there is none")

    def list_resources(self, deployment_id: str) -> tuple[StoredResource, ...]:
        return self.get(deployment_id).resources

    def get_resource(self, deployment_id: str, resource_id: str) -> StoredResource:
        for found in self.list_resources(deployment_id):
            if found.id == resource_id:
                return found
        raise NotFound(f"Expected a resource '{resource_id}' in deployment '{deployment_id}', but there is none")

    def get_resource_content(self, deployment_id: str, resource_id: str) -> bytes:
        resource = self.get_resource(deployment_id, resource_id)
        return self._store.read_content(deployment_id, resource.id) or b""

    def remove(self, deployment: Deployment, gone: Sequence[Definition], *, whole: bool) -> None:
        """Remove definitions; when the latest version is removed, the version before becomes the latest."""
        names = {item.id for item in gone}
        while True:
            generation = self._store.get_generation()
            heirs: list[Definition] = []
            for key, tenant_id in {(item.key, item.tenant_id) for item in gone}:
                left = [version for version in self._store.list_versions(key, tenant_id) if version.id not in names]
                heirs += left[-1:]
            starts, timers = collect_starts(
                [(heir, self._library.get_model(heir.id)) for heir in heirs], self._clock.now()
            )
            try:
                self._store.remove(
                    deployment,
                    gone,
                    starts,
                    timers,
                    whole=whole,
                    decisions=self._find_decisions(deployment.id) if whole else (),
                    generation=generation,
                )
            except Changed:
                continue
            for item in gone:
                self._library.forget(item.id)
            self._library.announce_change()
            return


def _get_origin(source: str | None) -> str | None:
    return None if source is None else source.partition(" @ ")[0]


def _find_changed(resources: Sequence[Resource], before: Sequence[Deployment]) -> list[Resource]:
    """Those that are not as they were when they were deployed last; ``before``: the newest first."""
    known = {resource.name: resource.digest for deployment in reversed(before) for resource in deployment.resources}
    return [resource for resource in resources if known.get(resource.name) != resource.digest]


def _get_next_version(versions: Iterable[Definition | DecisionDefinition]) -> int:
    return 1 + max((item.version for item in versions), default=0)
