"""One turn: compute what the commands of an instance do, commit it, and handle turns that cannot be committed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import structlog

from baton.model.commands import Answer, CancelInstance, ResolveIncident
from baton.model.errors import NotFound
from baton.model.records import InstanceHeader, Record
from baton.model.rows import from_row, to_row
from baton.model.turn_result import TurnResult
from baton.model.values import Value
from baton.runtime import CommandFailed, Instance, Ports
from baton.service.core.clock import Clock
from baton.service.core.settings import Settings
from baton.service.turns.cache import InstanceCache
from baton.service.turns.cached_instance import CachedInstance
from baton.service.turns.failures import (
    DAMAGED,
    LIMIT,
    TOO_LONG,
    UNSTORABLE,
    TurnRefused,
    count_open_records,
    make_bug_result,
    make_forced_cancel_result,
    make_incident_result,
    make_refused_result,
    make_unstarted_result,
)
from baton.store import codec
from baton.store.ports import Committed, Fenced, Stale, StoreUnavailable, Taken, Unconfirmed
from baton.store.rebuilding import UNREADABLE
from baton.store.store import Store
from baton.store.turns import decode_header

log = structlog.get_logger("baton.turns")
_level = logging.getLogger("baton.turns")

T = TypeVar("T")

_CONFIRMATIONS = 2


class TurnExecutor:
    """Executes turns with a lease that this process holds. Safe for threads and greenlets."""

    def __init__(self, store: Store, ports: Ports, settings: Settings, clock: Clock) -> None:
        self._store, self._ports, self._settings, self._clock = store, ports, settings, clock
        self.cache = InstanceCache(settings.cached_instances)
        self._after_commit: list[Callable[[TurnResult], None]] = []
        self._after_opening: list[tuple[type[Record], Callable[[TurnResult], None]]] = []
        self._after_changing: list[tuple[type[Record], Callable[[TurnResult], None]]] = []

    def call_after_commit(
        self,
        callback: Callable[[TurnResult], None],
        *,
        opening: type[Record] | None = None,
        changing: type[Record] | None = None,
    ) -> None:
        """Call back after every turn that this process commits; only a hint, as the process may die before the call.

        ``opening``: only after those that have opened a record of this kind; ``changing``: only after those that have
        changed or closed one.
        """
        if opening is not None:
            self._after_opening.append((opening, callback))
        elif changing is not None:
            self._after_changing.append((changing, callback))
        else:
            self._after_commit.append(callback)

    def drop_instances_of(self, definition_id: str) -> None:
        """Forget the instances of the definition that are in memory here."""
        self.cache.drop_of(definition_id)

    def decide(self, taken: Taken) -> tuple[TurnResult, CachedInstance]:
        """Compute what the commands do; nothing is written. Raises TurnRefused, and anything in case of a bug."""
        cached = self.cache.take(taken.instance_id, taken.version)
        if damage := next((command.damage for command in taken.commands if command.damage), None):
            raise codec.Damaged(damage)
        if taken.lost >= self._settings.max_lost_turns and not self._is_retried(taken):
            raise _make_lost(taken, self._settings.lease_ms)
        if cached is None:
            cached = self._load(taken, self._read_fields(taken))
        result = cached.instance.decide(
            [command.envelope for command in taken.commands], self._clock.now(), taken.locks
        )
        cached.check_limits(result, self._settings)
        return result, cached

    def execute(self, taken: Taken, *, more: bool) -> tuple[TurnResult, Taken | None]:
        """Decide and commit; with ``more`` the next turn is taken if commands wait. Raises Fenced, Stale."""
        began = self._clock.now()
        try:
            result, cached = self.decide(taken)
        except StoreUnavailable:
            raise
        except TurnRefused as stopped:
            return self._refuse_command(taken, stopped, more=more)
        except codec.Unstorable as error:
            return self._refuse_command(taken, _make_unstorable(error), more=more)
        except CommandFailed as failed:
            return self._reject_command(taken, failed, more=more)
        except Exception as error:
            return self._quarantine(taken, error, more=more)
        if not result.started:
            return self._leave_nothing(taken, result.answers, more=more)
        took = self._clock.now() - began
        try:
            return result, self.commit(taken, result, cached, more=more)
        except codec.Unstorable as error:
            return self._refuse_command(taken, _make_unstorable(error), more=more)
        except Fenced:
            if took <= self._settings.lease_ms:  # the store was late: that lease is not to count as a lost turn
                self._store.turns.forgive(taken.instance_id)
            raise

    def _is_retried(self, taken: Taken) -> bool:
        """Whether an operator has asked to try again what was lost: once, and then it counts as lost again."""
        commands = [queued.envelope.command for queued in taken.commands]
        once = taken.lost == self._settings.max_lost_turns
        return once and len(commands) == 1 and isinstance(commands[0], ResolveIncident)

    def _leave_nothing(
        self, taken: Taken, answers: Mapping[str, Answer], *, more: bool
    ) -> tuple[TurnResult, Taken | None]:
        """Answer commands that have started no instance, and forget that there was one to be."""
        result = make_unstarted_result(taken, answers, self._clock.now())
        return result, self.commit(taken, result, None, more=more)

    def report_unreadable(self, taken: Taken) -> None:
        """Commit an incident if the instance cannot be read; else only give the turn back."""
        try:
            self._load(taken, self._read_fields(taken)).instance.list_tokens()
        except StoreUnavailable:
            raise
        except Exception as error:
            message = f"Expected the state of instance '{taken.instance_id}', but it cannot be read: {error}"
            self.open_incident(taken, DAMAGED, message)
        else:
            self._store.turns.release(taken, again_at=self._clock.now())

    def open_incident(self, taken: Taken, kind: str, message: str) -> None:
        """Commit an incident for a problem of the instance that the service has found."""
        fields = self._with_header(taken, self._read_fields(taken))
        result = make_incident_result(taken, fields, kind, message, self._clock.now())
        self.commit(taken, result, None, more=False)

    def commit(
        self,
        taken: Taken,
        result: TurnResult,
        cached: CachedInstance | None,
        *,
        more: bool,
        fresh: bool = False,
        unique: bool = False,
    ) -> Taken | None:
        """Write the result; returns the next turn if it was taken along. Raises Fenced, Stale, Claimed."""
        committed = self.confirm(
            lambda: self._store.turns.commit(
                taken,
                result,
                now=self._clock.now(),
                lease_ms=self._settings.lease_ms,
                more=more,
                fresh=fresh,
                unique=unique,
            )
        )
        return self._record(taken, result, cached, committed)

    def commit_each(
        self, turns: Sequence[tuple[Taken, TurnResult, CachedInstance]]
    ) -> list[Taken | Fenced | Stale | None]:
        """As ``commit`` with ``more``, of several instances in one round trip where that can be."""
        outcomes = self.confirm(
            lambda: self._store.turns.commit_each(
                [(taken, result) for taken, result, _ in turns],
                now=self._clock.now(),
                lease_ms=self._settings.lease_ms,
            )
        )
        return [
            self._record(*turn, outcome) if isinstance(outcome, Committed) else outcome
            for turn, outcome in zip(turns, outcomes, strict=True)
        ]

    def _record(
        self, taken: Taken, result: TurnResult, cached: CachedInstance | None, committed: Committed
    ) -> Taken | None:
        if cached is not None and not committed.repeated and not result.header.state.is_ended:
            self.cache.put(taken.instance_id, taken.lease, cached)
        elif cached is not None:
            cached.instance.release()
        if _level.isEnabledFor(logging.DEBUG):
            _log_commit(taken, result)
        for callback in self._after_commit:
            callback(result)
        changed = {type(change.before) for change in result.records}
        for kind, callback in self._after_changing:
            if kind in changed:
                callback(result)
        opened = {type(change.after) for change in result.records if change.before is None}
        for kind, callback in self._after_opening:
            if kind in opened:
                callback(result)
        return committed.more

    def confirm(self, write: Callable[[], T]) -> T:
        """Repeat a write that replicas have not confirmed: the repeat finds it done and waits for them again."""
        for _ in range(_CONFIRMATIONS):
            try:
                return write()
            except Unconfirmed as error:
                log.warning("not confirmed", action="store.unconfirmed", reason=str(error))
        return write()

    def _read_fields(self, taken: Taken) -> Mapping[str, bytes]:
        # It was cached when the turn was taken and is not now. The lease is ours, so the state does not change.
        return self._store.lists.read_fields(taken.instance_id) if taken.fields is None else taken.fields

    def _with_header(self, taken: Taken, fields: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """The fields, with a header from the indexes if the instance has none that can be read."""
        try:
            if "h" in fields:
                from_row(InstanceHeader, codec.decode(fields["h"]))
            elif taken.version == "":
                return fields  # it has not started
            else:
                raise codec.Damaged("its header is missing")
        except UNREADABLE as error:
            log.error("header rebuilt", action="instance.rebuilt", instance=taken.instance_id, reason=str(error))
            return {**fields, "h": codec.encode(to_row(self._store.lists.rebuild_header(taken.instance_id)))}
        return fields

    def _load(self, taken: Taken, fields: Mapping[str, bytes]) -> CachedInstance:
        if "h" not in fields and taken.version:
            raise codec.Damaged("its header is missing")
        if "h" not in fields:
            return CachedInstance(Instance(taken.instance_id, self._ports))
        if "t0" not in fields and not decode_header(fields).state.is_ended:
            raise codec.Damaged("its root token is missing")
        values: dict[str, Value] = {name: codec.decode(blob) for name, blob in fields.items()}
        return CachedInstance.measure(Instance.restore(taken.instance_id, values, self._ports), fields)

    def _refuse_command(self, taken: Taken, stopped: TurnRefused, *, more: bool) -> tuple[TurnResult, Taken | None]:
        """Refuse the command that exceeds a limit, and let the instance go on without it if it can."""
        if len(taken.commands) > 1:
            return self.execute(replace(taken, commands=taken.commands[:1]), more=True)
        log.warning(
            stopped.message, action="turn.stopped", instance=taken.instance_id, kind=stopped.kind,
            command=type(taken.commands[0].envelope.command).__name__ if taken.commands else None,
        )  # fmt: skip
        fields, now = self._with_header(taken, self._read_fields(taken)), self._clock.now()
        cached: CachedInstance | None = None
        if (forced := self._force_cancel(taken, fields)) is not None:
            return forced, self.commit(taken, forced, None, more=more)
        try:
            if not taken.commands or stopped.kind != LIMIT or "h" not in fields:
                raise stopped
            cached = self._load(taken, fields)
            result = cached.instance.decide([], now, taken.locks)
            cached.check_limits(result, self._settings)
            result = replace(result, answers={taken.commands[0].envelope.id: stopped.to_answer()})
        except TurnRefused as again:
            if stopped.kind == UNSTORABLE and "h" not in fields:
                refused = {queued.envelope.id: again.to_answer() for queued in taken.commands}
                return self._leave_nothing(taken, refused, more=more)
            lost = min(taken.lost, self._settings.max_lost_turns) if again.kind == TOO_LONG else 0
            cached, result = None, replace(make_refused_result(taken, fields, again, now), lost_turns=lost)
        return result, self.commit(taken, result, cached, more=more)

    def _reject_command(self, taken: Taken, failed: CommandFailed, *, more: bool) -> tuple[TurnResult, Taken | None]:
        """Keep nothing of a command one of whose later steps has failed; the instance is as it was before."""
        rejected, *others = taken.commands
        if others:
            return self.execute(replace(taken, commands=(rejected,)), more=True)
        envelope = rejected.envelope
        log.info(
            failed.message, action="turn.rejected", instance=taken.instance_id, command=type(envelope.command).__name__
        )
        answers = {envelope.id: Answer(error="CannotComplete", message=failed.message)}
        fields = self._with_header(taken, self._read_fields(taken))
        if "h" not in fields:
            return self._leave_nothing(taken, answers, more=more)
        cached = self._load(taken, fields)
        result = cached.instance.decide([], self._clock.now(), taken.locks)
        try:
            cached.check_limits(result, self._settings)
        except TurnRefused as stopped:
            return self._refuse_command(taken, stopped, more=more)
        result = replace(result, answers=answers)
        return result, self.commit(taken, result, cached, more=more)

    def _force_cancel(self, taken: Taken, fields: Mapping[str, bytes]) -> TurnResult | None:
        """The end of an instance that cannot be cancelled by a turn; None if that was not the command."""
        command = taken.commands[0].envelope.command if taken.commands else None
        if not isinstance(command, CancelInstance) or command.compensate or "h" not in fields:
            return None
        forced = make_forced_cancel_result(taken, fields, command, self._clock.now())
        if forced is not None and len(forced.records) < count_open_records(fields):
            # Before the commit: if this process dies between them, the command is still there and is done again.
            self._store.forget_record_entries(taken.instance_id)
        return forced

    def _quarantine(self, taken: Taken, error: Exception, *, more: bool) -> tuple[TurnResult, Taken | None]:
        """Find the command that fails by applying them one at a time; quarantine the instance for that one."""
        if len(taken.commands) > 1:
            return self.execute(replace(taken, commands=taken.commands[:1]), more=True)
        fields = self._with_header(taken, self._read_fields(taken))
        if "h" not in fields and isinstance(error, NotFound):
            answer = Answer(error="NotFound", message=error.message)
            return self._leave_nothing(taken, {queued.envelope.id: answer for queued in taken.commands}, more=more)
        log.error(
            "bug", action="turn.bug", instance=taken.instance_id, exc_info=error,
            command=type(taken.commands[0].envelope.command).__name__ if taken.commands else None,
        )  # fmt: skip
        forced = self._force_cancel(taken, fields)
        result = forced or make_bug_result(taken, fields, error, self._clock.now())
        return result, self.commit(taken, result, None, more=more)


def _make_unstorable(error: codec.Unstorable) -> TurnRefused:
    return TurnRefused(UNSTORABLE, "BadRequest", f"{error}. Change the expression, script or variable it comes from")


def _make_lost(taken: Taken, lease_ms: int) -> TurnRefused:
    return TurnRefused(
        TOO_LONG,
        "CannotComplete",
        f"Expected a turn of instance '{taken.instance_id}' to be done within {lease_ms} ms, but the processes that "
        "took it last died or took longer: is there a step that takes so long, or so much memory? Split the step or "
        "raise BATON_LEASE_MS and retry, or cancel the instance",
    )


def _log_commit(taken: Taken, result: TurnResult) -> None:
    header = result.header
    log.debug(
        "turn committed",
        action="turn.committed",
        instance=header.id,
        definition=header.definition_id,
        business_key=header.business_key,
        correlation_id=next((q.envelope.correlation_id for q in taken.commands if q.envelope.correlation_id), None),
        commands=[type(queued.envelope.command).__name__ for queued in taken.commands],
        events=len(result.events),
        state=header.state.value,
    )
