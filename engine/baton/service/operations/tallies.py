"""What turns have done, counted for the metrics: in memory first, and now and then added to what the store has.

Nothing of it is on the way of a turn but the counting. A process that is killed loses what it has not added yet, at
most some seconds of it.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Mapping, Sequence

import structlog

from baton.model.errors import Overloaded
from baton.model.events import TIMED_OUT, Event
from baton.model.records import ExternalTask, UserTask
from baton.model.standalone import KEY as STANDALONE
from baton.model.times import Millis
from baton.model.turn_result import TurnResult
from baton.store.store import Store
from baton.store.tallies import StoredTallies

log = structlog.get_logger("baton.tallies")

Name = tuple[str, ...]
"""A metric and its labels; of a histogram also the number of the bucket, or ``SUM``."""
COUNTERS: Mapping[str, tuple[str, Sequence[str]]] = {
    "instances_started": ("instances that have started", ("definition",)),
    "instances_ended": ("instances that have ended, by how", ("definition", "state")),
    "elements_completed": ("elements that were completed, in the process that was started", ("definition", "element")),
    "external_tasks_completed": ("external tasks that workers have completed", ("definition", "element", "topic")),
    "external_tasks_failed": ("attempts at external tasks that have failed", ("definition", "element", "topic")),
    "external_tasks_retried": ("such after which another attempt follows", ("definition", "element", "topic")),
    "external_tasks_timed_out": ("such that have taken too long", ("definition", "element", "topic")),
    "user_tasks_completed": ("user tasks that were completed", ("definition", "element")),
    "incidents_opened": ("incidents that were opened", ("definition", "element", "kind")),
    "compensations": ("times that undoing began or was over", ("definition", "outcome")),
    "undone_activities": ("activities whose undoing began or was over", ("definition", "handler", "outcome")),
}
"""Metric -> what it counts, and its labels. ``definition`` is the key of a process."""
HISTOGRAMS: Mapping[str, tuple[str, Sequence[str]]] = {
    "instance_seconds": ("from the start of an instance to its end", ("definition",)),
    "activity_seconds": ("from the opening of an external or user task to its completion", ("definition", "element")),
}
BOUNDS_S = (0.05, 0.25, 1, 5, 15, 60, 300, 900, 3_600, 6 * 3_600, 86_400, 7 * 86_400, 30 * 86_400)
"""Upper bounds of the buckets of histograms."""
_BOUNDS_MS = tuple(round(bound * 1_000) for bound in BOUNDS_S)
SUM = "sum"
"""In milliseconds."""
MOST_OF_A_METRIC = 2_000
"""Rows of one metric. Further ones, such as of topics that the data chooses, are counted together as ``OTHER``."""
OTHER = "other"
_FLUSHED_EACH_S = 2.0
_TASKS = {"ExternalTaskCompleted", "ExternalTaskFailed", "UserTaskCompleted"}
_UNDOING = {"UndoStarted": "started", "UndoCompleted": "succeeded", "UndoFailed": "failed", "UndoSkipped": "skipped"}
_COMPENSATIONS = {"CompensationStarted": "started", "CompensationCompleted": "completed"}
_RARE = {*_TASKS, *_UNDOING, *_COMPENSATIONS, "IncidentOpened"}
_HANDLER = 5
"""Place of the handler in the row of a ledger entry."""


class Tallies:
    """Safe for threads and greenlets."""

    def __init__(self, store: Store) -> None:
        self._store: StoredTallies = store.tallies
        self._counts: dict[Name, int] = {}
        self._known: set[Name] = set()
        self._lock = threading.Lock()
        self._stop = threading.Event()

    def count(self, result: TurnResult) -> None:
        """After a commit."""
        header, rare = result.header, False
        key = header.definition_key
        if key == STANDALONE:
            return
        names: list[Name] = []
        times: list[tuple[Name, Millis]] = []
        for event in result.events:
            # The value itself: the hash of a member of an enum is a call.
            kind = event.type._value_
            if kind == "ElementCompleted":
                names.append(("elements_completed", key, event.element or ""))
            elif kind == "InstanceStarted":
                names.append(("instances_started", key))
            elif kind == "InstanceEnded":
                took = max(0, event.at - header.started_at)
                names.append(("instances_ended", key, header.state.value))
                names.append(("instance_seconds", key, str(bisect_left(_BOUNDS_MS, took))))
                times.append((("instance_seconds", key, SUM), took))
            elif kind in _RARE:
                rare = True
        if rare:
            times += self._look_closer(result, names)
        with self._lock:
            counts = self._counts
            for name in names:
                counts[name] = counts.get(name, 0) + 1
            for name, took in times:
                counts[name] = counts.get(name, 0) + took

    def _look_closer(self, result: TurnResult, names: list[Name]) -> list[tuple[Name, Millis]]:
        """Adds what is not so frequent; returns what it took by histogram."""
        key = result.header.definition_key
        tasks = {it.before.id: it.before for it in result.records if isinstance(it.before, (ExternalTask, UserTask))}
        times: list[tuple[Name, Millis]] = []
        for event in result.events:
            kind = event.type._value_
            if kind in _TASKS:
                task = tasks.get(str(event.data.get("id")))
                if task is not None:
                    times += _count_task(kind, event, task, names)
            elif kind == "IncidentOpened":
                names.append(("incidents_opened", key, event.element or "", str(event.data.get("kind"))))
            elif kind in _COMPENSATIONS:
                names.append(("compensations", key, _COMPENSATIONS[kind]))
            elif kind in _UNDOING:
                names.append(("undone_activities", key, _find_handler(event, result), _UNDOING[kind]))
        return times

    # -- to the store

    def begin(self) -> None:
        """Add from now on what was counted, in a thread."""
        threading.Thread(target=self._run, name="baton-tallies", daemon=True).start()

    def _run(self) -> None:
        while not self._stop.wait(_FLUSHED_EACH_S):
            try:
                self.flush()
            except Exception as error:
                log.warning("not counted yet", action="tallies.interrupted", reason=str(error))

    def close(self) -> None:
        """Stop, and add what is left if the store answers."""
        self._stop.set()
        try:
            self.flush()
        except Overloaded as error:
            log.warning("not counted", action="tallies.lost", reason=error.message)

    def flush(self) -> None:
        """Add what was counted. Raises Overloaded; then it is added later."""
        with self._lock:
            found, self._counts = self._counts, {}
        if not found:
            return
        try:
            self._store.add(self._narrow(found))
        except Overloaded:
            with self._lock:
                for name, count in found.items():
                    self._counts[name] = self._counts.get(name, 0) + count
            raise

    def _narrow(self, counts: Mapping[Name, int]) -> dict[Name, int]:
        """The same with no more rows of a metric than it may have."""
        if not counts.keys() <= self._known:
            self._known = self._store.list_names()
            sizes: dict[str, int] = {}
            for name in self._known:
                sizes[name[0]] = sizes.get(name[0], 0) + 1
            for name in counts.keys() - self._known:
                sizes[name[0]] = sizes.get(name[0], 0) + 1
                if sizes[name[0]] <= MOST_OF_A_METRIC:
                    self._known.add(name)
        found: dict[Name, int] = {}
        for name, count in counts.items():
            kept = name if name in self._known else _merge(name)
            found[kept] = found.get(kept, 0) + count
        return found

    def read(self) -> dict[Name, int]:
        """All that has been counted, by this process up to now. Raises Overloaded."""
        self.flush()
        return self._store.read()


def _merge(name: Name) -> Name:
    metric, *labels = name
    kept = labels[-1:] if metric in HISTOGRAMS else []
    return (metric, *(OTHER for _ in labels[: len(labels) - len(kept)]), *kept)


def _count_task(kind: str, event: Event, task: ExternalTask | UserTask, names: list[Name]) -> list[tuple[Name, Millis]]:
    where = (task.definition_key, task.element)
    if isinstance(task, UserTask):
        names.append(("user_tasks_completed", *where))
        return _time(where, event.at - task.created_at, names)
    if kind == "ExternalTaskCompleted":
        names.append(("external_tasks_completed", *where, task.topic))
        return _time(where, event.at - task.created_at, names)
    names.append(("external_tasks_failed", *where, task.topic))
    if event.data.get("retries"):
        names.append(("external_tasks_retried", *where, task.topic))
    if str(event.data.get("message")).startswith(TIMED_OUT):
        names.append(("external_tasks_timed_out", *where, task.topic))
    return []


def _time(where: Name, took: Millis, names: list[Name]) -> list[tuple[Name, Millis]]:
    names.append(("activity_seconds", *where, str(bisect_left(_BOUNDS_MS, took))))
    return [(("activity_seconds", *where, SUM), max(0, took))]


def _find_handler(event: Event, result: TurnResult) -> str:
    """The handler that undoes; the activity itself, if it is undone by what is inside it."""
    row = result.put.get(f"l{event.data.get('seq')}")
    handler = row[_HANDLER] if isinstance(row, list) and len(row) > _HANDLER else event.data.get("handler")
    return str(handler or event.element or "")
