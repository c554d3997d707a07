"""Called processes as lists find them: in sets like those of instances, written in the same commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import structlog

from baton.model.called import CalledProcess, EndedProcess
from baton.model.headers import HEADER, STATUS
from baton.model.ids import get_instance_id
from baton.model.records import InstanceState
from baton.model.times import Millis
from baton.store import called_keys, keys
from baton.store.blobs import BlobCodec
from baton.store.ended_called import decode_row, make_forget_called_ops
from baton.store.index_ops import make_called_ops
from baton.store.keyed_members import find_few_members, list_member_ids, make_key_range
from baton.store.lists import Lists, Order
from baton.store.operations import Op, apply_ops
from baton.store.ports import Backend, Read, iterate_pairs
from baton.store.rebuilding import UNREADABLE
from baton.store.scanning import Span, read_sizes

ENDS = (InstanceState.COMPLETED, InstanceState.TERMINATED)
"""How a called process can end."""
ENDED_ROW = "~ended"
"""Under which name ``read_each`` gives the row of one that has ended."""
_AT_ONCE = 500
"""Ids in one round trip, or members of one command."""

log = structlog.get_logger("baton.store")


class CalledProcesses:
    """Ids are those of tokens: ``<instance id>.<number>``. Spans are read by ``Lists``."""

    def __init__(self, backend: Backend, blobs: BlobCodec, lists: Lists, partitions: Sequence[int]) -> None:
        self._backend, self._blobs, self._lists = backend, blobs, lists
        self._prefixes = [keys.make_tag(partition) for partition in partitions]
        self._all_prefixes = [*self._prefixes, *backend.further_prefixes]
        """With those of ended instances alone."""

    def make_span(
        self,
        states: Collection[InstanceState],
        definition_ids: Collection[str] | None = None,
        *,
        by: Order,
        descending: bool = False,
        low: Millis | None = None,
        high: Millis | None = None,
    ) -> Span:
        """Those in some states as one order; of definitions: all that run, and all that have ended, if any such state
        is asked for.
        """
        ended, by_start = [state for state in ENDS if state in states], by == "start"
        ids = (None,) if definition_ids is None else definition_ids
        names: list[str] = []
        if by != "end" and not all(state.is_ended for state in states):
            names += [called_keys.name_called(prefix, id_) for prefix in self._prefixes for id_ in ids]
        for prefix in self._all_prefixes if ended else ():
            if definition_ids is None:
                names += [called_keys.name_ended_in_state(prefix, state.value, by_start=by_start) for state in ended]
            else:
                names += [called_keys.name_ended_of(prefix, id_, by_start=by_start) for id_ in definition_ids]
        return Span(tuple(names), descending, low, high)

    def make_keyed_span(self, states: Collection[InstanceState], *, descending: bool = False) -> Span:
        """By business key, those that have one: all that run, and all that have ended, if such a state is asked for."""
        names: list[str] = []
        if not all(state.is_ended for state in states):
            names += [called_keys.name_called_business_keys(prefix) for prefix in self._prefixes]
        if any(state.is_ended for state in states):
            names += [called_keys.name_ended_business_keys(prefix) for prefix in self._all_prefixes]
        return Span(tuple(names), descending)

    def is_any(self, *, ended: bool) -> bool:
        """Whether any runs, or with ``ended`` has ended, within reach or not: how others are looked for is chosen by
        it.
        """
        if any(size for (size,) in read_sizes(self._backend, self._prefixes, [called_keys.name_called("")]).values()):
            return True
        names = [called_keys.name_ended_in_state("", state.value) for state in ENDS] if ended else []
        return any(any(sizes) for sizes in read_sizes(self._backend, self._all_prefixes, names).values())

    def count_each(self, definition_ids: Sequence[str], *, ended: bool = False) -> dict[str, int]:
        """How many of each definition run, or have ended."""
        name = called_keys.name_ended_of if ended else called_keys.name_called
        endings = [name("", id_) for id_ in definition_ids]
        sizes = read_sizes(self._backend, self._all_prefixes if ended else self._prefixes, endings)
        return dict(zip(definition_ids, map(sum, zip(*sizes.values(), strict=True)), strict=True))

    def estimate_each(self, definition_ids: Sequence[str], *, ended: bool = False) -> dict[str, int]:
        """At least as many as ``count_each`` tells: how to look for them is chosen by it."""
        return self.count_each(definition_ids, ended=ended)

    def find_by_business_key(self, business_key: str, *, whole: bool = True, ended: bool = False) -> list[str]:
        """Those that have the key; not ``whole``: a key that begins so. ``ended``: those too that have ended."""
        bounds = make_key_range(business_key, whole)
        replies = self._backend.read([("ZRANGEBYLEX", name, *bounds) for name in self._name_keyed(ended=ended)])
        return list_member_ids(replies)

    def find_few_by_business_key(
        self, business_key: str, *, whole: bool = True, ended: bool = False, most: int
    ) -> list[str] | None:
        """The same if there are at most so many, else None: a key that very many have is not read."""
        own = tuple(self._prefixes)
        names = sorted(self._name_keyed(ended=ended), key=lambda name: not name.startswith(own))
        counted = sum(name.startswith(own) for name in names)
        return find_few_members(self._backend.read, names, counted, make_key_range(business_key, whole), most)

    def _name_keyed(self, *, ended: bool) -> Sequence[str]:
        states = (InstanceState.ACTIVE, *(ENDS if ended else ()))
        return self.make_keyed_span(states).names

    def read_each(self, ids: Sequence[str]) -> list[Mapping[str, bytes]]:
        """The encoded header of the instance around each, with the row of its token, or as ``ENDED_ROW`` that of one
        that has ended; empty for one that is gone.
        """
        asked = [(get_instance_id(id_), (HEADER, STATUS, f"t{id_.rpartition('.')[2]}")) for id_ in ids]
        reads: list[Read] = [("HMGET", keys.name_state(id_), *names) for id_, names in asked]
        # The state first: what ends in between has its row by then.
        reads += [("HGET", called_keys.name_ended_rows(id_), names[-1][1:]) for id_, names in asked]
        replies = self._backend.read(reads) if reads else []
        found: list[Mapping[str, bytes]] = []
        for (instance_id, names), blobs, row in zip(asked, replies[: len(ids)], replies[len(ids) :], strict=True):
            there = {name: blob for name, blob in zip(names, blobs, strict=True) if blob is not None}
            whole = HEADER in there and (names[-1] in there or row is not None)
            fields = dict(self._blobs.open_fields(instance_id, there)) if whole else {}
            found.append({**fields, ENDED_ROW: row} if whole and row is not None else fields)
        return found

    def read_ended(self, ids: Sequence[str]) -> list[EndedProcess | None]:
        """Those that have ended; None for others."""
        places = [(get_instance_id(id_), id_.rpartition(".")[2]) for id_ in ids]
        reads: list[Read] = [("HGET", called_keys.name_ended_rows(id_), number) for id_, number in places]
        rows = self._backend.read(reads) if reads else []
        return [
            None if row is None else read_row(id_, number, row) for (id_, number), row in zip(places, rows, strict=True)
        ]

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

    def remove_ended_of_gone(self, prefix: str) -> int:
        """Forget ended ones of a partition whose instances an earlier release has deleted; returns of how many."""
        names = [called_keys.name_ended_in_state(prefix, state.value) for state in ENDS]
        replies = self._backend.read([("ZRANGE", name, 0, -1) for name in names])
        around = sorted({get_instance_id(member.decode()) for members in replies for member in members})
        gone = 0
        for first in range(0, len(around), _AT_ONCE):
            part = around[first : first + _AT_ONCE]
            there = self._backend.read([("EXISTS", keys.name_state(id_)) for id_ in part])
            for instance_id in (id_ for id_, found in zip(part, there, strict=True) if not found):
                state = keys.name_state(instance_id)
                ops = make_forget_called_ops(instance_id, read_all_ended(self._backend, instance_id))
                gone += apply_ops(self._backend, state, ops, [[state, keys.VERSION, ""]])
        return gone


def read_all_ended(backend: Backend, instance_id: str) -> list[EndedProcess]:
    """All that an instance has called, and that has ended."""
    (flat,) = backend.read([("HGETALL", called_keys.name_ended_rows(instance_id))])
    found = (read_row(instance_id, number.decode(), row) for number, row in iterate_pairs(flat))
    return [each for each in found if each is not None]


def read_row(instance_id: str, number: str, row: Any) -> EndedProcess | None:
    """None, with a line of log, for one that cannot be read."""
    try:
        return decode_row(instance_id, number, row)
    except UNREADABLE as error:
        reason = f"the row of called process {number} cannot be read: {error}"
        log.warning("skipped", action="instance.unreadable", instance=instance_id, reason=reason)
        return None
