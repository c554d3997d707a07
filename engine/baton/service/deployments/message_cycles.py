"""Message cycles: A waits for what B throws after B has waited for what only A throws after that. Linear, and pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from baton.model.problems import Problem, Severity
from baton.service.deployments.links import ANY, ProcessLinks

RULE = "message-cycle"


@dataclass(frozen=True, slots=True)
class Place:
    process: int
    """Its index among the processes."""
    node: str


class _Walk:
    """Lets a token go everywhere at once; one that waits goes on when somebody who got so far can throw its message.

    What has not been reached then never will be, unless a message comes from outside.
    """

    def __init__(self, processes: Sequence[ProcessLinks]) -> None:
        self._processes = processes
        self._thrown = {name for process in processes for name in process.throws.values()}
        self._open: set[str] = set()
        self.waiting: dict[str, list[Place]] = {}
        self._seen: set[Place] = set()
        self._todo = [Place(index, node) for index, value in enumerate(processes) for node in value.entries]

    def run(self) -> None:
        while self._todo:
            place = self._todo.pop()
            if place in self._seen:
                continue
            self._seen.add(place)
            one = self._processes[place.process]
            self._todo += [Place(place.process, node) for node in one.beside.get(place.node, ())]
            name = one.waits.get(place.node)
            if name is None or not self._is_closed(name):
                self._pass(place)
            else:
                self.waiting.setdefault(name, []).append(place)

    def _is_closed(self, name: str) -> bool:
        """What nobody throws here comes from outside."""
        return name in self._thrown and name not in self._open and ANY not in self._open

    def _pass(self, place: Place) -> None:
        one = self._processes[place.process]
        name = one.throws.get(place.node)
        if name is not None and name not in self._open:
            self._open.add(name)
            for waiting in [*self.waiting] if name == ANY else [name]:
                for held in self.waiting.pop(waiting, ()):
                    self._pass(held)
        self._todo += [Place(place.process, node) for node in one.steps.get(place.node, ())]

    def has_reached(self, place: Place) -> bool:
        return place in self._seen


def find_message_cycles(processes: Sequence[ProcessLinks], fresh: int) -> Iterator[Problem]:
    """A warning for each wait of the first ``fresh`` processes that ends only by a message from outside."""
    walk = _Walk(processes)
    walk.run()
    throwers = _collect_throwers(processes)
    for name, places in walk.waiting.items():
        for place in places:
            if place.process < fresh:
                yield _make_problem(processes, walk, throwers[name][0], place, name)


def _collect_throwers(processes: Sequence[ProcessLinks]) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for index, value in enumerate(processes):
        for node, name in value.throws.items():
            found.setdefault(name, []).append(Place(index, node))
    return found


def _make_problem(processes: Sequence[ProcessLinks], walk: _Walk, thrower: Place, place: Place, name: str) -> Problem:
    one, other = processes[place.process], processes[thrower.process]
    before = [
        f"'{held.node}' for '{awaited}'"
        for awaited, all_held in walk.waiting.items()
        for held in all_held
        if held.process == thrower.process
    ]
    blocked = f", after waiting at {' or '.join(before[:3])}" if before else ""
    return Problem(
        rule=RULE,
        severity=Severity.WARNING,
        message=f"Expected the message '{name}', for which '{place.node}' waits, to be thrown by somebody who does not "
        f"wait for this process first, but only '{thrower.node}' of process '{other.key}' throws it{blocked}: "
        "each waits for the other, unless a message comes from outside",
        element=place.node,
        line=one.lines.get(place.node),
        resource=one.resource,
    )
