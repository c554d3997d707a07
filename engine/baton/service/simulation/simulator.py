"""Running a draft with the real engine, without a server's memory: the caller holds the state between the steps."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from baton.model.commands import Envelope
from baton.model.declared import FIELD, read_declared
from baton.model.errors import BadRequest, Conflict
from baton.model.events import Event, EventType
from baton.model.ids import make_instance_id
from baton.model.problems import Problem
from baton.model.records import (
    ExternalTask,
    Incident,
    InstanceHeader,
    Job,
    LedgerEntry,
    Lock,
    Subscription,
    UserTask,
)
from baton.model.times import Millis
from baton.model.turn_result import Outgoing, TurnResult
from baton.model.values import Value
from baton.runtime import Instance, PlanStep, TokenView
from baton.service.core.clock import Clock
from baton.service.reads.instance_reader import close_ledger
from baton.service.simulation.drafts import Draft
from baton.service.simulation.requests import WORKER, SimulatedInstance, SimulationRequest, make_command
from baton.service.turns.failures import raise_refusal
from baton.store import codec
from baton.store.blobs import BlobCodec

MAX_STEPS = 1_000
"""Steps of one turn."""
MAX_EVENTS = 5_000
"""Events of one answer; what is left to run goes on with the next request."""
MAX_TURNS = 200
MAX_SINGLE_STEPS = 2_000
"""Turns of one answer that looks for a breakpoint after each step."""
ANY_ELEMENT = "*"
"""As a breakpoint: stop wherever a token comes."""
MAX_STATE = 4 * 1024 * 1024
INSTANCE = make_instance_id(bytes(10), 0)
_UNREADABLE_ERRORS = (KeyError, IndexError, TypeError, ValueError, AttributeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """Where the simulated instance is after a request. ``more``: not every token waits yet, ask again."""

    state: str
    now: Millis
    header: InstanceHeader | None
    events: tuple[Event, ...] = ()
    sent: tuple[Outgoing, ...] = ()
    tokens: tuple[TokenView, ...] = ()
    variables: Mapping[int, Mapping[str, Value]]
    external_tasks: tuple[ExternalTask, ...] = ()
    user_tasks: tuple[UserTask, ...] = ()
    jobs: tuple[Job, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    incidents: tuple[Incident, ...] = ()
    ledger: tuple[LedgerEntry, ...] = ()
    problems: tuple[Problem, ...] = ()
    next_due: Millis | None = None
    plan: tuple[PlanStep, ...] = ()
    """What would be undone now, in this order."""
    stopped_at: tuple[str, ...] = ()
    """The elements with a breakpoint that a token has come to; none when nothing was stopped."""
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pausing:
    """Where a simulation stops before every token waits: at elements (``ANY_ELEMENT``: at each), or at once after the
    command. ``plan_to`` is the element that the plan of the answer goes back to.
    """

    stop_at: frozenset[str] = frozenset()
    at_once: bool = False
    plan_to: str | None = None


TO_REST = Pausing()


class Simulator:
    def __init__(self, clock: Clock, blobs: BlobCodec) -> None:
        self._clock, self._blobs = clock, blobs

    def run(
        self,
        draft: Draft,
        state: str | None,
        request: SimulationRequest | None,
        now: Millis | None,
        pausing: Pausing = TO_REST,
    ) -> Simulation:
        """One request, then everything that is due up to ``now``, each at its own moment, unless it is to pause.

        Raises BadRequest for a state that is not one, Conflict when the draft is no longer the one it was begun with
        or time would go back, and what the command raises; the state that the caller holds is then as good as before.
        """
        run = _Run(draft, _State.read(self._blobs, state, draft), self._blobs, pausing)
        moment = now if now is not None else run.state.now or self._clock.now()
        if moment < run.state.now:
            raise Conflict(f"Expected a moment not before {run.state.now}, where the simulation is, but found {moment}")
        if request is not None:
            run.apply(request, run.state.now or moment)
        run.pass_time(moment)
        return run.make_result()


class _State:
    """The state that the caller holds, decoded."""

    def __init__(self, digest: str, now: Millis, count: int, due: Millis | None, fields: dict[str, Value]) -> None:
        self.digest, self.now, self.count, self.due, self.fields = digest, now, count, due, fields

    @classmethod
    def read(cls, blobs: BlobCodec, text: str | None, draft: Draft) -> _State:
        if not text:
            return cls(draft.digest, 0, 0, None, {})
        try:
            blob = blobs.open(b64decode(text, validate=True))
            # Never compressed: a caller could make it expand without a bound.
            if len(blob) > MAX_STATE or blob[:1] == codec.ZSTD:
                raise ValueError("too large")
            digest, now, count, due, fields = codec.decode(blob)
            found = cls(str(digest), int(now), int(count), None if due is None else int(due), dict(fields))
        except (codec.Damaged, *_UNREADABLE_ERRORS) as error:
            raise BadRequest("Expected the 'state' as it was returned before, but it cannot be read") from error
        if found.digest != draft.digest:
            raise Conflict("Expected the draft with which the simulation began, but it has changed: begin again")
        return found

    def write(self, blobs: BlobCodec) -> str:
        blob = blobs.encode([self.digest, self.now, self.count, self.due, self.fields], compress=False)
        if len(blob) > MAX_STATE:
            raise BadRequest(f"Expected a simulation of at most {MAX_STATE // 2**20} MB, but it has become larger")
        return b64encode(blob).decode()


class _Run:
    def __init__(self, draft: Draft, state: _State, blobs: BlobCodec, pausing: Pausing) -> None:
        self.draft, self.state, self._blobs, self._pausing = draft, state, blobs, pausing
        self._events: list[Event] = []
        self._stopped_at: tuple[str, ...] = ()
        self._sent: list[Outgoing] = []
        self._turns = 0
        self._until = state.now
        """The moment that time was asked to pass to."""
        try:
            self._instance = Instance.restore(INSTANCE, state.fields, draft.ports)
        except _UNREADABLE_ERRORS as error:
            raise BadRequest("Expected the 'state' as it was returned before, but it does not fit the draft") from error

    @property
    def _started(self) -> bool:
        return self._instance.header is not None

    def apply(self, request: SimulationRequest, now: Millis) -> None:
        instance = self._instance if self._started else None
        draft = self.draft
        simulated = SimulatedInstance(draft.definition_id, draft.ports.definitions, instance, now, draft.forms)
        if not self._started and request.kind not in ("start", "message", "signal"):
            raise Conflict(f"Expected the simulation to be started first, but found the command '{request.kind}'")
        self.state.count += 1
        envelope = Envelope(id=f"s{self.state.count}", command=make_command(request, simulated), submitted_at=now)
        raise_refusal(self._decide([envelope], now).answers[envelope.id])

    def pass_time(self, until: Millis) -> None:
        self._until = until
        most = MAX_SINGLE_STEPS if self._pausing.stop_at else MAX_TURNS
        while self._started and self._has_more(until):
            if self._is_paused or len(self._events) >= MAX_EVENTS or self._turns >= most:
                return
            self._decide([], max(self.state.now, self.state.due or 0))
        if not self._is_paused:
            self.state.now = until

    @property
    def _is_paused(self) -> bool:
        return self._pausing.at_once or bool(self._stopped_at)

    def _has_more(self, until: Millis) -> bool:
        return self.state.due is not None and self.state.due <= until

    def _decide(self, envelopes: list[Envelope], now: Millis) -> TurnResult:
        result = self._instance.decide(envelopes, now, self._make_locks(now), steps=self._count_steps(envelopes))
        self._turns += 1
        self._events += result.events
        self._stopped_at = tuple(self._list_stops(result.events))
        self._sent += result.outgoing
        for name in result.drop:
            self.state.fields.pop(name, None)
        self.state.fields.update(result.put)
        self.state.now, self.state.due = now, result.next_due
        return result

    def _count_steps(self, envelopes: list[Envelope]) -> int | None:
        """How far the next turn goes: a breakpoint is looked for after the command and after each step."""
        if not (self._pausing.at_once or self._pausing.stop_at):
            return None
        return 0 if envelopes else 1

    def _list_stops(self, events: Sequence[Event]) -> Iterator[str]:
        wanted = self._pausing.stop_at
        for event in events:
            element = event.element
            # The body of a loop is not a place where a token is seen.
            if event.type is not EventType.ELEMENT_ENTERED or element is None or event.data.get("body"):
                continue
            # What the engine adds has no name of the model's, so "any element" leaves it out.
            if element in wanted or (ANY_ELEMENT in wanted and not element.startswith("$")):
                yield element

    def _make_locks(self, now: Millis) -> dict[str, Lock]:
        """Every external task is locked by the worker that the simulation plays."""
        if not self._started:
            return {}
        tasks = self._instance.workflow.waits.iterate(ExternalTask)
        return {task.id: Lock(task_id=task.id, worker_id=WORKER, until=now + 1, fence=1) for task in tasks}

    def make_result(self) -> Simulation:
        header = self._instance.header
        return Simulation(
            state=self.state.write(self._blobs),
            now=self.state.now,
            header=header,
            events=tuple(self._events),
            sent=tuple(self._sent),
            tokens=() if header is None or header.state.is_ended else tuple(self._instance.list_tokens()),
            variables=_collect_variables(self.state.fields),
            external_tasks=self._list_open(ExternalTask),
            user_tasks=self._list_open(UserTask),
            jobs=self._list_open(Job),
            subscriptions=self._list_open(Subscription),
            incidents=self._list_open(Incident),
            ledger=tuple(close_ledger(self._instance.ledger, header.state)) if header is not None else (),
            problems=self.draft.problems,
            plan=tuple(self._instance.plan(to=self._pausing.plan_to)) if self._started else (),
            stopped_at=self._stopped_at,
            next_due=self._find_next_due(),
            more=self._started and (self.state.now < self._until or self._has_more(self.state.now)),
        )

    def _find_next_due(self) -> Millis | None:
        """When something happens by itself, or a task that has failed can be tried again."""
        waiting = [task.not_before for task in self._list_open(ExternalTask) if task.not_before > self.state.now]
        return min((due for due in (self.state.due, *waiting) if due is not None), default=None)

    def _list_open(self, kind: Any) -> tuple[Any, ...]:
        return tuple(self._instance.workflow.waits.iterate(kind)) if self._started else ()


def _collect_variables(fields: Mapping[str, Value]) -> dict[int, dict[str, Value]]:
    found: dict[int, dict[str, Value]] = {0: {}}
    for name, value in fields.items():
        if name.startswith("v"):
            number, _, variable = name[1:].partition("/")
            found.setdefault(int(number), {})[variable] = read_declared(value, fields.get(FIELD + name))
    return found
