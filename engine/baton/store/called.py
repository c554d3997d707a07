"""The called processes that run, as lists find them: in sets like those of instances, written in the same commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from baton.model.called import CalledProcess
from baton.model.headers import HEADER, STATUS
from baton.model.ids import get_instance_id
from baton.model.times import Millis
from baton.store import called_keys, keys
from baton.store.blobs import BlobCodec
from baton.store.index_ops import make_called_ops
from baton.store.lists import Lists, make_key_range
from baton.store.operations import Op, apply_ops
from baton.store.ports import Backend
from baton.store.scanning import Span, read_sizes


class CalledProcesses:
    """Ids are those of tokens: ``<instance id>.<number>``. Spans are read by ``Lists``."""

    def __init__(self, backend: Backend, blobs: BlobCodec, lists: Lists, partitions: Sequence[int]) -> None:
        self._backend, self._blobs, self._lists = backend, blobs, lists
        self._prefixes = [keys.make_tag(partition) for partition in partitions]

    def make_span(
        self,
        definition_ids: Collection[str] | None = None,
        *,
        descending: bool = False,
        low: Millis | None = None,
        high: Millis | None = None,
    ) -> Span:
        """By start: all, or those of definitions."""
        ids = (None,) if definition_ids is None else definition_ids
        names = tuple(called_keys.name_called(prefix, id_) for prefix in self._prefixes for id_ in ids)
        return Span(names, descending, low, high)

    def make_keyed_span(self, *, descending: bool = False) -> Span:
        """By business key, those that have one."""
        return Span(tuple(called_keys.name_called_business_keys(prefix) for prefix in self._prefixes), descending)

    def is_any(self) -> bool:
        """Whether any runs, within reach or not: how others are looked for is chosen by it."""
        sizes = read_sizes(self._backend, self._prefixes, [called_keys.name_called("")])
        return any(size for (size,) in sizes.values())

    def count_each(self, definition_ids: Sequence[str]) -> dict[str, int]:
        """How many of each definition run."""
        endings = [called_keys.name_called("", id_) for id_ in definition_ids]
        sizes = read_sizes(self._backend, self._prefixes, endings)
        return dict(zip(definition_ids, map(sum, zip(*sizes.values(), strict=True)), strict=True))

    def find_by_business_key(self, business_key: str, *, whole: bool = True) -> list[str]:
        """Those that have the key; not ``whole``: a key that begins so."""
        bounds = make_key_range(business_key, whole)
        replies = self._backend.read([("ZRANGEBYLEX", name, *bounds) for name in self.make_keyed_span().names])
        return [member.rpartition(keys.SEPARATOR.encode())[2].decode() for members in replies for member in members]

    def count_by_business_key(self, business_key: str, *, whole: bool = True) -> int:
        """How many ``find_by_business_key`` would find."""
        bounds = make_key_range(business_key, whole)
        return sum(self._backend.read([("ZLEXCOUNT", name, *bounds) for name in self.make_keyed_span().names]))

    def read_each(self, ids: Sequence[str]) -> list[Mapping[str, bytes]]:
        """The encoded header of the instance around each, and the row of its token; empty for one that is over."""
        asked = [(get_instance_id(id_), (HEADER, STATUS, f"t{id_.rpartition('.')[2]}")) for id_ in ids]
        replies = self._backend.read([("HMGET", keys.name_state(id_), *names) for id_, names in asked]) if ids else []
        found: list[Mapping[str, bytes]] = []
        for (instance_id, names), blobs in zip(asked, replies, strict=True):
            there = {name: blob for name, blob in zip(names, blobs, strict=True) if blob is not None}
            whole = HEADER in there and names[-1] in there
            found.append(self._blobs.open_fields(instance_id, there) if whole else {})
        return found

    # -- what earlier releases have not written

    def read_indexed_at(self) -> Millis | None:
        """When all that earlier releases had called was first indexed; None: it is not yet."""
        (found,) = self._backend.read([("GET", called_keys.CALLED_INDEXED)])
        return None if found is None else int(found)

    def mark_indexed(self, now: Millis) -> None:
        apply_ops(self._backend, called_keys.CALLED_INDEXED, [["SET", called_keys.CALLED_INDEXED, str(now), "NX"]])

    def list_indexed(self, prefix: str) -> set[str]:
        """The ids that the index of a partition has."""
        (members,) = self._backend.read([("ZRANGE", called_keys.name_called(prefix), 0, -1)])
        return {member.decode() for member in members}

    def read_versions(self, instance_ids: Sequence[str]) -> list[bytes]:
        """Of the states; empty for one that is gone. To be read before what is relied on."""
        return [
            found or b""
            for found in self._backend.read([("HGET", keys.name_state(id_), keys.VERSION) for id_ in instance_ids])
        ]

    def repair(
        self, instance_id: str, version: bytes, missing: Iterable[CalledProcess], strays: Collection[str]
    ) -> bool:
        """Add and remove entries of an instance; False, and nothing is done, if its state is another by now."""
        prefix = keys.find_tag(instance_id)
        ops = [*make_called_ops(prefix, missing), *self._make_stray_ops(prefix, strays)]
        state = keys.name_state(instance_id)
        return not ops or apply_ops(self._backend, state, ops, [[state, keys.VERSION, version]])

    def _make_stray_ops(self, prefix: str, strays: Collection[str]) -> list[Op]:
        """Of which definition they were, and which key they had, nothing else says any more."""
        if not strays:
            return []
        keyed = called_keys.name_called_business_keys(prefix)
        (members,) = self._backend.read([("ZRANGE", keyed, 0, -1)])
        names = [called_keys.name_called(prefix, id_) for id_ in (None, *self._lists.list_definition_ids())]
        return [
            *(["ZREM", name, *strays] for name in names),
            *(["ZREM", keyed, each] for each in members if each.decode().rpartition(keys.SEPARATOR)[2] in strays),
        ]
