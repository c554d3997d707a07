"""Instances that earlier releases have written come into the indexes that this one reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from baton.model.records import InstanceHeader, InstanceState
from baton.store import called_keys, keys
from baton.store.index_ops import make_indexing_ops
from baton.store.lists import Lists
from baton.store.operations import Op, apply_ops
from baton.store.ports import Backend
from baton.store.scanning import read_sizes

ENDED = tuple(state for state in InstanceState if state.is_ended)
_NAMES = [keys.name_by_state("", state.value, by_start=by) for by in (False, True) for state in ENDED]
"""Behind the prefix of a partition: those by end, then those by start."""
_AT_ONCE = 200
"""Instances that are read in one round trip."""


class Indexing:
    """Which instances the indexes by start lack is told by their sizes: an earlier release may still be at work."""

    def __init__(self, backend: Backend, lists: Lists, partitions: Sequence[int]) -> None:
        self._backend, self._lists = backend, lists
        self._prefixes = [keys.make_tag(partition) for partition in partitions]
        self._called_prefixes = [*self._prefixes, *backend.further_prefixes]

    def is_complete(self) -> bool:
        """Whether the indexes by start, of what is undone, and of deleted definitions have everything."""
        return self._is_marked() and not self._list_incomplete()

    def complete(self) -> int:
        """Add what they lack and take out what is gone; returns how many instances were looked at.

        Repeated after a death it does the same; instances that end or are deleted meanwhile are left alone.
        """
        marked = self._is_marked()
        incomplete = set(self._list_incomplete())
        seen = 0
        for prefix in self._prefixes:
            if prefix in incomplete:
                self._remove_strays(prefix)
            if prefix in incomplete or not marked:
                seen += self._index(prefix, ENDED if marked else tuple(InstanceState))
        if not marked:
            apply_ops(self._backend, keys.INDEXED, [["SET", keys.INDEXED, "1"]])
        self._drop_empty()
        return seen

    def _is_marked(self) -> bool:
        return self._backend.read([("GET", keys.INDEXED)])[0] == b"1"

    def _list_incomplete(self) -> list[str]:
        """Partitions in which some ended instance is in one of the indexes and not in the other."""
        sizes = read_sizes(self._backend, self._prefixes, _NAMES)
        half = len(ENDED)
        return [prefix for prefix, counts in sizes.items() if counts[:half] != counts[half:]]

    def _index(self, prefix: str, states: Iterable[InstanceState]) -> int:
        seen = 0
        for state in states:
            there = self._list_members(keys.name_by_state(prefix, state.value))
            found = there
            if state.is_ended and self._is_marked():
                indexed = set(self._list_members(keys.name_by_state(prefix, state.value, by_start=True)))
                found = [id_ for id_ in there if id_ not in indexed]
            for first in range(0, len(found), _AT_ONCE):
                seen += self._add(prefix, self._read_headers(found[first : first + _AT_ONCE]))
        return seen

    def _read_headers(self, ids: Sequence[str]) -> list[InstanceHeader]:
        """Of instances without a state what the indexes tell, as they are in lists until they are removed."""
        found = {header.id: header for header in self._lists.get_headers(ids)}
        return [found[id_] if id_ in found else self._lists.rebuild_header(id_) for id_ in ids]

    def _add(self, prefix: str, headers: Sequence[InstanceHeader]) -> int:
        ops: list[Op] = [op for header in headers for op in make_indexing_ops(prefix, header)]
        if ops:
            apply_ops(self._backend, f"{prefix}:", ops)
        known = set(self._lists.list_definition_ids())
        gone = sorted({header.definition_id for header in headers} - known)
        if gone:
            apply_ops(self._backend, keys.GONE, [["SADD", keys.GONE, *gone]])
        return len(headers)

    def _remove_strays(self, prefix: str) -> None:
        """What an earlier release has deleted."""
        for state in ENDED:
            there = set(self._list_members(keys.name_by_state(prefix, state.value)))
            name = keys.name_by_state(prefix, state.value, by_start=True)
            strays = [id_ for id_ in self._list_members(name) if id_ not in there]
            for first in range(0, len(strays), _AT_ONCE):
                part = strays[first : first + _AT_ONCE]
                indexes = [keys.name_ended(prefix, id_, by_start=True) for id_ in self._lists.list_definition_ids()]
                apply_ops(self._backend, f"{prefix}:", [["ZREM", index, *part] for index in (name, *indexes)])

    def _drop_empty(self) -> None:
        """Forget deleted definitions of which nothing is kept any more."""
        (members,) = self._backend.read([("SMEMBERS", keys.GONE)])
        gone: list[str] = [id_.decode() for id_ in members]
        kept = self._lists.count_each(gone, ended=True) if gone else {}
        names = [called_keys.name_ended_of("", id_) for id_ in gone]
        called = list(zip(*read_sizes(self._backend, self._called_prefixes, names).values(), strict=True))
        if empty := [id_ for at, id_ in enumerate(gone) if not kept[id_] and not any(called[at])]:
            apply_ops(self._backend, keys.GONE, [["SREM", keys.GONE, *empty]])

    def _list_members(self, name: str) -> list[str]:
        return [member.decode() for member in self._backend.read([("ZRANGE", name, 0, -1)])[0]]
