"""When ended instances, evaluations and batches are removed: at a moment, never, or by their time to live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from baton.model.definition import Definition
from baton.model.errors import CannotComplete, NotFound
from baton.model.records import InstanceHeader
from baton.model.times import Millis
from baton.model.values import Value
from baton.service.core.clock import Clock
from baton.service.deployments.decisions import DecisionLibrary
from baton.service.deployments.library import DefinitionLibrary
from baton.service.operations.batch_work import BatchWork
from baton.service.operations.batches import Batches
from baton.service.operations.decision_instances import make_missing_decision, parse_decision_instance_id
from baton.store.batches import Batch, BatchItem
from baton.store.removals import NEVER
from baton.store.store import Store

SET_OF_INSTANCES = "process-set-removal-time"
SET_OF_DECISIONS = "decision-set-removal-time"
SET_OF_BATCHES = "batch-set-removal-time"
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalTime:
    """``mode``: ``at`` a moment, ``never``, or by the time to live (``calculated``). ``whole``: with what belongs to
    it.
    """

    mode: Literal["at", "never", "calculated"]
    at: Millis | None = None
    whole: bool = False

    def to_details(self) -> dict[str, Value]:
        """As details of a batch."""
        return {"mode": self.mode, "at": self.at, "whole": self.whole}


class RemovalTimes:
    def __init__(
        self,
        store: Store,
        definitions: DefinitionLibrary,
        decisions: DecisionLibrary,
        batches: Batches,
        work: BatchWork,
        clock: Clock,
    ) -> None:
        self._store, self._definitions, self._decisions, self._batches = store, definitions, decisions, batches
        self._clock = clock
        work.add(SET_OF_INSTANCES, self._set_of_instance)
        work.add(SET_OF_DECISIONS, self._set_of_decision)
        work.add(SET_OF_BATCHES, self._set_of_batch)

    def find_each(self, headers: Sequence[InstanceHeader]) -> list[Millis | None]:
        """When each of the instances is removed; None: never, or not known before its end."""
        asked = self._store.removals.read_each([header.id for header in headers])
        return [self._find(header, moment) for header, moment in zip(headers, asked, strict=True)]

    def _find(self, header: InstanceHeader, asked: Millis | None) -> Millis | None:
        if asked is not None:
            return None if asked == NEVER else asked
        days = self._find_days(header)
        return None if days is None or header.ended_at is None else header.ended_at + days * DAY_MS

    def _find_days(self, header: InstanceHeader) -> int | None:
        try:
            definition: Definition = self._definitions.get(header.definition_id)
        except NotFound:
            return None
        return definition.history_ttl_days

    # -- items of batches

    def _set_of_instance(self, batch: Batch, item: BatchItem, command_id: str) -> None:
        del command_id
        if not self._store.removals.set(item.id, _choose(batch, None)):
            raise NotFound(f"Expected a process instance with id '{item.id}', but there is none")

    def _set_of_decision(self, batch: Batch, item: BatchItem, command_id: str) -> None:
        found = parse_decision_instance_id(item.id)
        if found.position is not None and batch.details["whole"]:
            self._set_of_instance(batch, BatchItem(item.number, found.of, item.attempt), command_id)
            return
        if found.position is not None:
            raise CannotComplete(
                f"Expected an evaluation that no process has asked for, but '{item.id}' is removed with its process "
                "instance: set the removal time of that one, or send hierarchical=true"
            )
        evaluation = self._store.evaluations.get(found.of)
        if evaluation is None:
            raise make_missing_decision(item.id)
        moment = _choose(batch, self._calculate(evaluation.definition_id, evaluation.at))
        self._store.evaluations.set_removal(found.of, None if moment == NEVER else moment)

    def _calculate(self, decision_definition_id: str, at: Millis) -> Millis:
        try:
            days = self._decisions.get(decision_definition_id).history_ttl_days
        except NotFound:
            days = None
        return NEVER if days is None else at + days * DAY_MS

    def _set_of_batch(self, batch: Batch, item: BatchItem, command_id: str) -> None:
        del command_id
        self._batches.set_removal(item.id, _choose(batch, None))


def _choose(batch: Batch, calculated: Millis | None) -> Millis | None:
    mode, at = batch.details["mode"], batch.details["at"]
    if mode == "at" and isinstance(at, int):
        return at
    return NEVER if mode == "never" else calculated
