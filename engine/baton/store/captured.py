"""What sinks get: the messages of a turn, and its events where wanted, committed with the turn itself.

One stream per partition, so that what an instance has sent is in its order. Readers note how far they are; what all of
them have is trimmed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from baton.model.events import Event
from baton.model.records import InstanceHeader
from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.model.turn_result import Outgoing, TurnResult
from baton.store import keys, places
from baton.store.blobs import BlobCodec
from baton.store.operations import Op, apply_ops
from baton.store.ports import Backend

VERSION = 1
"""Of the layout of an entry, its first item."""


@dataclass(frozen=True, slots=True)
class Capture:
    """What is captured of each turn; with neither, nothing is done."""

    messages: bool = False
    life_cycle: bool = False

    def make_ops(self, blobs: BlobCodec, prefix: str, turn: TurnResult, now: Millis) -> list[Op]:
        """The operations of a commit, in its partition."""
        events = turn.events if self.life_cycle and not turn.header.is_standalone else ()
        outgoing = turn.outgoing if self.messages else ()
        if not events and not outgoing:
            return []
        rows = [[to_row(out) for out in outgoing], [to_row(event) for event in events]]
        body = blobs.encode([VERSION, to_row(turn.header), *rows], place=places.name_captured(turn.instance_id))
        return [["XADD", keys.name_captured(prefix), "*", "i", turn.instance_id, "t", str(now), "b", body]]


@dataclass(frozen=True, slots=True)
class CapturedTurn:
    """``id``: of its entry in the stream of the partition. ``at``: when it was committed."""

    partition: int
    id: str
    at: Millis
    header: InstanceHeader
    outgoing: Sequence[Outgoing]
    events: Sequence[Event]


class CapturedTurns:
    def __init__(self, backend: Backend, blobs: BlobCodec, partitions: Sequence[int]) -> None:
        self._backend, self._blobs, self._partitions = backend, blobs, partitions

    def wait(self, cursors: Mapping[int, str], timeout_ms: int) -> list[CapturedTurn]:
        """Turns behind the cursors (partition -> entry id), in the order of each partition; some hundreds at most."""
        wanted = {keys.name_captured(keys.make_tag(p)): cursors.get(p, "0") for p in self._partitions}
        numbers = {keys.name_captured(keys.make_tag(p)): p for p in self._partitions}
        found = self._backend.wait_for_streams(wanted, timeout_ms)
        return [self._decode(numbers[key], id_, body) for key, id_, body in found]

    def _decode(self, partition: int, id_: str, body: Mapping[bytes, bytes]) -> CapturedTurn:
        instance_id = body[b"i"].decode()
        _, header, outgoing, events = self._blobs.decode(body[b"b"], places.name_captured(instance_id))
        return CapturedTurn(
            partition,
            id_,
            int(body[b"t"]),
            from_row(InstanceHeader, header),
            [from_row(Outgoing, row) for row in outgoing],
            [from_row(Event, row) for row in events],
        )

    def add(self, header: InstanceHeader, outgoing: Sequence[Outgoing], now: Millis) -> None:
        """What no turn has sent, as if one had. Raises StoreUnavailable."""
        body = self._blobs.encode(
            [VERSION, to_row(header), [to_row(out) for out in outgoing], []], place=places.name_captured(header.id)
        )
        key = keys.name_captured(keys.make_tag(self._partitions[0]))
        apply_ops(self._backend, key, [["XADD", key, "*", "i", header.id, "t", str(now), "b", body]])

    def find_oldest(self, cursors: Mapping[int, str]) -> Millis | None:
        """When the oldest turn behind the cursors was committed; None if there is none."""
        names = {p: keys.name_captured(keys.make_tag(p)) for p in self._partitions}
        replies = self._backend.read(
            [("XRANGE", key, "(" + cursors.get(p, "0"), "+", "COUNT", 1) for p, key in names.items()]
        )
        found = [dict(zip(entry[1][::2], entry[1][1::2], strict=True)) for entries in replies for entry in entries]
        return min((int(fields[b"t"]) for fields in found), default=None)

    def count(self) -> int:
        """Turns that at least one sink does not have yet."""
        return sum(self._backend.read([("XLEN", keys.name_captured(keys.make_tag(p))) for p in self._partitions]))

    def trim(self, cursors: Mapping[int, str]) -> None:
        """Remove what is not behind the cursors any more."""
        for partition, cursor in cursors.items():
            moment, _, number = cursor.partition("-")
            key = keys.name_captured(keys.make_tag(partition))
            apply_ops(self._backend, key, [["XTRIM", key, "MINID", f"{moment}-{int(number or 0) + 1}"]])
