"""A running instance in memory: restored from rows, told commands and the time, it answers with a decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from baton.model.called import CalledProcess, EndedProcess
from baton.model.commands import ON_FAILURE, Answer, Envelope, StartInstance
from baton.model.errors import NotFound, Rejected
from baton.model.events import UNDO
from baton.model.headers import read_header, write_header
from baton.model.ids import get_partition
from baton.model.records import InstanceHeader, InstanceState, LedgerEntry, Lock
from baton.model.times import Millis
from baton.model.turn_result import TurnResult
from baton.model.values import Value
from baton.runtime import failures, features
from baton.runtime.compensation.plan import PlanStep, Selection, list_steps
from baton.runtime.compensation.rollback import Interruption, find_target
from baton.runtime.compensation.undoing import get_ledger_scope
from baton.runtime.core.errors import CommandFailed
from baton.runtime.core.ports import Ports
from baton.runtime.core.restoring import restore_declarations, restore_tokens, split
from baton.runtime.core.token import Token
from baton.runtime.core.workflow import TokenWorkflow
from baton.runtime.data.variables import collect_visible
from baton.runtime.handlers import HANDLERS, external_tasks, jobs
from baton.runtime.handlers.context import Turn
from baton.runtime.view import TokenView, make_view

features.register()

MAX_SPINS = 200
"""How many turns in a row an instance may use up all its steps: beyond that it is taken for an endless loop."""


class Instance:
    """One instance; a new one waits for its ``StartInstance``.

    After an exception out of ``decide`` the object is unusable and must be thrown away.
    """

    def __init__(self, instance_id: str, ports: Ports) -> None:
        get_partition(instance_id)
        self.id = instance_id
        self._ports = ports
        self._workflow: TokenWorkflow | None = None
        self._header: InstanceHeader | None = None
        self._spins = 0

    @classmethod
    def restore(cls, instance_id: str, fields: Mapping[str, Value], ports: Ports) -> Instance:
        """The instance as earlier decisions left it. Without fields it is a new one."""
        instance = cls(instance_id, ports)
        if "h" in fields:
            instance._restore(fields)
        return instance

    def release(self) -> None:
        """Let go of all that it holds, as it is of no use any more: its parts name each other, and would stay in memory
        until garbage is collected.
        """
        workflow = self._workflow
        for part in (None if workflow is None else workflow.task_tree, workflow):
            if part is not None:
                vars(part).clear()

    def decide(
        self, envelopes: Sequence[Envelope], now: Millis, locks: Mapping[str, Lock], *, steps: int | None = None
    ) -> TurnResult:
        """Apply the commands, fire what is due, run until every token waits. Pure: same input, same decision.

        ``steps`` lets a debugger stop earlier, 0 right after the commands: what is left goes on in the next turn.
        Raises NotFound if there is no instance and no command starts one, CommandFailed for a command of which nothing
        is to be kept.
        """
        workflow = self._workflow or self._begin(envelopes)
        workflow.journal.begin(now)
        workflow.time_is_up = self._ports.stopwatch()
        turn = Turn(workflow, locks)
        answers: dict[str, Answer] = {}
        left = self._ports.max_steps if steps is None else steps
        for envelope in envelopes:
            workflow.failure = None
            answers[envelope.id] = self._answer(turn, envelope)
            left = workflow.run(left)
            if workflow.failure is not None and self._rejects(workflow, envelope):
                raise CommandFailed(workflow.failure)
        if locks:
            external_tasks.fail_overdue(turn)
        left = self._run_due(workflow, now, left)
        if left > 0:
            self._spins = 0
        elif steps is None:
            self._spins += 1
        if self._spins > MAX_SPINS:
            self._stop_spinning(workflow)
        return self._decision(workflow, turn, answers, now)

    # -- what it is asked ---------------------------------------------------------------------------------------

    @property
    def header(self) -> InstanceHeader | None:
        return self._header

    @property
    def workflow(self) -> TokenWorkflow:
        """Raises NotFound before the instance has been started."""
        if self._workflow is None:
            raise NotFound(f"Expected instance '{self.id}', but found none")
        return self._workflow

    def list_tokens(self) -> list[TokenView]:
        """The live tokens at elements of models, parents before children; the instance (token 0) is not in it."""
        return [
            make_view(token)
            for number, token in sorted(self.workflow.tasks.items())
            if number != 0 and token.task_spec.name != UNDO
        ]

    def get_visible_variables(self, token: int) -> dict[str, Value]:
        """All variables seen from a live token, 0 for the instance itself. Raises KeyError for others."""
        return collect_visible(self.workflow.tasks[token])

    @property
    def ledger(self) -> list[LedgerEntry]:
        return list(self.workflow.ledger.entries.values())

    def plan(self, *, activity_ref: str | None = None, to: str | None = None) -> list[PlanStep]:
        """What would be undone now, in order: by a rollback ``to`` an element, by a throw with ``activity_ref``, or
        (neither) by a cancel with compensation. Raises BadRequest or Conflict where a rollback would.
        """
        workflow = self.workflow
        if workflow.state.is_ended:
            return []
        if to is not None:
            found = find_target(workflow, to)
            return list_steps(workflow.ledger, found.selection, interrupted=found.interruption.undoings)
        if activity_ref is not None:
            scopes = tuple(get_ledger_scope(token) for token in workflow.tasks.values())
            return list_steps(
                workflow.ledger, Selection(scopes=scopes, elements=(activity_ref,), upto=workflow.ledger.last)
            )
        interruption = Interruption()
        interruption.add(workflow.root)
        inside = workflow.ledger.list_holding({*interruption.scopes})
        return list_steps(workflow.ledger, Selection(scopes=(), inside=inside), interrupted=interruption.undoings)

    # -- turns ----------------------------------------------------------------------------------------------------

    def _begin(self, envelopes: Sequence[Envelope]) -> TokenWorkflow:
        start = next((e.command for e in envelopes if isinstance(e.command, StartInstance)), None)
        if start is None:
            raise NotFound(f"Expected instance '{self.id}', but found none")
        self._workflow = TokenWorkflow(self.id, self._ports.get_spec(start.definition_id), self._ports)
        return self._workflow

    def _answer(self, turn: Turn, envelope: Envelope) -> Answer:
        turn.workflow.journal.by, turn.workflow.journal.traceparent = envelope.by, envelope.traceparent
        try:
            if not turn.workflow.is_started and not isinstance(envelope.command, StartInstance):
                raise NotFound(f"Expected instance '{self.id}' to be started first, but it has not been")
            return Answer(value=HANDLERS[type(envelope.command)](turn, envelope.command) or {})
        except Rejected as error:
            return Answer(error=type(error).__name__, message=error.message)
        finally:
            turn.workflow.journal.by = turn.workflow.journal.traceparent = None

    def _rejects(self, workflow: TokenWorkflow, envelope: Envelope) -> bool:
        """Whether nothing is kept of a command one of whose later steps has failed."""
        chosen, usual = envelope.on_failure, self._ports.on_failure
        if chosen is None and usual is not None:
            chosen = workflow.root.spec.model.properties.get(ON_FAILURE, usual)
        return chosen == "reject"

    def _run_due(self, workflow: TokenWorkflow, now: Millis, left: int) -> int:
        left = workflow.run(left)
        while left > 0 and not workflow.state.is_ended and (job := workflow.waits.pop_due(now)) is not None:
            jobs.run(workflow, job)
            left = workflow.run(left - 1)
        return left

    def _stop_spinning(self, workflow: TokenWorkflow) -> None:
        self._spins = 0
        for token in workflow.list_ready():
            token.wait()
            failures.open_incident(
                token,
                "runaway",
                f"Expected the instance to wait at some time, but it has run {MAX_SPINS * self._ports.max_steps} "
                "steps in a row; is there a loop without a way out? Resolving the incident lets it run on",
            )

    def _decision(self, workflow: TokenWorkflow, turn: Turn, answers: dict[str, Answer], now: Millis) -> TurnResult:
        journal = workflow.journal
        workflow.write_rows()
        activities = len(workflow.completed_activities), workflow.spec.activities
        if workflow.state.is_ended:
            workflow.forget_past()
        ready = workflow.list_ready()
        before, header = self._header, self._new_header(workflow, has_ready=bool(ready))
        for name, row in write_header(header).items():
            journal.write(name, row)
        if ready or workflow.pending or workflow.changed_variables or workflow.new_conditions:
            _write_pending(workflow, ready)
        journal.write("c", [workflow.numbers, workflow.ledger.last, self._spins])
        self._header = header
        records, timeouts = workflow.waits.take_changes()
        next_due = now if ready else workflow.waits.find_next_due()
        runs = workflow.state is InstanceState.ACTIVE
        calls = workflow.called_begun or workflow.called_ended
        begun, over, ended = _take_called(workflow) if calls else ((), (), ())
        return TurnResult(
            instance_id=self.id,
            put=journal.put,
            drop=frozenset(journal.drop),
            events=tuple(journal.events),
            answers=answers,
            records=records,
            header_before=before,
            header=header,
            outgoing=tuple(journal.outgoing),
            guards=turn.guards,
            next_due=next_due if runs else None,
            timeouts=timeouts,
            watches_attempts=runs,
            started=workflow.is_started,
            activities=activities,
            called_begun=begun,
            called_over=over,
            called_ended=ended,
        )

    def _new_header(self, workflow: TokenWorkflow, *, has_ready: bool) -> InstanceHeader:
        before, now, definition_id = self._header, workflow.journal.now, workflow.root_definition
        if before is not None and before.definition_id == definition_id:
            key = before.definition_key
        else:
            key = self._ports.definitions.get_definition(definition_id).key
        return InstanceHeader(
            id=self.id,
            definition_id=definition_id,
            definition_key=key,
            state=workflow.state,
            started_at=before.started_at if before is not None else now,
            business_key=workflow.business_key,
            ended_at=(before.ended_at if before is not None else None) or (now if workflow.state.is_ended else None),
            start_element=workflow.start_element,
            end_element=workflow.end_element,
            reason=workflow.reason,
            started_by=workflow.started_by,
            tokens=tuple(workflow.active_counts.items()),
            incidents=len(workflow.waits.incidents),
            undoing=workflow.ledger.is_undoing,
            tenant_id=workflow.tenant_id,
            position=workflow.journal.position,
            waiting=None if workflow.state.is_ended or has_ready else workflow.waits.waiting_for,
            undone=workflow.ledger.is_undone or workflow.state is InstanceState.COMPENSATED,
        )

    # -- rows -------------------------------------------------------------------------------------------------------

    def _restore(self, fields: Mapping[str, Value]) -> None:
        header = read_header(fields)
        workflow = TokenWorkflow(self.id, self._ports.get_spec(header.definition_id), self._ports)
        workflow.state = header.state
        workflow.business_key, workflow.tenant_id = header.business_key, header.tenant_id
        workflow.end_element, workflow.reason = header.end_element, header.reason
        workflow.start_element, workflow.started_by = header.start_element, header.started_by
        workflow.root_definition, workflow.is_started = header.definition_id, True
        workflow.journal.position = header.position
        workflow.active_counts.update(dict(header.tokens))
        workflow.numbers, workflow.ledger.last, self._spins = cast("list[int]", fields["c"])
        restore_tokens(workflow, fields)
        for name, value in fields.items():
            _restore_field(workflow, name, value)
        restore_declarations(workflow, fields)
        self._workflow, self._header = workflow, header


def _take_called(
    workflow: TokenWorkflow,
) -> tuple[tuple[CalledProcess, ...], tuple[CalledProcess, ...], tuple[EndedProcess, ...]]:
    """The called processes that have begun in this turn, those that ran before it and are over, and all that ended."""
    begun, workflow.called_begun = workflow.called_begun, {}
    over, workflow.called_over = workflow.called_over, []
    ended, workflow.called_ended = workflow.called_ended, []
    return tuple(token.make_called() for token in begun.values()), tuple(over), tuple(ended)


def _write_pending(workflow: TokenWorkflow, tokens: Sequence[Token]) -> None:
    """What a turn leaves to the next because its steps were used up: who is ready, in order, and the conditions that
    have still to be evaluated.
    """
    if not workflow.waits.conditions:
        workflow.changed_variables.clear()
    ready: list[Value] = [token.id for token in tokens]
    changes: list[Value] = [list[Value](change) for change in sorted(workflow.changed_variables)]
    fresh: list[Value] = [*sorted(workflow.new_conditions)]
    if ready or changes or fresh:
        workflow.journal.write("p", [ready, changes, fresh])
        workflow.pending = True
    elif workflow.pending:
        workflow.journal.erase("p")
        workflow.pending = False


def _restore_field(workflow: TokenWorkflow, name: str, value: Value) -> None:
    kind = name[0]
    if kind in "xujmi":
        workflow.waits.restore(kind, cast("list[Value]", value))
    elif kind == "a":
        workflow.completed_activities.add(name[1:])
    elif kind == "l":
        workflow.ledger.restore(cast("list[Value]", value))
    elif kind == "p":
        ready, changes, fresh = cast("tuple[list[int], list[list[str]], list[str]]", value)
        workflow.queue_again(ready)
        workflow.changed_variables = {(name, change) for name, change in changes}
        workflow.new_conditions, workflow.pending = set(fresh), True
    elif kind in "vbe":
        number, rest = split(name)
        if kind == "v" and number in workflow.tasks:
            workflow.tasks[number].data[rest] = value
        elif kind == "b":
            workflow.restore_value(number, rest, value)
        elif kind == "e":
            workflow.visits.setdefault(number, {})[rest] = cast("list[int]", value)
