"""How often tokens were where, and what is kept of it in memory, so that a long history is counted once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import cast

from baton.model.events import Event, EventType

ENDS = {
    EventType.ELEMENT_COMPLETED: "completed",
    EventType.ELEMENT_CANCELLED: "cancelled",
    EventType.TOKEN_MERGED: None,
}
"""Events with which a token leaves its element, and how the element counts them."""
_KEPT = 200
"""Instances whose counts are kept."""
_WORTH_KEEPING = 1_000
"""Events; what is shorter is counted again in a few milliseconds."""


class TokenCounts:
    """Apply events in order; the counts are then as of the last of them.

    ``elements``: by element how many tokens entered, completed and were cancelled; ``flows``: how often each was taken.
    Both by id, that of a called process with its definition's id and a slash before. The body of a loop is at its
    element beside the iterations: only these count.
    """

    def __init__(self) -> None:
        self.position = 0
        self.elements: dict[str, dict[str, int]] = {}
        self.flows: dict[str, int] = {}
        self._bodies: set[int] = set()
        self._at: dict[int, str] = {}
        """The element of each token in the instance's own process."""
        self._home: dict[int, str] = {}
        """By token the definition of the called process in which it is; tokens of the instance's own are not here."""
        self._inside: dict[int, str] = {}
        """The same for what is inside the token."""

    def apply(self, event: Event) -> None:
        self.position = event.position
        if event.type is EventType.ELEMENT_ENTERED:
            self._enter(event)
        elif event.type is EventType.FLOW_TAKEN:
            name = self._qualify(event.token or 0, str(event.data.get("flow") or event.element))
            self.flows[name] = self.flows.get(name, 0) + 1
        elif event.type is EventType.INSTANCE_MIGRATED:
            self._move(cast("dict[str, str]", event.data.get("elements") or {}))
        elif (counter := ENDS.get(event.type)) is not None:
            self._count(event, counter)

    def find_home(self, token: int) -> str:
        """The definition of the called process in which a token is or was, "" in the instance's own."""
        return self._home.get(token, "")

    def take_copy(self) -> TokenCounts:
        """The counts as they are now; no more events can be applied to them."""
        found = TokenCounts()
        found.position = self.position
        found.elements = {element: dict(counts) for element, counts in self.elements.items()}
        found.flows = dict(self.flows)
        return found

    def _enter(self, event: Event) -> None:
        if event.shown_element is None:
            return
        token, parent = event.token or 0, cast("int", event.data.get("parent") or 0)
        home = self._inside.get(parent, "")
        _note(self._home, token, home)
        _note(self._inside, token, cast("str | None", event.data.get("called")) or home)
        if event.data.get("body"):
            self._bodies.add(token)
        elif not home:
            self._at[token] = event.shown_element
        self._count(event, "entered")

    def _move(self, elements: dict[str, str]) -> None:
        """Tokens have become tokens of other elements: they have entered these, and not those."""
        for number, element in elements.items():
            if (before := self._at.get(int(number))) is not None:
                self.elements[before]["entered"] -= 1
                self._at[int(number)] = element
                self.elements.setdefault(element, {"entered": 0, "completed": 0, "cancelled": 0})["entered"] += 1

    def _count(self, event: Event, counter: str) -> None:
        token = event.token or 0
        if event.shown_element is None or token in self._bodies:
            return
        if counter != "entered":
            self._at.pop(token, None)
        name = self._qualify(token, event.shown_element)
        self.elements.setdefault(name, {"entered": 0, "completed": 0, "cancelled": 0})[counter] += 1

    def _qualify(self, token: int, id_: str) -> str:
        home = self._home.get(token, "")
        return f"{home}/{id_}" if home else id_


def _note(of: dict[int, str], token: int, definition: str) -> None:
    """Only what is not "" has an entry: most tokens are in the instance's own process."""
    if definition:
        of[token] = definition
    else:
        of.pop(token, None)


@dataclass(slots=True)
class _Kept:
    counts: TokenCounts = field(default_factory=TokenCounts)
    lock: threading.Lock = field(default_factory=threading.Lock)


ReadEvents = Callable[[int, int], Iterable[Event]]
"""The events with positions from one up to and including another."""


class CountCache:
    """The counts of the long histories that were looked at last: only what was added since is read again."""

    def __init__(self, size: int = _KEPT) -> None:
        self._size = size
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, instance_id: str, position: int, read: ReadEvents) -> TokenCounts:
        """The counts as of exactly this position."""
        if position < _WORTH_KEEPING:
            return _add(TokenCounts(), position, read)
        kept = self._get(instance_id)
        with kept.lock:
            if kept.counts.position <= position:
                return _add(kept.counts, position, read).take_copy()
        # Another request was asked for a later position: what it has counted cannot be taken back.
        return _add(TokenCounts(), position, read)

    def _get(self, instance_id: str) -> _Kept:
        with self._lock:
            kept = self._kept.setdefault(instance_id, _Kept())
            self._kept.move_to_end(instance_id)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
            return kept


def _add(counts: TokenCounts, position: int, read: ReadEvents) -> TokenCounts:
    for event in read(counts.position + 1, position):
        counts.apply(event)
    return counts
