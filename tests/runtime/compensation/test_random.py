"""Random processes, random order of work, and a throw, a cancel or a rollback at any moment."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from baton.bpmn import read
from baton.model.commands import (
    CancelInstance,
    CompleteExternalTask,
    FailExternalTask,
    MarkUndone,
    RetryUndo,
    Rollback,
    SkipUndo,
)
from baton.model.events import UNDO, Event, EventType
from baton.model.records import ExternalTask
from tests.runtime.compensation.oracle import OVER, History
from tests.runtime.compensation.random_models import Model, models
from tests.runtime.lab import WORKER, Lab, Library

EXAMPLES = int(os.environ.get("BATON_EXAMPLES", "60"))
MAX_STEPS = 400


Step = tuple[str, int]
steps = st.lists(
    st.tuples(st.sampled_from([*["work"] * 12, "fail", "fail", "rollback", "rollback", "cancel"]), st.integers(0, 999)),
    max_size=60,
)


class Run:
    """One instance, driven by steps; when they are used up, the first open task is completed until it ends.

    The branch that throws comes last then.
    """

    def __init__(self, model: Model, given: list[Step], *, restoring: bool) -> None:
        reading = read(model.xml)
        assert not reading.errors, "\n".join(map(str, reading.errors))
        self.model = model
        self.steps = list(given)
        self.lab = Lab(Library(*reading.processes), restoring=restoring)
        self.asked = 0
        self.rolled_back = 0
        self.operator: list[tuple[int, str | None]] = []
        """Position in history before each command of an operator, and the element to go back to."""

    def go(self) -> Run:
        self.lab.start(items=["x", "y"])
        for _ in range(MAX_STEPS):
            if not self.lab.open(ExternalTask):
                return self
            self._step(*(self.steps.pop(0) if self.steps else ("work", 0)))
        raise AssertionError(f"still at {self.lab.waiting} after {MAX_STEPS} steps")

    def _step(self, kind: str, choice: int) -> None:
        if kind == "cancel" and not any(to is None for _, to in self.operator):
            self._operate(CancelInstance(compensate=True), None)
        elif kind == "rollback" and self.rolled_back < 3 and not self._is_rolling_back():
            mark = self.model.marks[choice % len(self.model.marks)]
            self._operate(Rollback(to=mark), mark)
        else:
            tasks = sorted(
                self.lab.open(ExternalTask), key=lambda t: (t.element == "do-beside", int(t.id.split(".")[1]))
            )
            self._work(tasks[choice % len(tasks)], kind, choice)

    def _operate(self, command: CancelInstance | Rollback, to: str | None) -> None:
        position = len(self.lab.events)
        plan = [step.entry.seq for step in self.lab.instance.plan(to=to)] if to is None or self._can(to) else None
        answer = self.lab.offer(command)
        if answer.error is not None:
            assert to is not None
            assert not self._can(to, self.lab.events), answer.message
            return
        started = next(e for e in self.lab.events[position:] if e.type is EventType.COMPENSATION_STARTED)
        assert plan == started.data["plan"], "the plan is what is done"
        self.rolled_back += to is not None
        self.operator.append((position, to))

    def _can(self, to: str, events: list[Event] | None = None) -> bool:
        """Whether the instance has come to the mark, and not gone back over it since."""
        last = None
        order = self.model.marks
        for event in events or self.lab.events:
            if event.type is EventType.ELEMENT_ENTERED and event.element == to:
                last = event
            elif event.type is EventType.COMPENSATION_STARTED and (back := self._target(event)) is not None:
                last = None if order.index(back) < order.index(to) else last
        return last is not None

    def _target(self, event: Event) -> str | None:
        """The element of the rollback that began with this event."""
        found = [to for position, to in self.operator if position < event.position]
        mine = found and event.element == UNDO and not self._parent(event)
        return found[-1] if mine else None

    def _parent(self, event: Event) -> int:
        entered = next(e for e in self.lab.events if e.type is EventType.ELEMENT_ENTERED and e.token == event.token)
        return int(entered.data.get("parent", 0))  # type: ignore[arg-type]

    def _is_rolling_back(self) -> bool:
        return any(token.memory.then in ("rollback", "end") for token in self.lab.instance.workflow.tasks.values())

    def _work(self, task: ExternalTask, kind: str, choice: int) -> None:
        if task.undoes is not None and kind == "fail" and task.retries is None:
            self.lab.send(FailExternalTask(task_id=task.id, worker_id=WORKER, error_message="no", retries=0))
            way = (RetryUndo, SkipUndo, MarkUndone)[choice % 3]
            self.lab.send(way(seq=task.undoes))
            return
        values = {}
        if task.element.startswith("ask"):
            self.asked += 1
            values[task.element] = self.asked < 6 and choice % 2 == 1
        self.lab.send(CompleteExternalTask(task_id=task.id, worker_id=WORKER, variables=values))


def check(run: Run) -> None:
    """Every undoing undid what history says, in strict reverse, one at a time, nothing twice."""
    events = run.lab.events
    undone = [e.data["seq"] for e in events if e.type in OVER]
    assert len(undone) == len(set(undone)), "each entry at most once"
    for index, event in enumerate(events):
        if event.type is EventType.COMPENSATION_STARTED:
            _check_plan(run, index)
            _check_order(events, index)


def _check_plan(run: Run, index: int) -> None:
    event = run.lab.events[index]
    at_start = History(run.model.handled).read(run.lab.events[:index])
    plan = [at_start.entries[seq] for seq in event.data["plan"]]  # type: ignore[union-attr,index]
    assert plan == _expected(run, index, at_start), (event, run.lab.events)


def _expected(run: Run, index: int, now: History) -> list[int]:
    events = run.lab.events
    event = events[index]
    if event.element == "throw":
        return now.of_throw(0, now.busy)
    if event.element.startswith("inner"):  # type: ignore[union-attr]
        revived = now.places[now.places[event.token or 0].parent].parent
        seq = next(seq for seq, handler in now.running.items() if handler == revived)
        return now.of_throw(now.entries[seq], now.busy)
    parent = now.places[event.token or 0].parent
    if parent:
        ended = max(i for i in range(index) if (events[i].element or "").startswith("cancelled"))
        before = History(run.model.handled).read(events[: ended + 1])
        return before.of_scopes(before.active_scopes(parent), busy=now.busy)
    position, to = [pair for pair in run.operator if pair[0] <= index][-1]
    before = History(run.model.handled).read(events[:position])
    if to is None:
        scopes = dict.fromkeys([*before.active_scopes(0), *_left_by_rollbacks(run, position, before)])
        return before.of_scopes(scopes, busy=now.busy)
    entered = max(p.entered for p in before.places.values() if p.element == to)
    expected = before.of_scopes(before.active_scopes(0), entered, busy=now.busy)
    return [number for number in expected if before.places[number].element != "do-beside"]


def _left_by_rollbacks(run: Run, position: int, before: History) -> list[int]:
    """The scopes that a rollback under way has interrupted: what it has not undone yet, the cancel undoes.

    What completed inside a subprocess that has completed itself is undone with that subprocess, and not once more.
    """
    planned = sorted(_planned_before(run.lab.events, position))  # type: ignore[type-var]
    scopes = [before.scope_of(before.entries[seq]) for seq in planned]  # type: ignore[index]
    return [scope for scope in scopes if not scope or before.places[scope].completed is None]


def _check_order(events: list[Event], index: int) -> None:
    shared = _planned_before(events, index)
    plan = [seq for seq in events[index].data["plan"] if seq not in shared]  # type: ignore[union-attr]
    running: set[object] = set()
    over: list[object] = []
    for event in events[index + 1 :]:
        seq = event.data.get("seq")
        if seq not in plan:
            continue
        if event.type is EventType.UNDO_STARTED:
            assert not running, "one at a time"
            running.add(seq)
        elif event.type in OVER:
            running.discard(seq)
            over.append(seq)
        elif event.type in (EventType.COMPENSATION_RECORDED, EventType.UNDO_DISCARDED):
            running.discard(seq)
    assert over == [seq for seq in plan if seq in over], "strict reverse of completion"


def _planned_before(events: list[Event], index: int) -> set[object]:
    """The entries that an undoing which began before was still about at that moment: those it does in its own order."""
    open_plans: dict[object, list[object]] = {}
    for event in events[:index]:
        if event.type is EventType.COMPENSATION_STARTED:
            open_plans[event.token] = list(event.data["plan"])  # type: ignore[arg-type]
        elif event.type in (EventType.COMPENSATION_COMPLETED, EventType.ELEMENT_CANCELLED):
            open_plans.pop(event.token, None)
    return {seq for plan in open_plans.values() for seq in plan}


@settings(
    max_examples=EXAMPLES,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(model=models(), given_steps=steps)
def test_undoing_is_the_reverse_of_what_was_done_however_it_is_asked_for(model: Model, given_steps: list[Step]):
    note(model.xml.decode())
    restored = Run(model, given_steps, restoring=True).go()
    check(restored)
    assert restored.lab.header.state.is_ended
    uninterrupted = Run(model, given_steps, restoring=False).go()
    assert restored.lab.events == uninterrupted.lab.events
    assert restored.lab.fields == uninterrupted.lab.fields
