"""Commands for instances: submitted, applied in a turn, committed, answered. The only way an instance changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import structlog

from baton.model.commands import Answer, Command, Envelope
from baton.model.errors import NotFound, Overloaded, RequestFailed
from baton.model.times import Millis
from baton.model.turn_result import TurnResult
from baton.service.core.acting import get_acting
from baton.service.core.clock import Clock
from baton.service.core.ids import Ids
from baton.service.core.settings import Settings
from baton.service.core.sizes import check_command
from baton.service.turns.cached_instance import CachedInstance
from baton.service.turns.executor import TurnExecutor
from baton.service.turns.failures import EngineBug, make_refusal, raise_refusal
from baton.service.turns.unleased import CommandResult, UnleasedTurns
from baton.service.turns.waiters import Waiter, Waiters
from baton.store import codec
from baton.store.ports import Fenced, Queued, Stale, Submission, Taken
from baton.store.store import Store

log = structlog.get_logger("baton.turns")

_BATCH = 50
"""Commands that share their round trips."""
MAX_PATIENCE_MS = 250
"""The longest pause after which a waiting caller reads the store itself, in case no hint comes."""


class Mailbox:
    """Safe for threads and greenlets."""

    def __init__(
        self, store: Store, deciding: TurnExecutor, settings: Settings, ids: Ids, clock: Clock, waiters: Waiters
    ) -> None:
        self._store, self._executor, self._settings, self._ids = store, deciding, settings, ids
        self._clock = clock
        self._waiters = waiters
        self._unleased = UnleasedTurns(deciding, ids)

    def submit(self, instance_id: str, command: Command, *, command_id: str | None = None) -> Answer:
        """The answer of the turn that applied the command, after it has committed. Raises what it was refused with."""
        queued = self._make_queued(command, command_id)
        return raise_refusal(self._deliver(instance_id, queued).answer)

    def start(
        self,
        instance_id: str,
        command: Command,
        *,
        command_id: str | None = None,
        correlation_id: str | None = None,
        unique: bool = False,
        repeated: bool = False,
    ) -> CommandResult:
        """The first turn of a new instance; a refusal is returned. Raises Overloaded.

        ``unique``: Claimed if a running instance of the process and the partition has claimed its business key.
        ``repeated``: who starts it does so again if this process dies: then its turn needs a lease, so that the store
        can count how often it was lost.
        """
        queued = self._make_queued(command, command_id, correlation_id)
        done = None if repeated else self._start_at_once(instance_id, queued, unique)
        return done or self._deliver(instance_id, queued, create=True)

    def submit_each(self, commands: Sequence[tuple[str, Command]]) -> None:
        """Apply each command (instance id, command), whatever becomes of the others.

        Raises the first refusal when all are done. A damaged instance has an incident and is skipped,
        unless there is no other.
        """
        refused: list[RequestFailed] = []
        damaged: list[RequestFailed] = []
        for first in range(0, len(commands), _BATCH):
            batch = commands[first : first + _BATCH]
            outcomes = self.deliver_each([(instance_id, command, None) for instance_id, command in batch])
            for (instance_id, _), outcome in zip(batch, outcomes, strict=True):
                if isinstance(outcome, RequestFailed):
                    error = outcome
                else:
                    error = None if outcome.error is None else make_refusal(outcome)
                if isinstance(error, EngineBug):
                    log.warning("skipped", action="turn.skipped", instance=instance_id, reason=error.message)
                    damaged.append(error)
                elif error is not None:
                    refused.append(error)
        for error in refused or (damaged if len(damaged) == len(commands) else ()):
            raise error

    def deliver(self, instance_id: str, command: Command, *, command_id: str | None = None) -> CommandResult:
        """As ``submit``, but a refusal is returned. Raises NotFound, Overloaded."""
        return self._deliver(instance_id, self._make_queued(command, command_id))

    def deliver_each(self, commands: Sequence[tuple[str, Command, str | None]]) -> list[Answer | RequestFailed]:
        """The answer of each command (instance id, command, command id), or why there is none; in order.

        Commands of one instance share a turn if the instance is free, and all share their round trips.
        """
        asked = [(instance_id, self._make_queued(command, id_)) for instance_id, command, id_ in commands]
        waiters = [self._waiters.expect(queued.envelope.id) for _, queued in asked]
        try:
            known, deadline = self._submit_each(asked), self._get_deadline()
            return [
                self._get_outcome(instance_id, queued, waiter, known.get(queued.envelope.id), deadline)
                for (instance_id, queued), waiter in zip(asked, waiters, strict=True)
            ]
        finally:
            for (_, queued), waiter in zip(asked, waiters, strict=True):
                self._waiters.forget(queued.envelope.id, waiter)

    def find_answer(self, instance_id: str, command_id: str) -> Answer | None:
        """The answer of an earlier command, if there is one and it is still stored."""
        found = self._store.turns.get_answer(instance_id, command_id)
        return found.answer if found is not None else None

    def take_turn(self, instance_id: str, wanted: str | None = None) -> CommandResult | None:
        """Take the turn if it is free. None also when the command wanted was not among those applied."""
        taken = self._take(instance_id, self._executor.cache.get_version(instance_id))
        return None if taken is None else self._execute(taken, wanted)

    def take_due(self, instance_id: str) -> None:
        """Take the turn of a due instance unless another process does."""
        taken = self._take(instance_id, self._executor.cache.get_version(instance_id), only_if_due=True)
        if taken is not None:
            self._execute(taken, None)

    def list_due(self, now: Millis, limit: int) -> tuple[list[str], Millis | None]:
        """Instances that are due, and when the next will be."""
        return self._store.turns.list_due(now, limit, self._store.partitions)

    def open_incident(self, instance_id: str, kind: str, message: str) -> bool:
        """Open an incident for a problem that the service has found; False if another process has the instance."""
        taken = self._take(instance_id, "")
        if taken is None:
            return False
        # Commands that arrived meanwhile stay in the mailbox for the next turn.
        self._executor.open_incident(replace(taken, commands=()), kind, message)
        return True

    def report_unreadable(self, instance_id: str) -> bool:
        """Open an incident if the instance cannot be read; False if another process has it, or there is none."""
        taken = self._take(instance_id, "")
        if taken is None:
            return False
        self._executor.report_unreadable(replace(taken, commands=()))
        return True

    def _make_queued(self, command: Command, command_id: str | None, correlation_id: str | None = None) -> Queued:
        check_command(command, self._settings)
        keep = self._settings.keep_answers_ms if command_id is None else self._settings.keep_keyed_ms
        id_, now = command_id or self._ids.make_command_id(), self._clock.now()
        acting = get_acting()
        envelope = Envelope(
            id=id_,
            command=command,
            submitted_at=now,
            correlation_id=correlation_id,
            by=acting.by,
            on_failure=acting.on_failure,
            traceparent=acting.traceparent,
        )
        return Queued(envelope=envelope, reply_to=self._ids.process, keep_ms=keep)

    def _make_submission(
        self, instance_id: str, queued: Queued, *, create: bool = False, take: bool = True
    ) -> Submission:
        return Submission(
            instance_id=instance_id,
            queued=queued,
            now=queued.envelope.submitted_at,
            owner=self._ids.make_turn_owner(),
            lease_ms=self._settings.lease_ms,
            known_version=self._executor.cache.get_version(instance_id),
            create=create,
            take=take,
        )

    # -- one command

    def _start_at_once(self, instance_id: str, queued: Queued, unique: bool) -> CommandResult | None:
        """Start in one round trip, not through the mailbox: no other process can know the instance yet.

        None when one does, because the command is a repeat, and when this turn cannot be committed as it is: both are
        handled on the way through the mailbox.
        """
        taken = Taken.make_fresh(instance_id, self._ids.make_turn_owner(), queued)
        decided = self._unleased.decide(taken)
        if decided is None:
            return None
        result, cached = decided
        answer = result.answers.get(queued.envelope.id) or Answer()
        if not result.started:
            # Nothing is written, unless the command is a repeat: then the mailbox has its answer.
            known = self._store.turns.get_answer(instance_id, queued.envelope.id)
            return CommandResult(answer) if known is None else None
        try:
            following = self._executor.commit(taken, result, cached, more=True, fresh=True, unique=unique)
        except (Fenced, codec.Unstorable):
            return None
        if following is not None:
            self._execute(following, None)
        return CommandResult(answer, result.header)

    def _deliver(self, instance_id: str, queued: Queued, *, create: bool = False) -> CommandResult:
        command_id = queued.envelope.id
        if (done := self._unleased.complete_each([(instance_id, queued)]).get(command_id)) is not None:
            return done
        waiter = self._waiters.expect(command_id)
        try:
            submission = self._make_submission(instance_id, queued, create=create)
            found = self._executor.confirm(lambda: self._store.turns.submit(submission))
            if found is None:
                raise _make_not_found(instance_id)
            if found.answer is not None:
                return CommandResult(found.answer)
            if found.taken is not None and (done := self._execute(found.taken, command_id)) is not None:
                return done
            return self._wait(instance_id, command_id, waiter, self._get_deadline())
        finally:
            self._waiters.forget(command_id, waiter)

    def _wait(self, instance_id: str, command_id: str, waiter: Waiter, deadline: Millis) -> CommandResult:
        """Wait for the answer; if the holder dies meanwhile, take the turn over."""
        self._waiters.listen()
        patience = 20
        while waiter.answer is None:
            hinted = waiter.wait(patience)
            if waiter.answer is not None:
                break
            found = self._store.turns.get_answer(instance_id, command_id)
            if found is not None and found.answer is not None:
                return CommandResult(found.answer)
            if not hinted:
                patience = min(patience * 2, MAX_PATIENCE_MS)
                done = self.take_turn(instance_id, command_id)
                if done is not None:
                    return done
            if self._clock.now() > deadline:
                raise Overloaded(
                    f"Expected an answer of instance '{instance_id}' within {self._settings.answer_ms} ms, but it is "
                    "still busy; the command will be applied. The same Idempotency-Key again gets its answer."
                )
        return CommandResult(waiter.answer)

    def _get_deadline(self) -> Millis:
        return self._clock.now() + self._settings.answer_ms

    # -- many commands

    def _submit_each(self, asked: Sequence[tuple[str, Queued]]) -> dict[str, Answer | RequestFailed]:
        """Submit all, execute the turns that could be taken; returns the answers known by then, by command id."""
        places = Counter(instance_id for instance_id, _ in asked)
        done = self._unleased.complete_each([item for item in asked if places[item[0]] == 1])
        known: dict[str, Answer | RequestFailed] = {command_id: result.answer for command_id, result in done.items()}
        asked = [item for item in asked if item[1].envelope.id not in known]
        last = {instance_id: place for place, (instance_id, _) in enumerate(asked)}
        submissions = [
            self._make_submission(instance_id, queued, take=last[instance_id] == place)
            for place, (instance_id, queued) in enumerate(asked)
        ]
        submitted = self._executor.confirm(lambda: self._store.turns.submit_each(submissions))
        for submission, found in zip(submissions, submitted, strict=True):
            if found is None:
                known[submission.queued.envelope.id] = _make_not_found(submission.instance_id)
            elif found.answer is not None:
                known[submission.queued.envelope.id] = found.answer
        self._execute_each([found.taken for found in submitted if found is not None and found.taken is not None])
        return known

    def _execute_each(self, taken: Sequence[Taken]) -> None:
        turns: list[tuple[Taken, TurnResult, CachedInstance]] = []
        alone: list[Taken] = []
        for turn in taken:
            try:
                result, cached = self._executor.decide(turn)
                if result.started:
                    turns.append((turn, result, cached))
                else:
                    alone.append(turn)
            except Exception as error:
                # It fails again when executed alone, and is handled there.
                log.info("turn is executed alone", action="turn.repeated", instance=turn.instance_id, reason=str(error))
                alone.append(turn)
        try:
            outcomes = self._executor.commit_each(turns)
        except codec.Unstorable as error:
            log.info("turns are executed alone", action="turn.repeated", turns=len(turns), reason=str(error))
            turns, outcomes, alone = [], [], list(taken)
        for (turn, result, _), following in zip(turns, outcomes, strict=True):
            if isinstance(following, Fenced):
                log.warning("turn lost", action="turn.fenced", instance=turn.instance_id, lease=turn.lease)
            elif isinstance(following, Stale):
                alone += filter(None, [self._take(turn.instance_id, "")])
            else:
                for queued in turn.commands:
                    self._waiters.settle(queued.envelope.id, result.answers.get(queued.envelope.id) or Answer())
                alone += filter(None, [following])
        for turn in alone:
            self._execute(turn, None)

    def _get_outcome(
        self, instance_id: str, queued: Queued, waiter: Waiter, known: Answer | RequestFailed | None, deadline: Millis
    ) -> Answer | RequestFailed:
        try:
            return known or waiter.answer or self._wait(instance_id, queued.envelope.id, waiter, deadline).answer
        except RequestFailed as error:
            return error

    # -- turns

    def _take(self, instance_id: str, known_version: str, *, only_if_due: bool = False) -> Taken | None:
        return self._store.turns.take(
            instance_id,
            now=self._clock.now(),
            owner=self._ids.make_turn_owner(),
            lease_ms=self._settings.lease_ms,
            known_version=known_version,
            only_if_due=only_if_due,
        )

    def _execute(self, taken: Taken, wanted: str | None) -> CommandResult | None:
        """Execute turns until no command waits, or until this caller has executed enough turns of others."""
        done: CommandResult | None = None
        following: Taken | None = taken
        for turn in range(self._settings.turns_in_a_row):
            if following is None:
                break
            last = turn == self._settings.turns_in_a_row - 1
            current, began = following, self._clock.now()
            try:
                result, following = self._executor.execute(current, more=not last)
            except Fenced:
                took = self._clock.now() - began
                log.warning("turn lost", action="turn.fenced", instance=taken.instance_id, lease=current.lease, ms=took)
                return done
            except Stale:
                following = self._take(current.instance_id, "")
                continue
            for queued in current.commands:
                answer = result.answers.get(queued.envelope.id) or Answer()
                self._waiters.settle(queued.envelope.id, answer)
                if queued.envelope.id == wanted:
                    done = CommandResult(answer, result.header)
        return done


def _make_not_found(instance_id: str) -> NotFound:
    return NotFound(f"Expected a process instance with id '{instance_id}', but there is none")
