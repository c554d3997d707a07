"""How the items of a batch are done: by a command for the instance of each, or by what its type says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, cast

from baton.model.commands import Command
from baton.model.errors import NotFound, Overloaded, RequestFailed
from baton.model.ids import get_instance_id
from baton.model.values import Value
from baton.service.core.acting import act_as
from baton.service.messaging.messages import MessageQuery, Messages
from baton.service.operations.administration import Administration
from baton.service.turns.mailbox import Mailbox
from baton.store.batches import Batch, BatchItem
from baton.store.ports import StoreUnavailable

Outcome: TypeAlias = "RequestFailed | str | None"
"""Why an item has failed, if it has."""
Work: TypeAlias = "Callable[[Batch, BatchItem, str], None]"
"""Does one item under a command id, which makes a repeat harmless. Raises RequestFailed."""
DELETE_HISTORY, CORRELATE = "historic-instance-deletion", "correlate-message"


class BatchWork:
    """Raises StoreUnavailable: then nothing is known, and the step is repeated."""

    def __init__(self, mailbox: Mailbox, messages: Messages, administration: Administration) -> None:
        self._mailbox, self._messages, self._administration = mailbox, messages, administration
        self._works: dict[str, Work] = {DELETE_HISTORY: self._delete_history, CORRELATE: self._correlate}

    def add(self, kind: str, work: Work) -> None:
        """Have batches of this type without a command done so."""
        self._works[kind] = work

    def run(self, batch: Batch, items: Sequence[BatchItem]) -> list[Outcome]:
        """Do the items, each once however often it is called; in order."""
        with act_as(batch.created_by):
            if batch.command is not None:
                return self._submit(batch, batch.command, items)
            return [self._run_one(batch, item) for item in items]

    def _submit(self, batch: Batch, command: Command, items: Sequence[BatchItem]) -> list[Outcome]:
        asked = [
            (get_instance_id(item.id), _address(command, batch.item_field, item.id), make_command_id(batch, item))
            for item in items
        ]
        outcomes = self._mailbox.deliver_each(asked)
        for outcome in outcomes:
            if isinstance(outcome, StoreUnavailable):
                raise outcome
        return [
            outcome if isinstance(outcome, RequestFailed) else outcome.message if outcome.error is not None else None
            for outcome in outcomes
        ]

    def _run_one(self, batch: Batch, item: BatchItem) -> Outcome:
        try:
            self._works[batch.kind](batch, item, make_command_id(batch, item))
        except StoreUnavailable:
            raise
        except RequestFailed as error:
            return error
        return None

    def _delete_history(self, batch: Batch, item: BatchItem, command_id: str) -> None:
        del batch, command_id
        try:
            self._administration.delete_history(item.id)
        except NotFound:
            return  # It is gone, as it was to be.

    def _correlate(self, batch: Batch, item: BatchItem, command_id: str) -> None:
        """An instance that does not wait for the message is left alone."""
        query = MessageQuery(
            name=str(batch.details["name"]),
            process_instance_id=item.id,
            variables=cast("Mapping[str, Value]", batch.details["variables"]),
            all=True,
            message_id=command_id,
        )
        self._messages.correlate(query)


def make_command_id(batch: Batch, item: BatchItem) -> str:
    """The same for each repeat of a step, so that an instance undergoes it once."""
    return f"batch:{batch.id}:{item.number}:{item.attempt}"


def is_same_attempt(outcome: Outcome) -> bool:
    """Whether it may still have an effect: then it is repeated under the same id."""
    return isinstance(outcome, Overloaded)


def _address(command: Command, field: str, item_id: str) -> Command:
    changes: dict[str, Any] = {field: item_id} if field else {}
    return replace(command, **changes)
