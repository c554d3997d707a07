"""A search through instances where no index has what is asked for: how far it goes, and where the next one begins."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise

from baton.model.errors import BadRequest
from baton.model.times import Millis

_HEADERS_AT_ONCE, _SOME_AT_ONCE, _HISTORIES_AT_ONCE = 200, 50, 25
"""Instances that are read before others of the process may go on: without their histories, some with, all with."""
STAGE = 100
"""Orders that are gone through one after the other: the places of each have numbers of their own."""
_PLACE = re.compile(r"(\d{1,9})\.(\d{1,15})\.(\d{1,9})\.([0-9a-z]{16}-\d{2,4}(?:\.\d{1,12})?)")


@dataclass(frozen=True, slots=True)
class Place:
    """The last instance that was read: in which order, and where there.

    ``passed``: what was found and passed over before the page that was asked for.
    """

    order: int
    moment: Millis
    instance_id: str
    passed: int = 0

    def __str__(self) -> str:
        return f"{self.order}.{self.moment}.{self.passed}.{self.instance_id}"


def read_place(text: str) -> Place:
    """Raises BadRequest."""
    found = _PLACE.fullmatch(text)
    if found is None:
        raise BadRequest(f"Expected what an earlier answer had in its header Baton-Continue, but found '{text[:80]}'")
    return Place(int(found[1]), int(found[2]), found[4], int(found[3]))


@dataclass(slots=True)
class Search:
    """One answer may read ``most`` headers and events; ``stopped`` is where it had to end, None where it has seen all.

    ``reads_histories``: an instance is read only with its history, so that headers are few where histories are long.
    ``reads_some``: one history tells of many headers, and these are read on as long as they need no other.
    """

    most: int
    begin: Place | None = None
    cost: int = 1
    """What an instance counts: two where its variables are read too."""
    reads_histories: bool = False
    reads_some: bool = False
    stage: int = 0
    read: int = 0
    stopped: Place | None = None
    _last: Place | None = None
    _events: int = 0
    """Of histories that were read beside headers."""
    _has_read: bool = False
    """Whether any history was read."""
    _taken: dict[str, Place] = field(default_factory=dict[str, Place])
    """Headers that were read, in this order."""

    @property
    def passed(self) -> int:
        """What earlier answers have found and passed over."""
        return 0 if self.begin is None else self.begin.passed

    @property
    def at_once(self) -> int:
        """How many instances are read before others of the process may go on."""
        if self.reads_histories:
            return _HISTORIES_AT_ONCE
        return _SOME_AT_ONCE if self.reads_some else _HEADERS_AT_ONCE

    def get_order(self, span: int) -> int:
        return self.stage * STAGE + span

    def is_behind(self, stage: int) -> bool:
        """Whether earlier answers have seen all of a stage."""
        return self.begin is not None and self.begin.order >= (stage + 1) * STAGE

    def take(self, span: int, moment: Millis, instance_id: str) -> bool:
        """Whether one more instance may be read."""
        if self.stopped is not None or (self.read and self.read + self.cost > self.most):
            self.stopped = self.stopped or self._last
            return False
        self.read += self.cost
        self._last = Place(self.get_order(span), moment, instance_id)
        self._taken.pop(instance_id, None)
        self._taken[instance_id] = self._last
        return True

    def take_history(self, id_: str, events: int) -> bool:
        """Whether the history may be read too of an instance that was taken, or of that around a called process. The
        first one always, however long it is. Where it may not, the answer ends before it.
        """
        if id_ not in self._taken:
            return True  # it was named, not searched for
        if self._has_read and self.read + self._events + events > self.most:
            self.stopped = self._find_before(id_) or self.begin
            return False
        self._has_read = True
        if self.reads_histories:
            self.read += events
        else:
            self._events += events
        return True

    def _find_before(self, id_: str) -> Place | None:
        """What was taken before it."""
        return next((self._taken[before] for before, taken in pairwise(self._taken) if taken == id_), None)

    def leave(self, found: int, first: int, limit: int) -> None:
        """So many were found for a page: the next answer need not pass over them again, nor go on behind a full one."""
        if found >= first + limit:
            self.stopped = None
        elif self.stopped is not None:
            self.stopped = replace(self.stopped, passed=self.passed + min(found, first))
