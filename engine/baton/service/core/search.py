"""A search through instances where no index has what is asked for: how far it goes, and where the next one begins."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from baton.model.errors import BadRequest
from baton.model.times import Millis

_HEADERS_AT_ONCE, _HISTORIES_AT_ONCE = 200, 25
"""Instances that are read before others of the process go on."""
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

    ``reads_histories``: an instance is read only with its history, so that the answer ends with the last of these.
    """

    most: int
    begin: Place | None = None
    cost: int = 1
    """What an instance counts: two where its variables are read too."""
    reads_histories: bool = False
    stage: int = 0
    read: int = 0
    stopped: Place | None = None
    _last: Place | None = None
    _last_read: Place | None = None
    """The last instance whose history was read."""
    _taken: dict[str, Place] = field(default_factory=dict[str, Place])
    """Instances whose histories have not been read."""

    @property
    def passed(self) -> int:
        """What earlier answers have found and passed over."""
        return 0 if self.begin is None else self.begin.passed

    @property
    def at_once(self) -> int:
        """How many instances are read before others of the process go on."""
        return _HISTORIES_AT_ONCE if self.reads_histories else _HEADERS_AT_ONCE

    def get_order(self, span: int) -> int:
        return self.stage * STAGE + span

    def is_behind(self, stage: int) -> bool:
        """Whether earlier answers have seen all of a stage."""
        return self.begin is not None and self.begin.order >= (stage + 1) * STAGE

    def take(self, span: int, moment: Millis, instance_id: str) -> bool:
        """Whether one more instance may be read."""
        if self.read and self.read + self.cost > self.most:
            self.stopped = self._last
            return False
        self.read += self.cost
        self._last = Place(self.get_order(span), moment, instance_id)
        if self.reads_histories:
            self._taken[instance_id] = self._last
        return True

    def take_history(self, instance_id: str, events: int) -> bool:
        """Whether the history of one that was taken may be read too. The first one always, however long it is."""
        place = self._taken.pop(instance_id, None)
        if place is None:
            return True  # it was named, not searched for
        if self._last_read is not None and self.read + events > self.most:
            self.stopped = self._last_read
            return False
        self.read += events
        self._last_read = place
        return True

    def leave(self, found: int, first: int, limit: int) -> None:
        """So many were found for a page: the next answer need not pass over them again, nor go on behind a full one."""
        if found >= first + limit:
            self.stopped = None
        elif self.stopped is not None:
            self.stopped = replace(self.stopped, passed=self.passed + min(found, first))
