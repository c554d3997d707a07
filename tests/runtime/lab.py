"""A laboratory for one instance: a model, a clock that tests set, and a worker that tests direct.

With ``restoring`` on, the instance is thrown away and restored from its rows after every decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from baton.bpmn import read
from baton.expression.scripts import LocalScriptRunner
from baton.model import commands
from baton.model.commands import Answer, Command, Envelope
from baton.model.definition import Definition, ProcessModel
from baton.model.errors import NotFound
from baton.model.events import Event, EventType
from baton.model.ids import make_instance_id
from baton.model.records import ExternalTask, Incident, InstanceHeader, Job, LedgerEntry, Lock, Subscription, UserTask
from baton.model.turn_result import Outgoing, TurnResult
from baton.model.values import Value
from baton.runtime import Instance, Ports

HOUR = 3_600_000
BEGIN = 1_700_000_000_000
WORKER = "lab"


class Library:
    """Definitions by id: ``key:1:lab``."""

    def __init__(self, *models: ProcessModel) -> None:
        self.models = {f"{model.id}:1:lab": model for model in models}

    def get_model(self, definition_id: str) -> ProcessModel:
        return self.models[definition_id]

    def get_definition(self, definition_id: str) -> Definition:
        key, version, deployment = definition_id.split(":")
        return Definition(
            id=definition_id, key=key, version=int(version), deployment_id=deployment, resource_name="", deployed_at=0
        )

    def resolve(self, key: str, binding: str, version: str | None, deployment_id: str) -> str:
        if f"{key}:1:lab" not in self.models:
            raise NotFound(f"Expected a process '{key}', but found none")
        return f"{key}:1:lab"


def models(source: str | Path) -> list[ProcessModel]:
    """The processes of a BPMN file, or of a text; a file with errors fails the test with all of them."""
    data = source.read_bytes() if isinstance(source, Path) else source.encode()
    reading = read(data)
    assert not reading.errors, "\n".join(map(str, reading.errors))
    return list(reading.processes)


@dataclass
class Lab:
    library: Library
    restoring: bool = True
    now: int = BEGIN
    events: list[Event] = field(default_factory=list)
    sent: list[Outgoing] = field(default_factory=list)
    fields: dict[str, Value] = field(default_factory=dict)
    instance: Instance = None  # type: ignore[assignment]
    decision: TurnResult = None  # type: ignore[assignment]
    count: int = 0

    @classmethod
    def of(cls, *sources: str | Path, **options: Any) -> Lab:
        found = [model for source in sources for model in models(source)]
        return cls(Library(*found), **options)

    def __post_init__(self) -> None:
        self.ports = Ports(self.library, LocalScriptRunner())
        self.instance = Instance(make_instance_id(bytes(10), 7), self.ports)

    # -- doing --------------------------------------------------------------------------------------------------

    def send(self, *given: Command, locks: Mapping[str, Lock] | None = None) -> Answer:
        """Apply commands in one turn; the answer to the last. A rejected command fails the test."""
        answer = self.offer(*given, locks=locks)
        assert answer.error is None, f"{answer.error}: {answer.message}"
        return answer

    def offer(self, *given: Command, locks: Mapping[str, Lock] | None = None) -> Answer:
        """Apply commands in one turn; the answer to the last, which may be an error."""
        envelopes = []
        for command in given:
            self.count += 1
            envelopes.append(Envelope(id=f"c{self.count}", command=command, submitted_at=self.now))
        self.decision = self.instance.decide(envelopes, self.now, locks if locks is not None else self._locks())
        self._commit(self.decision)
        return self.decision.answers[envelopes[-1].id] if envelopes else Answer()

    def start(self, key: str | None = None, **variables: Value) -> Lab:
        definition = f"{key}:1:lab" if key else next(iter(self.library.models))
        self.send(commands.StartInstance(definition_id=definition, variables=variables, business_key="B-1"))
        return self

    def complete(self, element: str, **variables: Value) -> Lab:
        """Complete the one open external or user task at the element, as its worker or person."""
        task = self.task(element)
        if isinstance(task, ExternalTask):
            self.send(commands.CompleteExternalTask(task_id=task.id, worker_id=WORKER, variables=variables))
        else:
            self.send(commands.CompleteUserTask(task_id=task.id, variables=variables))
        return self

    def fail(self, element: str, message: str = "no luck", retries: int | None = 0) -> Lab:
        task = self.task(element)
        self.send(commands.FailExternalTask(task_id=task.id, worker_id=WORKER, error_message=message, retries=retries))
        return self

    def error(self, element: str, code: str, **variables: Value) -> Lab:
        """The worker reports a BPMN error."""
        task = self.task(element)
        self.send(commands.ThrowTaskError(task_id=task.id, worker_id=WORKER, error_code=code, variables=variables))
        return self

    def message(self, name: str, **variables: Value) -> Lab:
        sub = next(s for s in self.open(Subscription) if s.kind == "message" and s.name == name)
        self.send(commands.DeliverMessage(subscription_id=sub.id, variables=variables))
        return self

    def signal(self, name: str, **variables: Value) -> Lab:
        self.send(commands.DeliverSignal(name=name, variables=variables))
        return self

    def set(self, **variables: Value) -> Lab:
        self.send(commands.SetVariables(set=variables))
        return self

    def wait(self, ms: int) -> Lab:
        """Let time pass, firing each timer at its own moment."""
        until = self.now + ms
        while self.decision.next_due is not None and self.decision.next_due <= until:
            self.now = max(self.now, self.decision.next_due)
            self.offer()
        self.now = until
        return self

    # -- seeing -------------------------------------------------------------------------------------------------

    @property
    def header(self) -> InstanceHeader:
        return self.decision.header

    @property
    def state(self) -> str:
        return self.header.state.value

    def open(self, kind: type) -> list[Any]:
        return list(self.instance.workflow.waits.iterate(kind))

    def task(self, element: str) -> ExternalTask | UserTask:
        found = [t for kind in (ExternalTask, UserTask) for t in self.open(kind) if t.element == element]
        assert found, f"no open task at '{element}', but at {self.waiting}"
        return found[0]

    def external_task(self, element: str) -> ExternalTask:
        found = self.task(element)
        assert isinstance(found, ExternalTask)
        return found

    def user_task(self, element: str) -> UserTask:
        found = self.task(element)
        assert isinstance(found, UserTask)
        return found

    @property
    def waiting(self) -> list[str]:
        """The elements with open external and user tasks, sorted."""
        return sorted(task.element for kind in (ExternalTask, UserTask) for task in self.open(kind))

    @property
    def open_tasks(self) -> list[ExternalTask]:
        return self.open(ExternalTask)

    @property
    def jobs(self) -> list[Job]:
        return self.open(Job)

    @property
    def incidents(self) -> list[Incident]:
        return self.open(Incident)

    @property
    def ledger(self) -> list[LedgerEntry]:
        return self.instance.ledger

    @property
    def variables(self) -> dict[str, Value]:
        prefix = "v0/"
        return {name[len(prefix) :]: value for name, value in self.fields.items() if name.startswith(prefix)}

    def path(self, *types: EventType) -> list[str]:
        """The elements of all events of the types, by default those that completed."""
        wanted = types or (EventType.ELEMENT_COMPLETED,)
        return [event.element or "" for event in self.events if event.type in wanted]

    @property
    def undone(self) -> list[str]:
        """The activities that were undone, in the order of undoing."""
        return self.path(EventType.UNDO_COMPLETED)

    def _locks(self) -> dict[str, Lock]:
        if self.instance.header is None:
            return {}
        tasks = self.open(ExternalTask)
        return {t.id: Lock(task_id=t.id, worker_id=WORKER, until=self.now + HOUR, fence=1) for t in tasks}

    def _commit(self, decision: TurnResult) -> None:
        self.events.extend(decision.events)
        self.sent.extend(decision.outgoing)
        for name in decision.drop:
            self.fields.pop(name, None)
        self.fields.update(decision.put)
        if self.restoring:
            self.instance = Instance.restore(self.instance.id, dict(self.fields), self.ports)
