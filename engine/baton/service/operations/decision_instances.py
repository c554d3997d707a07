"""What was decided: evaluations inside instances are in their history, those that somebody asked for are kept here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple, cast

from baton.expression.dmn import Results
from baton.model.definition import DecisionDefinition
from baton.model.errors import NotFound
from baton.model.events import Event, EventType
from baton.model.ids import is_instance_id
from baton.service.core.clock import Clock
from baton.service.core.ids import Ids
from baton.service.core.settings import Settings
from baton.store.batches import Batch, BatchItem
from baton.store.evaluations import Evaluation
from baton.store.holds import make_held
from baton.store.store import Store

DELETE_DECISIONS = "historic-decision-instance-deletion"
DAY_MS = 86_400_000
_ID = re.compile(r"(?P<of>[^.]{1,64})(?:\.e(?P<position>\d{1,9}))?(?:\.(?P<number>\d{1,3}))?")


class DecisionInstanceId(NamedTuple):
    """``of``: an instance, with the ``position`` of the event, or an evaluation. ``number``: among the decisions that
    were required; None: the one that was asked for.
    """

    of: str
    position: int | None
    number: int | None


def parse_decision_instance_id(text: str) -> DecisionInstanceId:
    """Raises NotFound for what cannot be one."""
    found = _ID.fullmatch(text)
    position = None if found is None or found["position"] is None else int(found["position"])
    if found is None or is_instance_id(found["of"]) is (position is None):
        raise make_missing_decision(text)
    return DecisionInstanceId(found["of"], position, None if found["number"] is None else int(found["number"]))


class DecisionInstances:
    def __init__(self, store: Store, settings: Settings, ids: Ids, clock: Clock) -> None:
        self._store, self._settings, self._ids, self._clock = store, settings, ids, clock

    def record(self, definition: DecisionDefinition, found: Results, by: str | None) -> None:
        """Keep an evaluation that somebody has asked for, by the time to live of its decision."""
        most = self._settings.max_decision_instances
        if not most or not found.evaluated:
            return
        now, days = self._clock.now(), definition.history_ttl_days
        evaluation = Evaluation(
            id=self._ids.make_command_id(),
            definition_id=definition.id,
            key=definition.key,
            at=now,
            by=by,
            tenant_id=definition.tenant_id,
            removal_at=None if days is None else now + days * DAY_MS,
            decisions=cast("Any", found.evaluated),
        )
        self._store.evaluations.add(evaluation, most)

    def iterate(self) -> Iterator[Evaluation]:
        """Those that somebody has asked for, the newest first."""
        return self._store.evaluations.iterate()

    def get(self, evaluation_id: str) -> Evaluation | None:
        """One that somebody has asked for."""
        return self._store.evaluations.get(evaluation_id)

    def delete(self, decision_instance_id: str) -> None:
        """Forget one decision with its inputs and outputs. Raises NotFound, and Conflict for one under legal hold."""
        wanted = parse_decision_instance_id(decision_instance_id)
        if wanted.position is None:
            evaluation = self.get(wanted.of)
            index = -1 if evaluation is None else _find_index(evaluation.decisions, wanted)
            deleted = index >= 0 and self._store.evaluations.delete_decision(wanted.of, index)
        else:
            deleted = self._delete_from_history(wanted, wanted.position)
        if not deleted:
            raise make_missing_decision(decision_instance_id)

    def _delete_from_history(self, wanted: DecisionInstanceId, position: int) -> bool:
        if self._store.holds.list_held([wanted.of]):
            raise make_held(wanted.of)

        def forget(event: Event) -> Event:
            decisions = cast("list[Any]", event.data.get("decisions") or [])
            index = _find_index(decisions, wanted)
            if event.position != position or event.type is not EventType.DECISION_EVALUATED or index < 0:
                return event
            left = [None if at == index else row for at, row in enumerate(decisions)]
            return replace(event, data={**event.data, "decisions": cast("Any", left)})

        return self._store.history.replace_events(wanted.of, forget, position, position) > 0

    def delete_item(self, batch: Batch, item: BatchItem, command_id: str) -> None:
        """As ``Work`` of a batch: what is gone already is done."""
        del batch, command_id
        try:
            self.delete(item.id)
        except NotFound:
            return

    def is_there(self, decision_instance_id: str) -> bool:
        """Whether it is one that somebody has asked for, and within reach."""
        return self.get(decision_instance_id.partition(".")[0]) is not None

    def forget_expired(self, limit: int = 1_000) -> int:
        """Remove evaluations whose time to live is over; returns how many."""
        return self._store.evaluations.forget_expired(self._clock.now(), limit)


def _find_index(decisions: list[Any], wanted: DecisionInstanceId) -> int:
    """Where the decision is; -1 if it is not there."""
    last = len(decisions) - 1
    index = last if wanted.number is None else wanted.number
    there = 0 <= index <= last and (index < last or wanted.number is None) and decisions[index] is not None
    return index if there else -1


def make_missing_decision(decision_instance_id: str) -> NotFound:
    return NotFound(f"Expected a historic decision instance, but there is none with id '{decision_instance_id}'")
