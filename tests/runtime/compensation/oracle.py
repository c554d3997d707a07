"""What has to be undone, told from history alone: a second opinion, made of nothing that the runtime uses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from baton.model.events import Event, EventType
from tests.runtime.compensation.random_models import UNDOABLE

GONE = (EventType.ELEMENT_CANCELLED, EventType.TOKEN_MERGED)
OVER = (EventType.UNDO_COMPLETED, EventType.UNDO_SKIPPED)


@dataclass
class Place:
    element: str
    parent: int
    entered: int
    body: bool = False
    """The body of a multi-instance or loop, or a called process: what completes in it completes in what is around."""
    completed: int | None = None
    gone: bool = False
    handler: bool = False

    @property
    def alive(self) -> bool:
        return self.completed is None and not self.gone


@dataclass
class History:
    """The tokens of an instance after some events. ``entries``: ledger number -> the token that completed."""

    groups: set[str]
    """Subprocesses and calls that are undone by a handler of their own."""
    places: dict[int, Place] = field(default_factory=dict[int, Place])
    entries: dict[int, int] = field(default_factory=dict[int, int])
    running: dict[int, int] = field(default_factory=dict[int, int])
    undone: set[int] = field(default_factory=set[int])

    def read(self, events: Iterable[Event]) -> History:
        for event in events:
            self._apply(event)
        return self

    def _apply(self, event: Event) -> None:
        token = event.token or 0
        if event.type is EventType.ELEMENT_ENTERED:
            parent = int(event.data.get("parent", 0))  # type: ignore[arg-type]
            body = bool(event.data.get("body") or event.data.get("called"))
            self.places[token] = Place(event.element or "", parent, event.position, body)
        elif event.type is EventType.ELEMENT_COMPLETED:
            self.places[token].completed = event.position
        elif event.type in GONE:
            self.places[token].gone = True
            self.running = {seq: handler for seq, handler in self.running.items() if handler != token}
        elif event.type is EventType.COMPENSATION_RECORDED:
            self.entries[int(event.data["seq"])] = token  # type: ignore[arg-type]
        elif event.type is EventType.UNDO_STARTED:
            self.places[token].handler = True
            self.running[int(event.data["seq"])] = token  # type: ignore[arg-type]
        elif event.type in OVER:
            seq = int(event.data["seq"])  # type: ignore[arg-type]
            self.running.pop(seq, None)
            self.undone.add(self.entries[seq])

    # -- what follows -------------------------------------------------------------------------------------------

    def of_throw(self, scope: int, busy: Iterable[int] = ()) -> list[int]:
        """The tokens that a throw in the scope undoes, in order. ``busy``: another is at them at this moment."""
        return self._reverse(self._completed(scope), set(busy))

    def of_scopes(self, scopes: Iterable[int], after: int = 0, root: int = 0, busy: Iterable[int] = ()) -> list[int]:
        """The same over several scopes that are interrupted together; ``after`` bounds what completed in ``root``."""
        found = [n for s in scopes for n in self._completed(s) if s != root or (self.places[n].completed or 0) > after]
        return self._reverse(found, set(busy))

    def active_scopes(self, top: int) -> list[int]:
        """The scope and all subprocesses that still run inside it; what handlers have inside does not count."""
        inside = [n for n, p in self.places.items() if n != top and p.alive and self._is_inside(n, top)]
        return [top, *inside]

    @property
    def busy(self) -> set[int]:
        return {self.entries[seq] for seq in self.running}

    def _completed(self, scope: int) -> list[int]:
        return [
            number
            for number, place in self.places.items()
            if place.completed is not None and not place.body and not place.handler and self.scope_of(number) == scope
        ]

    def scope_of(self, number: int) -> int:
        """The scope that the token completed in."""
        parent = self.places[number].parent
        return self.scope_of(parent) if parent and self.places[parent].body else parent

    def _is_inside(self, number: int, top: int) -> bool:
        while number and number != top:
            if self.places[number].handler:
                return False
            number = self.places[number].parent
        return number == top

    def _reverse(self, tokens: Iterable[int], busy: set[int]) -> list[int]:
        found: list[int] = []
        for number in sorted(tokens, key=lambda item: -(self.places[item].completed or 0)):
            place = self.places[number]
            if number in self.undone or number in busy:
                continue
            if place.element in self.groups or place.element.startswith(UNDOABLE):
                found.append(number)
            else:
                inner = self._completed(number)
                steps = self._reverse(inner, busy)
                if steps or self._has_ever(inner):
                    found += [*steps, number]
        return found

    def _has_ever(self, tokens: Iterable[int]) -> bool:
        """Whether the scope had something to undo when it completed: it is a group, even if all in it is undone."""
        recorded = set(self.entries.values())
        return any(number in recorded for number in tokens)
