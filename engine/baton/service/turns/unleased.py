"""Turns without a lease: decided on what is in memory and committed in one round trip, if nothing has come between.

The completion of a task is decided on the version that this process wrote last. The commit writes it only if nobody has
a lease or has lost one, no command waits, the version is that one, and the worker still holds the task; else nothing is
written, and the command goes through the mailbox.

Only one process has a version in memory, the one that wrote it. So a turn that kills its process is tried without a
lease at most once: every further attempt takes a lease, and leases are counted when they are lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from baton.model.commands import Answer, CompleteExternalTask
from baton.model.records import InstanceHeader, Lock
from baton.model.turn_result import TurnResult
from baton.service.core.ids import Ids
from baton.service.turns.cached_instance import CachedInstance
from baton.service.turns.executor import TurnExecutor
from baton.store import codec
from baton.store.ports import Queued, StoreUnavailable, Taken

log = structlog.get_logger("baton.turns")


@dataclass(frozen=True, slots=True)
class CommandResult:
    """The answer of a command; ``header`` as of its turn when this process took it."""

    answer: Answer
    header: InstanceHeader | None = None


class UnleasedTurns:
    """Safe for threads and greenlets."""

    def __init__(self, executor: TurnExecutor, ids: Ids) -> None:
        self._executor, self._ids = executor, ids

    def decide(self, taken: Taken) -> tuple[TurnResult, CachedInstance] | None:
        """What a turn without a lease would do; None if it fails: it fails again in a turn that handles that."""
        try:
            return self._executor.decide(taken)
        except StoreUnavailable:
            raise
        except Exception as error:
            log.info("goes through the mailbox", action="turn.repeated", instance=taken.instance_id, reason=str(error))
            return None

    def complete_each(self, asked: Sequence[tuple[str, Queued]]) -> dict[str, CommandResult]:
        """Complete tasks without a lease, in one round trip, where this process has the instance in memory.

        Results by command id. Of what is not in it nothing was written, and it goes through the mailbox. A refusal does
        too, as it may come from something that has changed.
        """
        turns: list[tuple[Taken, TurnResult, CachedInstance]] = []
        for instance_id, queued in asked:
            taken = self._make_unleased(instance_id, queued)
            decided = None if taken is None else self.decide(taken)
            if taken is not None and decided is not None and _is_accepted(decided[0], queued):
                turns.append((taken, *decided))
        try:
            outcomes = self._executor.commit_each(turns) if turns else []
        except codec.Unstorable:
            return {}
        found: dict[str, CommandResult] = {}
        for (_, result, _), outcome in zip(turns, outcomes, strict=True):
            if outcome is None:
                ((command_id, answer),) = result.answers.items()
                found[command_id] = CommandResult(answer, result.header)
        return found

    def _make_unleased(self, instance_id: str, queued: Queued) -> Taken | None:
        """None unless the command completes an external task, and the instance is in memory and at rest here."""
        command = queued.envelope.command
        version = self._executor.cache.get_version(instance_id)
        if not version or not isinstance(command, CompleteExternalTask):
            return None
        # Its fence and its end are those that the store has; the commit looks whose it is.
        lock = Lock(task_id=command.task_id, worker_id=command.worker_id, until=0, fence=0)
        return Taken.make_unleased(instance_id, self._ids.make_turn_owner(), version, queued, lock)


def _is_accepted(result: TurnResult, queued: Queued) -> bool:
    answer = result.answers.get(queued.envelope.id)
    return result.started and answer is not None and answer.error is None
