"""Which elements and flows the tests of a run have passed, in numbers and as pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from baton.bpmn.document import parse
from baton.bpmn.element import Element
from baton.client import Client, Definition, Event
from baton.drawing import NoDiagram, render_diagram

KINDS = ("task", "Task", "Event", "Gateway", "subProcess", "SubProcess", "transaction", "callActivity", "sequenceFlow")
MOST_NAMED = 8


@dataclass(slots=True)
class ProcessCoverage:
    """A process as it was in its file: ``elements`` are its nodes and flows, ``passed`` those that any test reached."""

    key: str
    content: bytes
    elements: frozenset[str]
    passed: set[str] = field(default_factory=set[str])

    @property
    def missed(self) -> list[str]:
        return sorted(self.elements - self.passed)

    @property
    def percent(self) -> int:
        return 100 * len(self.elements & self.passed) // max(1, len(self.elements))


class Coverage:
    """Filled by each test before its instances are gone."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, bytes], ProcessCoverage] = {}

    @property
    def processes(self) -> list[ProcessCoverage]:
        return sorted(self._found.values(), key=lambda found: found.key)

    def add(self, client: Client, deployments: Sequence[str]) -> None:
        """What all instances of these deployments have passed, also in processes that they called there."""
        found = [definition for id_ in deployments for definition in client.list_definitions(deploymentId=id_)]
        by_id = {definition.id: self._open(client, definition) for definition in found}
        for definition in found:
            for header in client.list_instances(processDefinitionId=definition.id):
                for definition_id, passed in walk_history(definition.id, client.list_history(header.id)):
                    if definition_id in by_id:
                        by_id[definition_id].passed.add(passed)

    def _open(self, client: Client, definition: Definition) -> ProcessCoverage:
        key, content = definition.key, client.get_bpmn(definition.id).encode()
        if (key, content) not in self._found:
            self._found[key, content] = ProcessCoverage(key, content, frozenset(list_elements(content, key)))
        return self._found[key, content]

    def describe(self) -> Iterator[str]:
        """Lines for the terminal."""
        width = max((len(process.key) for process in self.processes), default=0)
        for process in self.processes:
            reached = len(process.elements & process.passed)
            line = f"{process.key:<{width}}  {process.percent:>3} %  {reached} of {len(process.elements)}"
            yield line + (f"  not passed: {_shorten(process.missed)}" if process.missed else "")

    def write(self, folder: Path) -> Iterator[str]:
        """One SVG per process; yields what was written, or why it was not."""
        folder.mkdir(parents=True, exist_ok=True)
        for number, process in enumerate(self.processes):
            marks = {element: "covered" if element in process.passed else "missed" for element in process.elements}
            again = any(process.key == before.key for before in self.processes[:number])
            target = folder / f"{process.key}{f'-{number}' if again else ''}.svg"
            try:
                target.write_text(render_diagram(process.content, marks, process.key, process.key), encoding="utf-8")
                yield str(target)
            except NoDiagram as error:
                yield f"{process.key} has no picture: {error}"


def list_elements(content: bytes, process_id: str) -> Iterator[str]:
    """The ids of the nodes and flows of a process, those inside its subprocesses too."""
    process = parse(content).ids[process_id]
    for element in process.walk():
        if element.id and _is_counted(element):
            yield element.id


def _is_counted(element: Element) -> bool:
    return element.is_bpmn(element.name) and element.name.endswith(KINDS)


def walk_history(definition_id: str, history: Iterator[Event]) -> Iterator[tuple[str, str]]:
    """Definition and id of each element that was entered and each flow that was taken: also of called processes."""
    homes: dict[int, str] = {}
    called: dict[int, str] = {}
    for event in history:
        token = event.token if event.token is not None else 0
        if event.type == "ElementEntered":
            homes[token] = _find_home(event.data, definition_id, homes, called)
            if calls := event.data.get("called"):
                called[token] = str(calls)
            if event.element is not None:
                yield homes[token], event.element
        elif event.type == "FlowTaken" and (flow := event.data.get("flow")):
            yield homes.get(token, definition_id), str(flow)


def _find_home(
    data: Mapping[str, object], definition_id: str, homes: Mapping[int, str], called: Mapping[int, str]
) -> str:
    parent = data.get("parent")
    if not isinstance(parent, int):
        return definition_id
    return called.get(parent) or homes.get(parent, definition_id)


def _shorten(names: list[str]) -> str:
    rest = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
