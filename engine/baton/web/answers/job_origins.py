"""Which element a job is of: its job definition, found in the model, since it is stored with no job."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from baton.model.definition import Definition, EventKind, Node
from baton.model.errors import Rejected
from baton.model.records import Incident, Job, JobKind
from baton.web.models.job_definition import ASYNC

if TYPE_CHECKING:
    from baton.service import Engine, StartJob

TIMER_TYPES = {
    "boundaryEvent": "timer-transition",
    "intermediateCatchEvent": "timer-intermediate-transition",
}


@dataclass(frozen=True, slots=True)
class JobOrigin:
    """A definition with its element: what a job definition is made of. Its id is ``definition~element~type``."""

    definition: Definition
    node: Node
    kind: str
    configuration: str

    @property
    def id(self) -> str:
        return f"{self.definition.id}~{self.node.id}~{self.kind}"


def list_origins(definition: Definition, node: Node) -> Iterator[JobOrigin]:
    """What the element has jobs for."""
    for event in node.events:
        if event.kind is EventKind.TIMER:
            text = event.value.text if event.value is not None else ""
            yield JobOrigin(definition, node, _name_timer(definition, node), f"{(event.timer or '').upper()}: {text}")
    if node.async_before or node.inner_async_before:
        yield JobOrigin(definition, node, ASYNC, "async-before")
    if node.async_after or node.inner_async_after:
        yield JobOrigin(definition, node, f"{ASYNC}-after", "async-after")


def _name_timer(definition: Definition, node: Node) -> str:
    if node.kind.value == "startEvent":
        return "timer-start-event" if node.scope == definition.key else "timer-start-event-subprocess"
    return TIMER_TYPES.get(node.kind.value, "timer-intermediate-transition")


def find_job_definition_id(engine: Engine, job: Job | StartJob) -> str | None:
    """That of a job; None where its model has none: for a step without a boundary that is repeated."""
    return find_origin_id(engine, job.definition_id, job.element, timer=job.kind is JobKind.TIMER)


def find_failed_job_definition_id(engine: Engine, incident: Incident) -> str | None:
    """That of the job whose failure an incident is."""
    if incident.kind != "failedJob":
        return None
    return find_failed_origin_id(engine, incident.definition_id, incident.element)


def find_failed_origin_id(engine: Engine, definition_id: str, element: str) -> str | None:
    """The step after a boundary, else after a timer: no incident says which of both had brought the token there."""
    found = (find_origin_id(engine, definition_id, element, timer=timer) for timer in (False, True))
    return next((id_ for id_ in found if id_ is not None), None)


def find_origin_id(engine: Engine, definition_id: str, element: str, *, timer: bool) -> str | None:
    """Of an element's timers, or of its asynchronous boundaries the first: no job says before or after."""
    try:
        return _read_origins(engine, definition_id, element).get(timer)
    except Rejected:
        return None  # the definition or its file is gone


@lru_cache(maxsize=8192)
def _read_origins(engine: Engine, definition_id: str, element: str) -> dict[bool, str]:
    """By whether it is a timer's. Models never change, so a list parses none that it has been asked about before."""
    definition = engine.definitions.get_definition(definition_id)
    node = engine.definitions.get_model(definition_id).nodes.get(element)
    found: dict[bool, str] = {}
    for origin in () if node is None else list_origins(definition, node):
        found.setdefault(not origin.kind.startswith(ASYNC), origin.id)
    return found
