"""Taking turns: submit a command, take the instance, decide, commit, answer. The only way an instance changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import structlog

from baton.model.commands import Answer, Command, CompleteExternalTask, Envelope
from baton.model.decision import Decision
from baton.model.errors import NotFound, Overloaded
from baton.model.records import InstanceHeader
from baton.model.values import Value
from baton.runtime import Instance, Ports
from baton.service.cache import InstanceCache
from baton.service.failures import (
    LIMIT,
    TOO_LONG,
    EngineBug,
    Stopped,
    bug_decision,
    found_decision,
    raised,
    stopped_decision,
)
from baton.service.held import Held
from baton.service.ids import Ids
from baton.service.repeats import completed_before
from baton.service.settings import Settings
from baton.service.sizes import check_command
from baton.service.waiters import Waiter, Waiters
from baton.store import codec
from baton.store.ports import Fenced, Queued, Stale, Taken, Unconfirmed
from baton.store.store import Store

log = structlog.get_logger("baton.turns")

T = TypeVar("T")

_CONFIRMATIONS = 2
_DAMAGED_REST_MS = 600_000
LOOK_MS = 250
"""How often a waiting caller looks for himself, in case no hint comes."""


@dataclass(frozen=True, slots=True)
class Done:
    """The answer of a command; ``header`` as of its turn when this process took it."""

    answer: Answer
    header: InstanceHeader | None = None


class Turns:
    """Safe for threads and greenlets."""

    def __init__(self, store: Store, ports: Ports, settings: Settings, ids: Ids, waiters: Waiters) -> None:
        self._store, self._ports, self._settings, self._ids = store, ports, settings, ids
        self._waiters = waiters
        self._cache = InstanceCache(settings.cached_instances)
        self._outlived: set[str] = set()
        self._committed: list[Callable[[Decision], None]] = []

    def after_commit(self, callback: Callable[[Decision], None]) -> None:
        """Tell somebody of this process of every turn that it commits; a hint: a process may die before it comes."""
        self._committed.append(callback)

    def submit(self, instance_id: str, command: Command, *, command_id: str | None = None) -> Answer:
        """The answer of the turn that applied the command, after it has committed. Raises what it was refused with."""
        try:
            return raised(self.deliver(instance_id, command, command_id=command_id).answer)
        except NotFound:
            if isinstance(command, CompleteExternalTask) and completed_before(self._store, instance_id, command):
                return Answer()
            raise

    def deliver(
        self,
        instance_id: str,
        command: Command,
        *,
        command_id: str | None = None,
        create: bool = False,
        correlation_id: str | None = None,
    ) -> Done:
        """As ``submit``, but a refusal is handed back. Raises NotFound, Overloaded."""
        queued = self._queued(command, command_id, correlation_id)
        waiter = self._waiters.expect(queued.envelope.id)
        try:
            return self._deliver(instance_id, queued, create, waiter)
        finally:
            self._waiters.forget(queued.envelope.id, waiter)

    def deliver_all(self, instance_id: str, commands: Sequence[tuple[Command, str | None]]) -> list[Answer]:
        """Several commands of one instance in as few turns as may be; ids as in ``deliver``. The answers, in order."""
        *queued, last = [self._queued(command, id_) for command, id_ in commands]
        waiters = [(one, self._waiters.expect(one.envelope.id)) for one in (*queued, last)]
        try:
            found = [self._enqueue(instance_id, one) for one in queued]
            found.append(self._deliver(instance_id, last, False, waiters[-1][1]).answer)
            return [
                known or waiter.answer or self._wait(instance_id, one.envelope.id, waiter).answer
                for known, (one, waiter) in zip(found, waiters, strict=True)
            ]
        finally:
            for one, waiter in waiters:
                self._waiters.forget(one.envelope.id, waiter)

    def _enqueue(self, instance_id: str, queued: Queued) -> Answer | None:
        """Put a command into the mailbox without taking the turn; its answer if it has one already."""
        found = self._confirmed(
            lambda: self._store.turns.submit(
                instance_id,
                queued,
                now=queued.envelope.submitted_at,
                owner=self._ids.turn(),
                lease_ms=self._settings.lease_ms,
                take=False,
            )
        )
        if found is None:
            raise NotFound(f"Expected a process instance with id '{instance_id}', but there is none")
        return found.answer

    def _queued(self, command: Command, command_id: str | None, correlation_id: str | None = None) -> Queued:
        check_command(command, self._settings)
        keep = self._settings.keep_answers_ms if command_id is None else self._settings.keep_keyed_ms
        id_, now = command_id or self._ids.command(), self._ids.now()
        envelope = Envelope(id=id_, command=command, submitted_at=now, correlation_id=correlation_id)
        return Queued(envelope=envelope, reply_to=self._ids.process, keep_ms=keep)

    def answered(self, instance_id: str, command_id: str) -> Answer | None:
        """The answer of an earlier command, if there is one and it is still kept."""
        found = self._store.turns.answer(instance_id, command_id)
        return found.answer if found is not None else None

    def _deliver(self, instance_id: str, queued: Queued, create: bool, waiter: Waiter) -> Done:
        owner = self._ids.turn()
        found = self._confirmed(
            lambda: self._store.turns.submit(
                instance_id,
                queued,
                now=queued.envelope.submitted_at,
                owner=owner,
                lease_ms=self._settings.lease_ms,
                known_version=self._cache.version(instance_id),
                create=create,
            )
        )
        if found is None:
            raise NotFound(f"Expected a process instance with id '{instance_id}', but there is none")
        if found.answer is not None:
            return Done(found.answer)
        if found.taken is not None and (done := self._work(found.taken, queued.envelope.id)) is not None:
            return done
        return self._wait(instance_id, queued.envelope.id, waiter)

    def _wait(self, instance_id: str, command_id: str, waiter: Waiter) -> Done:
        """Wait for the answer; if the holder dies meanwhile, take the turn over."""
        self._waiters.listen()
        deadline = self._ids.now() + self._settings.answer_ms
        patience = 20
        while waiter.answer is None:
            hinted = waiter.wait(patience)
            if waiter.answer is not None:
                break
            found = self._store.turns.answer(instance_id, command_id)
            if found is not None and found.answer is not None:
                return Done(found.answer)
            if not hinted:
                patience = min(patience * 2, LOOK_MS)
                done = self.take(instance_id, command_id)
                if done is not None:
                    return done
            if self._ids.now() > deadline:
                raise Overloaded(
                    f"Expected an answer of instance '{instance_id}' within {self._settings.answer_ms} ms, but it is "
                    "still busy; the command will be applied. The same Idempotency-Key again gets its answer."
                )
        return Done(waiter.answer)

    def take(self, instance_id: str, wanted: str | None = None, *, only_if_due: bool = False) -> Done | None:
        """Take the turn if it is free. None also when the command wanted was not among those applied."""
        taken = self._store.turns.take(
            instance_id,
            now=self._ids.now(),
            owner=self._ids.turn(),
            lease_ms=self._settings.lease_ms,
            known_version=self._cache.version(instance_id),
            only_if_due=only_if_due,
        )
        return None if taken is None else self._work(taken, wanted)

    def report(self, instance_id: str, kind: str, message: str) -> bool:
        """Open an incident for something that was found out about an instance; False if another is at work on it."""
        now = self._ids.now()
        taken = self._store.turns.take(
            instance_id, now=now, owner=self._ids.turn(), lease_ms=self._settings.lease_ms, known_version=""
        )
        if taken is None:
            return False
        # Commands that have come meanwhile stay where they are: they are for the next turn.
        taken = replace(taken, commands=())
        decision = found_decision(taken, self._fields(taken), kind, message, now)
        self._commit(taken, decision, None, more=False)
        return True

    def _work(self, taken: Taken, wanted: str | None) -> Done | None:
        """Take turns until no command waits, or until this caller has done enough for others."""
        done: Done | None = None
        following: Taken | None = taken
        for turn in range(self._settings.turns_in_a_row):
            if following is None:
                break
            last = turn == self._settings.turns_in_a_row - 1
            current, began = following, self._ids.now()
            try:
                decision, following = self._turn(current, more=not last)
            except Fenced:
                took = self._ids.now() - began
                log.warning("turn lost", action="turn.fenced", instance=taken.instance_id, lease=current.lease, ms=took)
                if took > self._settings.lease_ms:
                    # Whoever took it over will fare the same: next time it is not tried again.
                    self._outlived.add(taken.instance_id)
                return done
            except Stale:
                following = self._again(current.instance_id)
                continue
            for queued in current.commands:
                answer = decision.answers.get(queued.envelope.id) or Answer()
                self._waiters.settle(queued.envelope.id, answer)
                if queued.envelope.id == wanted:
                    done = Done(answer, decision.header)
        return done

    def _again(self, instance_id: str) -> Taken | None:
        now = self._ids.now()
        return self._store.turns.take(
            instance_id, now=now, owner=self._ids.turn(), lease_ms=self._settings.lease_ms, known_version=""
        )

    def _turn(self, taken: Taken, *, more: bool) -> tuple[Decision, Taken | None]:
        held = self._cache.take(taken.instance_id, taken.version)
        try:
            if taken.instance_id in self._outlived:
                raise _too_long(taken.instance_id, self._settings.lease_ms)
            if held is None:
                held = self._load(taken, self._fields(taken))
            decision = held.instance.decide([one.envelope for one in taken.commands], self._ids.now(), taken.locks)
            held.weigh(decision, self._settings)
        except Stopped as stopped:
            return self._stopped(taken, stopped, more=more)
        except Exception as error:
            return self._bug(taken, error, more=more)
        return decision, self._commit(taken, decision, held, more=more)

    def _fields(self, taken: Taken) -> Mapping[str, bytes]:
        # Held in the cache when asked, gone now: the lease is ours, so the state stands still.
        return self._store.lists.fields(taken.instance_id) if taken.fields is None else taken.fields

    def _load(self, taken: Taken, fields: Mapping[str, bytes]) -> Held:
        if "h" not in fields:
            return Held(Instance.create(taken.instance_id, self._ports))
        values: dict[str, Value] = {name: codec.decode(blob) for name, blob in fields.items()}
        return Held.of(Instance.restore(taken.instance_id, values, self._ports), fields)

    def _commit(self, taken: Taken, decision: Decision, held: Held | None, *, more: bool) -> Taken | None:
        committed = self._confirmed(
            lambda: self._store.turns.commit(
                taken, decision, now=self._ids.now(), lease_ms=self._settings.lease_ms, more=more
            )
        )
        if held is not None and not committed.repeated and not decision.header.state.is_ended:
            self._cache.put(taken.instance_id, taken.lease, held)
        _report(taken, decision)
        for callback in self._committed:
            callback(decision)
        return committed.more

    def _confirmed(self, write: Callable[[], T]) -> T:
        """Repeat what replicas have not confirmed: a repeat finds what was done and waits for them again."""
        for _ in range(_CONFIRMATIONS):
            try:
                return write()
            except Unconfirmed as error:
                log.warning("not confirmed", action="store.unconfirmed", reason=str(error))
        return write()

    def _stopped(self, taken: Taken, stopped: Stopped, *, more: bool) -> tuple[Decision, Taken | None]:
        """Refuse the one command that would pass a limit, and let the instance go on without it, if it can."""
        if len(taken.commands) > 1:
            return self._turn(replace(taken, commands=taken.commands[:1]), more=True)
        log.warning(
            stopped.message, action="turn.stopped", instance=taken.instance_id, kind=stopped.kind,
            command=type(taken.commands[0].envelope.command).__name__ if taken.commands else None,
        )  # fmt: skip
        fields, now = self._fields(taken), self._ids.now()
        held: Held | None = None
        try:
            if not taken.commands or stopped.kind != LIMIT or "h" not in fields:
                raise stopped
            held = self._load(taken, fields)
            decision = held.instance.decide([], now, taken.locks)
            held.weigh(decision, self._settings)
            decision = replace(decision, answers={taken.commands[0].envelope.id: stopped.as_answer()})
        except Stopped as again:
            held, decision = None, stopped_decision(taken, fields, again, now)
        following = self._commit(taken, decision, held, more=more)
        self._outlived.discard(taken.instance_id)
        return decision, following

    def _bug(self, taken: Taken, error: Exception, *, more: bool) -> tuple[Decision, Taken | None]:
        """Find the command that fails by applying them one at a time; quarantine the instance for that one."""
        if len(taken.commands) > 1:
            return self._turn(replace(taken, commands=taken.commands[:1]), more=True)
        log.error(
            "bug", action="turn.bug", instance=taken.instance_id, exc_info=error,
            command=type(taken.commands[0].envelope.command).__name__ if taken.commands else None,
        )  # fmt: skip
        fields = self._store.lists.fields(taken.instance_id) if taken.fields is None else taken.fields
        try:
            decision = bug_decision(taken, fields, error, self._ids.now())
        except codec.Damaged as damage:
            # Not even the header can be read: nothing can be committed. Others go on; this one is tried again later.
            self._store.turns.release(taken, again_at=self._ids.now() + _DAMAGED_REST_MS)
            raise EngineBug(
                f"Expected the state of instance '{taken.instance_id}', but it is damaged: {damage}"
            ) from error
        return decision, self._commit(taken, decision, None, more=more)


def _too_long(instance_id: str, lease_ms: int) -> Stopped:
    return Stopped(
        TOO_LONG,
        "CannotComplete",
        f"Expected a turn of instance '{instance_id}' to be done within {lease_ms} ms, but it took longer and was "
        "lost: is there one step that takes so long? Raise BATON_LEASE_MS, or split the step",
    )


def _report(taken: Taken, decision: Decision) -> None:
    header = decision.header
    log.debug(
        "turn committed",
        action="turn.committed",
        instance=header.id,
        definition=header.definition_id,
        business_key=header.business_key,
        correlation_id=next((q.envelope.correlation_id for q in taken.commands if q.envelope.correlation_id), None),
        commands=[type(queued.envelope.command).__name__ for queued in taken.commands],
        events=len(decision.events),
        state=header.state.value,
    )
