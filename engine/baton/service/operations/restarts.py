"""Ended instances begun again: new ones of a definition, with their variables, at elements that the caller names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

from baton.model.definition import ProcessModel
from baton.model.errors import BadRequest, NotFound
from baton.model.events import EventType
from baton.model.records import InstanceHeader
from baton.model.values import Value
from baton.service.core.queries import InstanceQuery
from baton.service.deployments.library import DefinitionLibrary
from baton.service.operations.batch_work import BatchWork
from baton.service.operations.batches import Batches, BatchRequest
from baton.service.reads.history.projection import HistoryProjection
from baton.service.reads.history.reader import HistoryReader
from baton.service.reads.instance_queries import InstanceQueries
from baton.service.starts import Starts
from baton.store.batches import Batch, BatchItem, BatchProgress

RESTART = "instance-restart"


@dataclass(frozen=True, slots=True)
class RestartInstruction:
    """``element``: of a node, or with ``startTransition`` of a sequence flow."""

    kind: Literal["startBeforeActivity", "startAfterActivity", "startTransition"]
    element: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartRequest:
    """``initial``: with the variables that an instance began with, not its last ones."""

    definition_id: str
    instance_ids: Sequence[str]
    instructions: Sequence[RestartInstruction]
    initial: bool = False
    without_business_key: bool = False


class Restarts:
    def __init__(
        self,
        library: DefinitionLibrary,
        instances: InstanceQueries,
        history: HistoryReader,
        starts: Starts,
        batches: Batches,
    ) -> None:
        self._library, self._instances, self._history = library, instances, history
        self._starts, self._batches = starts, batches

    def register(self, work: BatchWork) -> None:
        """Have batches that restart done."""
        work.add(RESTART, self._run)

    def execute(self, request: RestartRequest, by: str | None) -> None:
        """Restart the instances now. Raises NotFound, BadRequest for any that cannot be, before the first is."""
        before, headers = self._find_elements(request), self._find_ended(request)
        for header in headers:
            self._start(header, request.definition_id, before, request, by, None)

    def execute_later(self, request: RestartRequest) -> BatchProgress:
        """The same as a batch."""
        before, headers = self._find_elements(request), self._find_ended(request)
        details: dict[str, Value] = {
            "definition": request.definition_id,
            "before": list[Value](before),
            "initial": request.initial,
            "withoutKey": request.without_business_key,
        }
        return self._batches.create(BatchRequest(kind=RESTART, items=[it.id for it in headers], details=details))

    def _run(self, batch: Batch, item: BatchItem, command_id: str) -> None:
        details = batch.details
        request = RestartRequest(
            definition_id=str(details["definition"]),
            instance_ids=[item.id],
            instructions=(),
            initial=bool(details["initial"]),
            without_business_key=bool(details["withoutKey"]),
        )
        (header,) = self._find_ended(request)
        before = cast("list[str]", details["before"])
        self._start(header, request.definition_id, before, request, batch.created_by, command_id)

    def _start(
        self,
        header: InstanceHeader,
        definition_id: str,
        before: Sequence[str],
        request: RestartRequest,
        by: str | None,
        command_id: str | None,
    ) -> None:
        variables = self._read_first(header) if request.initial else self._history.project(header).values.get(0, {})
        self._starts.start(
            definition_id,
            business_key=None if request.without_business_key else header.business_key,
            variables=variables,
            before=before,
            by=by,
            tenant_id=header.tenant_id,
            command_id=command_id,
            repeated=command_id is not None,
        )

    def _read_first(self, header: InstanceHeader) -> dict[str, Value]:
        """The variables of the instance before anything was entered."""
        projection = HistoryProjection(header)
        for event in self._history.list_events(header.id, 1, min(header.position, 10)):
            if event.type is EventType.ELEMENT_ENTERED:
                break
            projection.apply(event)
        return projection.values.get(0, {})

    def _find_ended(self, request: RestartRequest) -> list[InstanceHeader]:
        ids = tuple(dict.fromkeys(request.instance_ids))
        found = {header.id: header for header in self._instances.find(InstanceQuery(ids=ids, include_ended=True))}
        for id_ in ids:
            header = found.get(id_)
            if header is None:
                raise NotFound(f"Expected an ended process instance with id '{id_}', but there is none")
            if not header.state.is_ended:
                raise BadRequest(f"Expected ended process instances to restart, but '{id_}' is {header.state.value}")
            if header.definition_id != request.definition_id:
                raise BadRequest(
                    f"Expected instances of '{request.definition_id}', but '{id_}' is of '{header.definition_id}'"
                )
        if not ids:
            raise BadRequest("Expected ended process instances to restart, but the ids and queries name none")
        return [found[id_] for id_ in ids]

    def _find_elements(self, request: RestartRequest) -> list[str]:
        """The elements before which an instance begins: the same as after an activity, or on a flow."""
        if not request.instructions:
            raise BadRequest("Expected instructions that say where the instances begin, but found none")
        model = self._library.get_model(self._library.get(request.definition_id).id)
        return [element for instruction in request.instructions for element in _find_targets(model, instruction)]


def _find_targets(model: ProcessModel, instruction: RestartInstruction) -> list[str]:
    name = instruction.element
    if instruction.kind == "startTransition":
        if name not in model.flows:
            raise BadRequest(f"Expected a sequence flow of process '{model.id}', but found '{name}'")
        return [model.flows[name].target]
    if name not in model.nodes or model.nodes[name].scope != model.id:
        raise BadRequest(
            f"Expected an element of process '{model.id}', outside of subprocesses, to begin at, but found '{name}'"
        )
    if instruction.kind == "startBeforeActivity":
        return [name]
    flows = model.nodes[name].outgoing
    if not flows:
        raise BadRequest(f"Expected an element that flows lead away from, to begin after it, but found '{name}'")
    return [model.flows[flow].target for flow in flows]
