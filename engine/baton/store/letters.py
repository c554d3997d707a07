"""Dead letters: events that could not be sent or taken, until an operator has decided about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.store import keys
from baton.store.blobs import BlobCodec
from baton.store.operations import Op, apply_ops
from baton.store.ports import Backend

_AT_ONCE = 500
"""Dead letters that are read in one round trip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """``event``: a CloudEvent as JSON."""

    id: str
    direction: str
    place: str
    event: bytes
    error: str
    at: Millis
    again: bool = False
    attempts: int = 1


class Letters:
    def __init__(self, backend: Backend, blobs: BlobCodec) -> None:
        self._backend, self._blobs = backend, blobs

    def make_put_ops(self, letter: Letter) -> list[Op]:
        """All in the slot of ``keys.LETTERS``."""
        again = keys.name_letters_again(letter.place)
        return [
            ["HSET", keys.LETTERS, letter.id, self._blobs.encode(to_row(letter))],
            ["ZADD", keys.LETTERS_BY_TIME, str(letter.at), letter.id],
            ["ZADD", keys.name_letters_of(letter.place), str(letter.at), letter.id],
            ["ZADD", again, str(letter.at), letter.id] if letter.again else ["ZREM", again, letter.id],
        ]

    def put(self, letter: Letter) -> None:
        apply_ops(self._backend, keys.LETTERS, self.make_put_ops(letter))

    def remove(self, letter: Letter) -> None:
        names = (keys.LETTERS_BY_TIME, keys.name_letters_of(letter.place), keys.name_letters_again(letter.place))
        gone = [["ZREM", name, letter.id] for name in names]
        apply_ops(self._backend, keys.LETTERS, [["HDEL", keys.LETTERS, letter.id], *gone])

    def iterate(self, place: str | None = None) -> Iterator[Letter]:
        """All of them, or those of a place; the newest first, some hundreds at a time."""
        ids = [id_.decode() for id_ in self._backend.read([("ZRANGE", _name_index(place), 0, -1, "REV")])[0]]
        for first in range(0, len(ids), _AT_ONCE):
            yield from self._read(ids[first : first + _AT_ONCE])

    def get(self, letter_id: str) -> Letter | None:
        return next(iter(self._read([letter_id])), None)

    def count(self, place: str | None) -> int:
        return int(self._backend.read([("ZCARD", _name_index(place))])[0])

    def list(self, place: str | None, first: int, limit: int) -> list[Letter]:
        """The newest first."""
        command = ("ZRANGE", _name_index(place), first, first + limit - 1, "REV")
        return self._read(id_.decode() for id_ in self._backend.read([command])[0])

    def list_again(self, place: str, limit: int) -> list[Letter]:
        """The oldest first."""
        command = ("ZRANGE", keys.name_letters_again(place), 0, limit - 1)
        return self._read(id_.decode() for id_ in self._backend.read([command])[0])

    def _read(self, ids: Iterable[str]) -> list[Letter]:
        blobs = self._backend.read([("HGET", keys.LETTERS, id_) for id_ in ids])
        return [from_row(Letter, self._blobs.decode(blob)) for blob in blobs if blob is not None]


def _name_index(place: str | None) -> str:
    return keys.LETTERS_BY_TIME if place is None else keys.name_letters_of(place)
