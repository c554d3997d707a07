"""The files of a deployment, read: the processes and decisions in them, and all problems."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from baton import bpmn
from baton.expression.dmn import Decision, DmnReading, read_dmn
from baton.model.definition import ProcessModel
from baton.model.errors import BadRequest
from baton.model.problems import Problem, Severity
from baton.service.deployments.contracts import Contract, list_sent
from baton.service.deployments.event_mappings import ENDING, find_mapping_problems, find_observing_problems, parse_sent
from baton.service.deployments.form_files import list_form_references
from baton.service.deployments.links import ProcessLinks, is_met, list_calls, make_links

DMN_ENDINGS = (".dmn", ".dmn11.xml", ".dmn.xml")
BPMN_ENDINGS = (".bpmn", ".bpmn20.xml", ".xml")
_SENDING = (b"messageEventDefinition", b"signalEventDefinition", b"sendTask")
"""A file without these words sends nothing."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A file to deploy."""

    name: str
    content: bytes

    @property
    def is_dmn(self) -> bool:
        return self.name.endswith(DMN_ENDINGS)

    @property
    def is_bpmn(self) -> bool:
        return self.name.endswith(BPMN_ENDINGS) and not self.is_dmn

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in the files. With an error among the problems nothing of it may be deployed."""

    bpmn: tuple[tuple[Resource, bpmn.Reading], ...]
    dmn: tuple[tuple[Resource, DmnReading], ...]
    resources: tuple[Resource, ...]
    """All of them, also those that are only stored."""
    contracts: tuple[Contract, ...] = ()
    """In the outline: the events that the processes send."""

    def add_related(self, wanted: Sequence[Resource]) -> set[str]:
        """The names of those wanted, of the models whose scripts or imports are among them, and those of the models."""
        given = {resource.name for resource in wanted}
        files = [(r.name, read.files) for r, read in (*self.bpmn, *self.dmn)]
        related = [(name, found) for name, found in files if name in given or found & given]
        return given.union(*({name, *found} for name, found in related))

    def list_processes(self, wanted: Sequence[Resource]) -> list[tuple[str, ProcessModel]]:
        """Resource name and process, of the resources wanted."""
        names = {resource.name for resource in wanted}
        return [(r.name, model) for r, reading in self.bpmn if r.name in names for model in reading.processes]

    def list_decisions(self, wanted: Sequence[Resource]) -> list[tuple[str, Decision]]:
        names = {resource.name for resource in wanted}
        return [(r.name, decision) for r, reading in self.dmn if r.name in names for decision in reading.decisions]

    def make_outline(self) -> Contents:
        """The same without what only running needs, without problems and without the bytes: little to send."""
        empty = {resource.name: Resource(resource.name, b"") for resource in self.resources}
        return Contents(
            tuple(
                (
                    empty[r.name],
                    replace(reading, processes=tuple(model.make_outline() for model in reading.processes), problems=()),
                )
                for r, reading in self.bpmn
            ),
            tuple((empty[r.name], _outline_dmn(reading)) for r, reading in self.dmn),
            tuple(empty.values()),
        )

    @property
    def links(self) -> list[ProcessLinks]:
        """What each process has to do with others; decisions and forms of its own deployment are none."""
        own = {decision.id for _, reading in self.dmn for decision in reading.decisions}
        drawn = set(list_form_references(self.resources))
        found = [make_links(model, r.name) for r, reading in self.bpmn for model in reading.processes]
        return [
            replace(
                link,
                decisions=tuple(call for call in link.decisions if not is_met(call, own)),
                forms=tuple(form for form in link.forms if not is_met(form, drawn)),
            )
            for link in found
        ]

    @property
    def problems(self) -> list[Problem]:
        """The problems of every file, and of the files together."""
        found = [problem for _, reading in (*self.bpmn, *self.dmn) for problem in reading.problems]
        if any(reading.processes for _, reading in self.bpmn) or any(reading.decisions for _, reading in self.dmn):
            found = [_weaken(problem) for problem in found]
        processes = [(r.name, model.id, model.line) for r, read in self.bpmn for model in read.processes]
        decisions = [(r.name, decision.id, decision.line) for r, read in self.dmn for decision in read.decisions]
        missing = self._find_unbound({id_ for _, id_, _ in processes}, {id_ for _, id_, _ in decisions})
        return [*found, *_find_duplicates("process", processes), *_find_duplicates("decision", decisions), *missing]

    def _find_unbound(self, processes: set[str], decisions: set[str]) -> Iterator[Problem]:
        """What is bound to its deployment and not in it: it could never be found."""
        there = {"process": processes, "decision": decisions, "form": set(list_form_references(self.resources))}
        named = (
            (resource, what, call)
            for resource, reading in self.bpmn
            for model in reading.processes
            for what in there
            for call in list_calls(model, what)
        )
        for resource, what, call in named:
            if call.binding == "deployment" and call.key not in there[what]:
                yield Problem(
                    rule="not-in-deployment",
                    severity=Severity.WARNING,
                    message=f"Expected the {what} '{call.key}' in the same deployment, to which "
                    f"'{call.element}' is bound, but it is not there",
                    element=call.element,
                    line=call.line,
                    resource=resource.name,
                )


def _outline_dmn(reading: DmnReading) -> DmnReading:
    decisions = tuple(replace(decision, logic=None, required=()) for decision in reading.decisions)
    return replace(reading, decisions=decisions, problems=(), services=())


def _weaken(problem: Problem) -> Problem:
    """A file without an executable process is not a mistake beside one that has something to run."""
    if problem.rule != "no-executable-process":
        return problem
    message = f"{problem.message}: nothing of this file is run"
    return replace(problem, severity=Severity.WARNING, message=message)


def read_resources(resources: Iterable[Resource]) -> Contents:
    """Read what is BPMN or DMN by its name; other files are only stored."""
    listed = tuple(resources)
    beside = {item.name: item.content for item in listed}
    return Contents(
        tuple((item, bpmn.read(item.content, item.name, beside)) for item in listed if item.is_bpmn),
        tuple((item, read_dmn(item.content, item.name, beside)) for item in listed if item.is_dmn),
        listed,
    )


def find_problems(resources: Sequence[Resource]) -> tuple[list[Problem], list[ProcessLinks]]:
    """The findings, and what the processes have to do with others; none of it with an error."""
    problems, links, _ = read_outline(resources)
    return problems, links


def read_outline(resources: Sequence[Resource]) -> tuple[list[Problem], list[ProcessLinks], Contents]:
    """The findings, what the processes have to do with others (none with an error), and the outline of the contents."""
    contents = read_resources(resources)
    mappings = [resource for resource in resources if resource.name.endswith(ENDING)]
    problems = [*contents.problems, *(p for file in mappings for p in _find_mapping_problems(file, contents))]
    failed = any(problem.is_error for problem in problems)
    outline = contents.make_outline()
    if not failed and any(word in item.content for item in resources if item.is_bpmn for word in _SENDING):
        outline = replace(outline, contracts=_list_contracts(contents, mappings))
    return problems, [] if failed else contents.links, outline


def _list_contracts(contents: Contents, mappings: Sequence[Resource]) -> tuple[Contract, ...]:
    declared = [event for file in mappings for event in parse_sent(file.content)]
    models = [model for _, reading in contents.bpmn for model in reading.processes]
    return tuple(contract for model in models for contract in list_sent(model, declared))


def _find_mapping_problems(file: Resource, contents: Contents) -> list[Problem]:
    models = [model for _, reading in contents.bpmn for model in reading.processes]
    found = find_mapping_problems(file.content, file.name)
    return found or find_observing_problems(file.content, file.name, models)


def check_names(resources: Sequence[Resource]) -> None:
    """Raises BadRequest unless there is at least one resource, and each name once."""
    if not resources:
        raise BadRequest("Expected at least one resource to deploy, but found none")
    names = [resource.name for resource in resources]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise BadRequest(f"Expected each resource name once, but found '{doubled[0]}' more than once")


def _find_duplicates(what: str, found: Iterable[tuple[str, str, int | None]]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for resource, id_, line in found:
        if id_ in seen:
            yield Problem(
                rule=f"duplicate-{what}",
                severity=Severity.ERROR,
                message=f"Expected each {what} id once in a deployment, but '{id_}' is in '{seen[id_]}' too",
                element=id_,
                line=line,
                resource=resource,
            )
        seen[id_] = resource
