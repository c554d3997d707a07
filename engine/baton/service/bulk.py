"""Many tasks completed in one request: one batch, and where nobody is in the way one turn, per instance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from baton.model.commands import Answer, CompleteExternalTask
from baton.model.errors import NotFound, Rejected
from baton.model.ids import instance_of, record_id
from baton.model.values import Value
from baton.service.failures import raised
from baton.service.repeats import completed_before
from baton.service.settings import Settings
from baton.service.sizes import check_command
from baton.service.turns import Turns
from baton.store.store import Store

_AT_ONCE = 4
"""Instances whose turns one request takes side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a worker says of one of the tasks that it has done."""

    task_id: str
    worker_id: str
    variables: Mapping[str, Value] = field(default_factory=dict[str, Value])
    local_variables: Mapping[str, Value] = field(default_factory=dict[str, Value])


class Bulk:
    def __init__(self, store: Store, turns: Turns, settings: Settings) -> None:
        self._store, self._turns, self._settings = store, turns, settings

    def complete_external_tasks(
        self, completions: Sequence[Completion], *, command_id: str | None = None
    ) -> list[Rejected | None]:
        """None for each task that is completed, in order, else what it was refused with; each stands for itself."""
        found: list[Rejected | None] = [None] * len(completions)
        by_instance: dict[str, list[tuple[int, CompleteExternalTask]]] = {}
        for place, one in enumerate(completions):
            try:
                instance_id, command = self._command(one)
                by_instance.setdefault(instance_id, []).append((place, command))
            except Rejected as error:
                found[place] = error

        def work(item: tuple[str, list[tuple[int, CompleteExternalTask]]]) -> None:
            for (place, _), outcome in zip(item[1], self._of(*item, command_id), strict=True):
                found[place] = outcome

        if len(by_instance) == 1:
            work(next(iter(by_instance.items())))
        else:
            with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="baton-bulk") as pool:
                list(pool.map(work, by_instance.items()))
        return found

    def _command(self, one: Completion) -> tuple[str, CompleteExternalTask]:
        if record_id(one.task_id) is None:
            raise NotFound(f"Cannot find external task with id {one.task_id}: expected an id such as '…-07.12'")
        command = CompleteExternalTask(
            task_id=one.task_id,
            worker_id=one.worker_id,
            variables=one.variables,
            local_variables=one.local_variables,
        )
        check_command(command, self._settings)
        return instance_of(one.task_id), command

    def _of(
        self, instance_id: str, commands: Sequence[tuple[int, CompleteExternalTask]], command_id: str | None
    ) -> list[Rejected | None]:
        named = [
            (command, None if command_id is None else f"{command_id}:{place}:{command.task_id}")
            for place, command in commands
        ]
        try:
            answers = self._turns.deliver_all(instance_id, named)
        except Rejected as error:
            return [error] * len(commands)
        return [
            self._outcome(instance_id, command, answer) for (_, command), answer in zip(commands, answers, strict=True)
        ]

    def _outcome(self, instance_id: str, command: CompleteExternalTask, answer: Answer) -> Rejected | None:
        try:
            raised(answer)
        except NotFound as error:
            return None if completed_before(self._store, instance_id, command) else error
        except Rejected as error:
            return error
        return None
