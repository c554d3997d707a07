"""What is wrong between processes: those of a deployment, with each other and with what has been deployed before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol
from xml.sax.saxutils import escape

import structlog

from baton.model.definition import Definition
from baton.model.errors import NotFound, Rejected
from baton.model.problems import Problem, Severity
from baton.service.core.queries import DecisionQuery, DefinitionQuery
from baton.service.deployments.decisions import DecisionLibrary
from baton.service.deployments.library import DefinitionLibrary
from baton.service.deployments.links import Call, ProcessLinks, is_met, make_links
from baton.service.deployments.message_cycles import find_message_cycles
from baton.service.deployments.recursion import find_recursion
from baton.store.rebuilding import UNREADABLE

log = structlog.get_logger("baton.deploy")
MISSING = "not-deployed"
MOST_DEFINITIONS = 500
"""The largest number of deployed definitions that are checked. More are not checked, and this is logged."""


class KnownForms(Protocol):
    """The forms that are deployed."""

    def is_deployed(self, reference: str, version: str | None, tenant_id: str | None) -> bool:
        """Whether a definition of the tenant would find the form that it names."""
        ...


class WithDefinitions(Protocol):
    """An engine, as far as it is needed here."""

    definitions: DefinitionLibrary
    decisions: DecisionLibrary

    @property
    def forms(self) -> KnownForms: ...


def find_problems_between(
    engine: WithDefinitions, fresh: Sequence[ProcessLinks], tenant_id: str | None
) -> list[Problem]:
    """Warnings about the processes that are to be deployed for the tenant."""
    library = engine.definitions
    calls = _Calls(library, fresh, tenant_id)
    calls.collect()
    ids = [item.key for item in fresh]
    partners = _find_partners(library, fresh, tenant_id)
    return [
        *find_missing(engine, calls, fresh, tenant_id),
        *find_recursion(ids, calls.processes, calls.targets),
        *find_message_cycles([*fresh, *partners], len(fresh)),
    ]


def find_problems_among(links: Sequence[ProcessLinks]) -> list[Problem]:
    """The same warnings as far as the processes alone can tell, as if nothing else were deployed."""
    processes = {item.key: item for item in links}
    targets = {
        item.key: [(call, call.key) for call in item.calls if call.key in processes and _means_fresh(call, True)]
        for item in links
    }
    return [*find_recursion(list(processes), processes, targets), *find_message_cycles(links, len(links))]


def _means_fresh(call: Call, is_fresh: bool) -> bool:
    """Whether a call to the key of a fresh process means that process; ``is_fresh``: so is its caller."""
    return call.binding == "latest" or (call.binding == "deployment" and is_fresh)


class _Calls:
    """Who calls whom, from the fresh processes on. Fresh ones are known by their key, deployed ones by their id."""

    def __init__(self, library: DefinitionLibrary, fresh: Sequence[ProcessLinks], tenant_id: str | None) -> None:
        self._library, self._tenant = library, tenant_id
        self._fresh = {item.key for item in fresh}
        self.processes = {item.key: item for item in fresh}
        self.targets: dict[str, list[tuple[Call, str]]] = {}

    def collect(self) -> None:
        todo = list(self.processes)
        while todo:
            id_ = todo.pop()
            found = [(call, self._resolve(id_, call)) for call in self.processes[id_].calls]
            self.targets[id_] = [(call, target) for call, target in found if target is not None]
            todo += [target for _, target in self.targets[id_] if target not in self.targets and target not in todo]

    def _resolve(self, caller: str, call: Call) -> str | None:
        """Whom a call means after the deployment; None for what is not there, or cannot be read."""
        is_fresh = caller in self._fresh
        if call.key in self._fresh and (is_fresh or self._sees_fresh(caller)) and _means_fresh(call, is_fresh):
            return call.key
        try:
            if call.binding == "deployment" and is_fresh:
                return None
            found = self._resolve_deployed(caller, call, is_fresh=is_fresh)
        except NotFound:
            return None
        return found if self._load(found) else None

    def can_resolve(self, call: Call) -> bool:
        """Whether the called process of a call from a new version exists."""
        if is_met(call, self._fresh):
            return True
        try:
            return bool(self._resolve_for_tenant(call))
        except NotFound:
            return False

    def _sees_fresh(self, caller: str) -> bool:
        return self._library.get_definition(caller).tenant_id == self._tenant

    def _resolve_deployed(self, caller: str, call: Call, *, is_fresh: bool) -> str:
        """Raises NotFound."""
        if not is_fresh:
            deployment = self._library.get_definition(caller).deployment_id
            return self._library.resolve(call.key, call.binding, call.version, deployment)
        return self._resolve_for_tenant(call)

    def _resolve_for_tenant(self, call: Call) -> str:
        for tenant_id in dict.fromkeys((self._tenant, None)):
            if (found := self._find_version(call, tenant_id)) is not None:
                return found
        raise NotFound(f"Expected a process '{call.key}', but there is none")

    def _find_version(self, call: Call, tenant_id: str | None) -> str | None:
        if call.binding != "latest":
            wanted = call.version
            versions = self._library.list_versions(call.key, tenant_id)
            matching = (v for v in reversed(versions) if wanted in (str(v.version), v.version_tag))
            return next((v.id for v in matching), None)
        try:
            return self._library.get_latest(call.key, tenant_id).id
        except NotFound:
            return None

    def _load(self, definition_id: str) -> bool:
        if definition_id not in self.processes and len(self.processes) - len(self._fresh) < MOST_DEFINITIONS:
            links = _read_links(self._library, definition_id)
            if links is not None:
                self.processes[definition_id] = links
        return definition_id in self.processes


def find_missing(
    engine: WithDefinitions, calls: _Calls, fresh: Sequence[ProcessLinks], tenant_id: str | None
) -> Iterator[Problem]:
    """Warnings about processes and decisions that are called, and forms that are named, and not there."""
    for link in fresh:
        for call in link.calls:
            if not calls.can_resolve(call):
                yield _make_missing(link, call, "process")
        for call in link.decisions:
            if not _finds_decision(engine.decisions, call, tenant_id):
                yield _make_missing(link, call, "decision")
        for form in link.forms:
            if form.binding != "deployment" and not engine.forms.is_deployed(form.key, form.version, tenant_id):
                yield _make_missing(link, form, "form")


def _finds_decision(decisions: DecisionLibrary, call: Call, tenant_id: str | None) -> bool:
    versions = decisions.find(DecisionQuery(keys=(call.key,)))
    return any(
        version.tenant_id in (tenant_id, None)
        and (call.binding == "latest" or call.version in (str(version.version), version.version_tag))
        for version in versions
    )


def _make_missing(link: ProcessLinks, call: Call, what: str) -> Problem:
    verb = "names" if what == "form" else "calls"
    bound = f" by {call.binding} {call.version}" if call.version is not None else ""
    return Problem(
        rule=MISSING,
        severity=Severity.WARNING,
        message=f"Expected the {what} '{call.key}', which '{call.element}' {verb}{bound}, to be deployed, but it is not"
        ": deploy it before an instance comes there",
        element=call.element,
        line=call.line,
        resource=link.resource,
    )


def _find_partners(
    library: DefinitionLibrary, fresh: Sequence[ProcessLinks], tenant_id: str | None
) -> list[ProcessLinks]:
    """The deployed processes that have a message in common with what the fresh ones wait for, and with each other."""
    if not any(item.waits for item in fresh):
        return []
    left = _read_candidates(library, {item.key for item in fresh}, tenant_id)
    known, todo = set[str](), {name for item in fresh for name in (*item.waits.values(), *item.throws.values()) if name}
    found: list[ProcessLinks] = []
    while todo:
        known |= todo
        words = [escape(name, {'"': "&quot;"}).encode() for name in todo]
        related = [id_ for id_, content in left.items() if any(word in content for word in words)]
        loaded = [links for id_ in related if left.pop(id_) and (links := _read_links(library, id_)) is not None]
        found += loaded
        todo = {name for item in loaded for name in (*item.waits.values(), *item.throws.values()) if name} - known
    return found


def _read_candidates(library: DefinitionLibrary, fresh: set[str], tenant_id: str | None) -> dict[str, bytes]:
    """The files of the latest versions that the tenant's instances may exchange messages with."""
    latest = library.find(DefinitionQuery(latest=True))
    own = {item.key for item in latest if item.tenant_id == tenant_id}
    chosen = [item for item in latest if _is_partner(item, own, tenant_id) and item.key not in fresh]
    if len(chosen) > MOST_DEFINITIONS:
        log.warning("not all definitions were checked", action="deploy.partly_checked", definitions=len(chosen))
    contents = ((item.id, _read_content(library, item)) for item in chosen[:MOST_DEFINITIONS])
    return {id_: content for id_, content in contents if content}


def _is_partner(entry: Definition, own: set[str], tenant_id: str | None) -> bool:
    return entry.tenant_id == tenant_id or (entry.tenant_id is None and entry.key not in own)


def _read_content(library: DefinitionLibrary, definition: Definition) -> bytes:
    try:
        return library.get_content(definition)
    except (Rejected, *UNREADABLE) as error:
        _skip(definition.id, error)
        return b""


def _read_links(library: DefinitionLibrary, definition_id: str) -> ProcessLinks | None:
    try:
        return make_links(library.get_model(definition_id))
    except (Rejected, *UNREADABLE) as error:
        _skip(definition_id, error)
        return None


def _skip(definition_id: str, error: Exception) -> None:
    """What cannot be read any more must not keep others from being deployed."""
    log.warning("definition not checked", action="deploy.unreadable", definition=definition_id, reason=str(error))
