"""Completions travel together: what becomes ready while a request is under way goes with the next one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from baton.worker.errors import EngineRefused, EngineUnreachable
from baton.worker.rest import BUSY, Rest
from baton.worker.task import Task
from baton.worker.values import Typed

LINES = 2
"""Requests under way at once: with the first on its way a second need not wait, a third joins others."""
MOST = 50


@dataclass(slots=True, eq=False)
class _Completion:
    task: Task
    variables: Mapping[str, Typed]
    local: bool = False
    on_its_way: bool = False
    arrived: bool = False
    """Its request is over."""
    answered: bool = False
    error: EngineRefused | EngineUnreachable | None = None

    def make_body(self) -> dict[str, Any]:
        return {"workerId": self.task.worker_id, "localVariables" if self.local else "variables": dict(self.variables)}


class Completions:
    """Safe for threads: one that finds a free line sends all that is waiting; nothing waits for others to join it."""

    def __init__(self, rest: Rest, give_up: Callable[[], bool]) -> None:
        self._rest, self._give_up = rest, give_up
        self._waiting: list[_Completion] = []
        self._lines = LINES
        self._changed = threading.Condition()

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def complete(self, task: Task, variables: Mapping[str, Typed], *, local: bool = False) -> None:
        """Return once the engine has it. Raises EngineRefused, EngineUnreachable."""
        mine = _Completion(task, variables, local)
        with self._changed:
            self._waiting.append(mine)
            self._changed.wait_for(lambda: mine.arrived or (self._lines > 0 and not mine.on_its_way))
            batch = [] if mine.arrived else self._board(mine)
        if batch:
            self._travel(batch)
        if mine.error is not None:
            raise mine.error
        if not mine.answered:
            self._send_alone(mine)

    def _board(self, mine: _Completion) -> list[_Completion]:
        others = [item for item in self._waiting if item is not mine]
        batch = [mine, *others[: MOST - 1]]
        self._waiting = others[MOST - 1 :]
        self._lines -= 1
        for item in batch:
            item.on_its_way = True
        return batch

    def _travel(self, batch: Sequence[_Completion]) -> None:
        try:
            if len(batch) == 1:
                self._send_alone(batch[0])
            else:
                self._send(batch)
        except (EngineRefused, EngineUnreachable) as error:
            batch[0].error = error
        finally:
            with self._changed:
                self._lines += 1
                for item in batch:
                    item.arrived = True
                self._changed.notify_all()

    def _send(self, batch: Sequence[_Completion]) -> None:
        tasks = [{"id": item.task.id, **item.make_body()} for item in batch]
        try:
            outcomes = self._rest.post_surely("/external-task/complete", {"tasks": tasks}, give_up=self._give_up)
        except EngineRefused:
            return  # one that cannot be read spoils the request of all: each goes again for itself
        except EngineUnreachable as error:
            for item in batch:
                item.error = error
        else:
            for item, outcome in zip(batch, outcomes, strict=True):
                _note(item, outcome)

    def _send_alone(self, completion: _Completion) -> None:
        path = f"/external-task/{completion.task.id}/complete"
        self._rest.post_surely(path, completion.make_body(), give_up=self._give_up)
        completion.answered = True


def _note(completion: _Completion, outcome: Mapping[str, Any]) -> None:
    if outcome["completed"]:
        completion.answered = True
    elif outcome["status"] not in BUSY:
        completion.error = EngineRefused(outcome["status"], outcome["type"], outcome["message"], outcome)
    # What is still being done goes again for itself: the repeat by the same worker gets the answer of the first.
