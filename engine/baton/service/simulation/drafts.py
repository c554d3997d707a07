"""Drafts: files that are not deployed, made to look like definitions for as long as a simulation needs them."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from baton.expression.dmn import Decision, Results, evaluate
from baton.forms import FormField
from baton.model.definition import Definition, ProcessModel
from baton.model.errors import BadRequest, DeploymentRefused
from baton.model.problems import Problem
from baton.model.values import Value, Variables
from baton.runtime import Decisions, Definitions, Ports, Scripts
from baton.service.deployments.decisions import DecisionLibrary
from baton.service.deployments.library import DefinitionLibrary
from baton.service.deployments.reading import Resource, read_resources
from baton.service.simulation.forms import DraftForms, read_draft_forms

DEPLOYMENT = "draft"
MAX_DRAFTS = 16
"""Drafts cached per process, so that the steps of a simulation read their file once."""


@dataclass(frozen=True)
class Draft:
    """What a simulation runs, and with which definitions and decisions around it."""

    definition_id: str
    ports: Ports
    digest: str
    problems: tuple[Problem, ...] = ()
    forms: DraftForms = field(default_factory=dict[str, tuple[FormField, ...]])


class DraftDefinitions:
    """The processes of the draft first, then what is deployed."""

    def __init__(self, models: Mapping[str, ProcessModel], library: DefinitionLibrary) -> None:
        self._models, self._library = models, library

    def get_model(self, definition_id: str) -> ProcessModel:
        return self._models.get(definition_id) or self._library.get_model(definition_id)

    def get_definition(self, definition_id: str) -> Definition:
        model = self._models.get(definition_id)
        if model is None:
            return self._library.get_definition(definition_id)
        return Definition(
            id=definition_id,
            key=model.id,
            version=0,
            deployment_id=DEPLOYMENT,
            resource_name="",
            deployed_at=0,
            name=model.name,
            version_tag=model.version_tag,
        )

    def resolve(self, key: str, binding: str, version: str | None, deployment_id: str) -> str:
        drafted = _make_id(key)
        if drafted in self._models and _means_draft(binding, version, deployment_id, self._models[drafted].version_tag):
            return drafted
        return self._library.resolve(key, binding, version, deployment_id)


class DraftDecisions:
    """The decisions of the draft first, then what is deployed."""

    def __init__(self, found: Mapping[str, Decision], decisions: DecisionLibrary) -> None:
        self._found, self._decisions = found, decisions

    def evaluate(
        self,
        key: str,
        binding: str,
        version: str | None,
        deployment_id: str,
        variables: Variables,
        context: Mapping[str, Value] | None = None,
    ) -> Results:
        drafted = self._found.get(key)
        if drafted is not None and _means_draft(binding, version, deployment_id, drafted.version_tag):
            return evaluate(drafted, variables, context)
        return self._decisions.evaluate(key, binding, version, deployment_id, variables, context)


class Drafts:
    def __init__(
        self,
        library: DefinitionLibrary,
        decisions: DecisionLibrary,
        scripts: Scripts,
        max_steps: int,
        max_loop_instances: int,
    ) -> None:
        self._library, self._decisions, self._scripts = library, decisions, scripts
        self._max_steps, self._max_loop_instances = max_steps, max_loop_instances
        self._recent: OrderedDict[str, Draft] = OrderedDict()
        self._lock = threading.Lock()

    def read_definition(self, definition_id: str) -> Draft:
        """A deployed definition, simulated. Raises NotFound."""
        definition = self._library.get(definition_id)
        ports = self._make_ports(self._library, self._decisions)
        return self._get_or_make(definition.id, lambda: Draft(definition.id, ports, definition.id))

    def read_files(self, resources: Sequence[Resource], process_id: str | None) -> Draft:
        """Files, simulated; the process is the first unless named. Raises DeploymentRefused for files with errors."""
        digest = hashlib.sha256(repr([(resource.name, resource.digest) for resource in resources]).encode()).hexdigest()
        return self._get_or_make(f"{digest} {process_id}", lambda: self._read(resources, process_id, digest))

    def _get_or_make(self, question: str, make: Callable[[], Draft]) -> Draft:
        with self._lock:
            found = self._recent.pop(question, None)
        found = found or make()
        with self._lock:
            self._recent[question] = found
            while len(self._recent) > MAX_DRAFTS:
                self._recent.popitem(last=False)
        return found

    def _read(self, resources: Sequence[Resource], process_id: str | None, digest: str) -> Draft:
        contents = read_resources(resources)
        problems = contents.problems
        if any(problem.is_error for problem in problems):
            raise DeploymentRefused(problems)
        models = {_make_id(model.id): model for _, model in contents.list_processes(resources)}
        wanted = _make_id(process_id) if process_id is not None else next(iter(models), "")
        if wanted not in models:
            named = ", ".join(model.id for model in models.values()) or "none"
            raise BadRequest(f"Expected a process to simulate, one of {named}, but found '{process_id or ''}'")
        decisions = {decision.id: decision for _, decision in contents.list_decisions(resources)}
        ports = self._make_ports(DraftDefinitions(models, self._library), DraftDecisions(decisions, self._decisions))
        return Draft(wanted, ports, digest, tuple(problems), read_draft_forms(resources))

    def _make_ports(self, definitions: Definitions, decisions: Decisions) -> Ports:
        return Ports(
            definitions,
            self._scripts,
            decisions,
            max_steps=self._max_steps,
            max_loop_instances=self._max_loop_instances,
        )


def _make_id(key: str) -> str:
    return f"{key}:0:{DEPLOYMENT}"


def _means_draft(binding: str, version: str | None, deployment_id: str, tag: str | None) -> bool:
    if binding == "latest":
        return True
    return deployment_id == DEPLOYMENT if binding == "deployment" else binding == "versionTag" and version == tag
