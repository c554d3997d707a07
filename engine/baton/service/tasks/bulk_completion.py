"""Many tasks completed in one request: one batch, and one turn per instance where no other process has the lease."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from baton.model.commands import Answer, CompleteExternalTask
from baton.model.errors import NotFound, RequestFailed
from baton.model.ids import get_instance_id, parse_record_id
from baton.model.values import Value
from baton.service.core.settings import Settings
from baton.service.core.sizes import check_command
from baton.service.tasks.repeated_completions import was_completed
from baton.service.turns.failures import raise_refusal
from baton.service.turns.mailbox import Mailbox
from baton.store.store import Store

BATCH = 20
"""Tasks that share their round trips: while their turns are computed, this process serves no other request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """The completion of one task by a worker."""

    task_id: str
    worker_id: str
    variables: Mapping[str, Value] = field(default_factory=dict[str, Value])
    local_variables: Mapping[str, Value] = field(default_factory=dict[str, Value])


class BulkCompletion:
    def __init__(self, store: Store, mailbox: Mailbox, settings: Settings) -> None:
        self._store, self._mailbox, self._settings = store, mailbox, settings

    def complete(
        self, completions: Sequence[Completion], *, command_id: str | None = None
    ) -> list[RequestFailed | None]:
        """In order, None for each completed task, else why it was refused; a refusal does not affect others."""
        found: list[RequestFailed | None] = [None] * len(completions)
        commands: list[tuple[int, CompleteExternalTask]] = []
        for place, completion in enumerate(completions):
            try:
                commands.append((place, self._make_command(completion)))
            except RequestFailed as error:
                found[place] = error
        for first in range(0, len(commands), BATCH):
            part = commands[first : first + BATCH]
            for (place, _), outcome in zip(part, self._deliver(part, command_id), strict=True):
                found[place] = outcome
        return found

    def _deliver(
        self, part: Sequence[tuple[int, CompleteExternalTask]], command_id: str | None
    ) -> list[RequestFailed | None]:
        """Each command has an id derived from that of the request, so that a repeat finds each answer."""
        outcomes = self._mailbox.deliver_each(
            [
                (get_instance_id(command.task_id), command, command_id and f"{command_id}:{place}:{command.task_id}")
                for place, command in part
            ]
        )
        return [self._check_outcome(command, outcome) for (_, command), outcome in zip(part, outcomes, strict=True)]

    def _make_command(self, completion: Completion) -> CompleteExternalTask:
        if parse_record_id(completion.task_id) is None:
            raise NotFound(f"Cannot find external task with id {completion.task_id}: expected an id such as '…-07.12'")
        command = CompleteExternalTask(
            task_id=completion.task_id,
            worker_id=completion.worker_id,
            variables=completion.variables,
            local_variables=completion.local_variables,
        )
        check_command(command, self._settings)
        return command

    def _check_outcome(self, command: CompleteExternalTask, outcome: Answer | RequestFailed) -> RequestFailed | None:
        try:
            if isinstance(outcome, RequestFailed):
                raise outcome
            raise_refusal(outcome)
        except NotFound as error:
            return None if was_completed(self._store, get_instance_id(command.task_id), command) else error
        except RequestFailed as error:
            return error
        return None
