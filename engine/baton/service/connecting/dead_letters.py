"""Events that could not be sent, or taken: an operator looks at them, corrects them, sends them again or drops them."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from baton.model.errors import BadRequest, NotFound
from baton.model.times import Millis
from baton.service.core.clock import Clock
from baton.service.messaging.outbox_dispatcher import to_json_value
from baton.store.letters import Letter
from baton.store.operations import Op
from baton.store.store import Store

OUT, IN = "out", "in"
MOST = 10_000
"""Dead letters of a sink; with so many it waits, so that no more become dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """``place``: the sink, or where the event came from. ``again``: it waits to be sent again.

    ``attempts``: how often it came to nothing; what a sink that was away was offered meanwhile counts as one.
    """

    id: str
    direction: str
    place: str
    event: dict[str, Any]
    error: str
    at: Millis
    again: bool = False
    attempts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterQuery:
    """What is wanted of dead letters; None: any. ``text``: somewhere in the event or in the reason, in any case."""

    place: str | None = None
    direction: str | None = None
    type: str | None = None
    element: str | None = None
    text: str | None = None

    @property
    def is_indexed(self) -> bool:
        return not (self.direction or self.type or self.element or self.text)

    def matches(self, letter: DeadLetter) -> bool:
        event = letter.event
        return (
            self.direction in (None, "", letter.direction)
            and self.type in (None, "", event.get("type"))
            and self.element in (None, "", event.get("batonelement"))
            and (not self.text or self.text.casefold() in _gather_text(letter))
        )


class DeadLetters:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._letters, self._clock = store.letters, clock

    def make_ops(self, direction: str, place: str, event: dict[str, Any], error: str) -> list[Op]:
        """To add one, together with noting how far its sink is."""
        return self._letters.make_put_ops(self._make(direction, place, event, error))

    def add(self, direction: str, place: str, event: dict[str, Any], error: str) -> str:
        """The same event at the same place is one letter. Returns its id."""
        letter = self._make(direction, place, event, error)
        self._letters.put(letter)
        return letter.id

    def _make(self, direction: str, place: str, event: dict[str, Any], error: str) -> Letter:
        name = "\0".join((direction, place, str(event.get("source")), str(event.get("id"))))
        return Letter(
            id=hashlib.sha256(name.encode()).hexdigest()[:24],
            direction=direction,
            place=place,
            event=orjson.dumps(event, default=to_json_value),
            error=error[:1_000],
            at=self._clock.now(),
        )

    def count(self, place: str | None = None) -> int:
        return self._letters.count(place)

    def list(self, *, place: str | None = None, first: int = 0, limit: int = 100) -> list[DeadLetter]:
        """The newest first."""
        return [_read(letter) for letter in self._letters.list(place, first, limit)]

    def count_matching(self, query: LetterQuery) -> int:
        return self.count(query.place) if query.is_indexed else sum(1 for _ in self._find(query))

    def list_matching(self, query: LetterQuery, *, first: int = 0, limit: int = 100) -> Sequence[DeadLetter]:
        """The newest first."""
        if query.is_indexed:
            return self.list(place=query.place, first=first, limit=limit)
        return [*itertools.islice(self._find(query), first, first + limit)]

    def _find(self, query: LetterQuery) -> Iterator[DeadLetter]:
        """What no index tells is looked for in each: there are at most ``MOST`` of a sink."""
        return filter(query.matches, map(_read, self._letters.iterate(query.place)))

    def get(self, letter_id: str) -> DeadLetter:
        """Raises NotFound."""
        return _read(self._get(letter_id))

    def _get(self, letter_id: str) -> Letter:
        found = self._letters.get(letter_id)
        if found is None:
            raise NotFound(f"Expected a dead letter with id '{letter_id}', but found none: it was sent or dropped")
        return found

    def change(self, letter_id: str, event: dict[str, Any]) -> None:
        """Another event in its place, with the same id and source. Raises BadRequest, NotFound."""
        letter = self._get(letter_id)
        before = orjson.loads(letter.event)
        for name in ("specversion", "id", "source"):
            if event.get(name) != before.get(name):
                raise BadRequest(
                    f"Expected '{name}' of the event to stay {before.get(name)!r}, but found {event.get(name)!r}: "
                    "receivers know it by that"
                )
        if not isinstance(event.get("type"), str):
            raise BadRequest("Expected the event to have a type, but found none")
        self._letters.put(replace(letter, event=orjson.dumps(event)))

    def drop(self, letter_id: str) -> None:
        """Raises NotFound."""
        self._letters.remove(self._get(letter_id))

    def send_again(self, letter_id: str) -> None:
        """The sink of one that goes out tries it again. Raises NotFound."""
        self._letters.put(replace(self._get(letter_id), again=True))

    def list_again(self, place: str, limit: int = 100) -> Sequence[DeadLetter]:
        """Those that its sink is to try again, the oldest first."""
        return [_read(letter) for letter in self._letters.list_again(place, limit)]

    def note_failure(self, letter_id: str, error: str) -> None:
        """It was tried again, in vain. Raises NotFound."""
        letter = self._get(letter_id)
        self._letters.put(
            replace(letter, again=False, error=error[:1_000], at=self._clock.now(), attempts=letter.attempts + 1)
        )


def _read(letter: Letter) -> DeadLetter:
    return DeadLetter(
        id=letter.id,
        direction=letter.direction,
        place=letter.place,
        event=orjson.loads(letter.event),
        error=letter.error,
        at=letter.at,
        again=letter.again,
        attempts=letter.attempts,
    )


def _gather_text(letter: DeadLetter) -> str:
    """Everything that a text may be looked for in."""
    return f"{letter.id} {letter.error} {orjson.dumps(letter.event).decode()}".casefold()
