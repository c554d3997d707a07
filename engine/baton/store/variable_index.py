"""Instances as they are found by the values of their own variables, of those names that an operator asks for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from random import sample
from secrets import token_hex

import structlog

from baton.model.records import InstanceState
from baton.model.standalone import DEFINITION_ID
from baton.model.times import Millis
from baton.model.values import Value
from baton.store import keys
from baton.store.archive.archive import Archive
from baton.store.blobs import BlobCodec
from baton.store.operations import Op, apply_each, apply_ops
from baton.store.ports import Backend, Read
from baton.store.variable_entries import OWN, IndexedVariables, make_indexing_op, make_mark_range
from baton.store.variable_keys import BUILDING, COMPLETE, INDEXED_NAMES, MARK, name_plan, name_variable

_AT_ONCE = 200
"""Instances that are read in one round trip."""
_TRIES = 5
_PAUSE_MS, _LONGEST_MS = 60_000, 3_600_000
"""Between passes over a partition: while processes with other settings are at work, they are of little use."""
_ARCHIVE = "archive"

log = structlog.get_logger("baton.indexing")


class VariableIndex:
    """Whether a partition has all entries is marked beside them; the mark goes with the first commit of a process that
    does not write them (``keep_plan`` in the scripts). So what is found is right, whatever processes are at work.
    """

    def __init__(
        self,
        backend: Backend,
        blobs: BlobCodec,
        indexed: IndexedVariables | None,
        partitions: Sequence[int],
        archive: Archive | None,
    ) -> None:
        self._backend, self._blobs, self._archive = backend, blobs, archive
        self._indexed = indexed or IndexedVariables(())
        self._prefixes = [keys.make_tag(partition) for partition in partitions]
        self._order = sample(self._prefixes, len(self._prefixes))
        """Processes that begin together complete different partitions."""
        self._further = list(backend.further_prefixes)
        self._was_complete = self._is_removed = False
        self._rests: dict[str, tuple[Millis, Millis]] = {}
        """When a partition, or the archive, is looked at again that was not complete, and the pause after that."""

    # -- finding

    def find(self, name: str, value: Value, most: int) -> list[str] | None:
        """The ids of all instances whose own variable may have a value, ended and archived ones included: the real
        values are to be compared. None where they are more than ``most``, or where the index cannot tell (yet).
        """
        mark = self._indexed.make_mark(value) if name in self._indexed.names else None
        if mark is None:
            return None
        bounds = make_mark_range(mark)
        own = [name_variable(prefix, name) for prefix in self._prefixes]
        further = [name_variable(prefix, name) for prefix in self._further]
        reads: list[Read] = [("GET", name_plan(prefix)) for prefix in self._prefixes]
        reads += [("ZLEXCOUNT", each, *bounds) for each in own]
        reads += [("ZRANGEBYLEX", each, *bounds, "LIMIT", 0, most + 1) for each in further]
        replies = self._backend.read(reads)
        at = len(own)
        counts, archived = replies[at : 2 * at], replies[2 * at :]
        if not self._is_whole(replies[:at]) or sum(counts) + sum(map(len, archived)) > most:
            return None
        # What comes back from an archive in between is in a set that was empty.
        moves = self._archive is not None and self._archive.is_there()
        full = [each for each, count in zip(own, counts, strict=True) if count or moves]
        members = self._backend.read([("ZRANGEBYLEX", each, *bounds, "LIMIT", 0, most) for each in (*full, *further)])
        ids = (member.rpartition(keys.SEPARATOR.encode())[2].decode() for found in members for member in found)
        return list(dict.fromkeys(ids))

    def is_complete(self) -> bool:
        """Whether instances are found by it."""
        return bool(self._indexed.names) and self._is_whole(self._read_plans())

    def _is_whole(self, plans: Sequence[bytes | None]) -> bool:
        wanted = f"{COMPLETE}{self._indexed.plan}".encode()
        return all(found == wanted for found in plans) and self._is_archive_whole()

    def _is_archive_whole(self) -> bool:
        archive = self._archive
        return archive is None or not archive.is_there() or archive.variables.read_plan() == self._indexed.plan

    def _read_plans(self) -> list[bytes | None]:
        return self._backend.read([("GET", name_plan(prefix)) for prefix in self._prefixes])

    # -- completing

    def complete(self, now: Millis) -> int:
        """For a loop: one step, until it returns 0. Entries of names that nobody asks for any more are removed.

        Returns how many instances were looked at, or 1 for a segment of the archive.
        """
        if self._indexed.names:
            return self._complete_store(now) or self._complete_archive(now) or self._conclude()
        if self._is_removed:
            return 0
        seen = self._remove_all()
        self._is_removed = seen == 0
        return seen

    def _complete_store(self, now: Millis) -> int:
        wanted = f"{COMPLETE}{self._indexed.plan}".encode()
        plans = dict(zip(self._prefixes, self._read_plans(), strict=True))
        for prefix in self._order:
            if plans[prefix] != wanted and self._may_look(prefix, now):
                self._postpone(prefix, now)
                return self._complete_partition(prefix)
        return 0

    def _may_look(self, what: str, now: Millis) -> bool:
        return now >= self._rests.get(what, (0, 0))[0]

    def _postpone(self, what: str, now: Millis) -> None:
        until, pause = self._rests.get(what, (0, _PAUSE_MS))
        pause = _PAUSE_MS if now > until + _LONGEST_MS else pause
        self._rests[what] = now + pause, min(2 * pause, _LONGEST_MS)

    def _complete_partition(self, prefix: str) -> int:
        """From its beginning on a commit by another plan is noticed, and what this process commits is complete."""
        plan, name, slot = self._indexed.plan, name_plan(prefix), f"{prefix}:"
        building = f"{BUILDING}{plan}{token_hex(4)}"  # of this pass alone: what disturbs it may begin another
        apply_ops(self._backend, INDEXED_NAMES, [["SADD", INDEXED_NAMES, *self._indexed.names]])
        apply_ops(self._backend, slot, [["SET", name, building]])
        seen = self._index_all(prefix)
        done = seen is not None and apply_ops(
            self._backend, slot, [["SET", name, f"{COMPLETE}{plan}"]], [[name, "", building]]
        )
        if not done:
            reason = "another pass began, or a process that indexes other variables changed something"
            log.info("variables not indexed", action="variables.not_indexed", partition=prefix, reason=reason)
        return max(1, seen or 0)

    def _index_all(self, prefix: str) -> int | None:
        """How many were looked at; None if some are not indexed. Listed again until nothing is left: one that changes
        its state meanwhile may be in none of the sets as they are read.
        """
        known = set[str]()
        for _ in range(_TRIES):
            fresh = [id_ for id_ in self._list_ids(prefix) if id_ not in known]
            known.update(fresh)
            changed = [self._index(prefix, fresh[at : at + _AT_ONCE]) for at in range(0, len(fresh), _AT_ONCE)]
            if None in changed:
                return None
            if not any(changed):
                return len(known)
        return None

    def _list_ids(self, prefix: str) -> list[str]:
        """All instances of a partition, those of tasks without a process too."""
        states = [keys.name_by_state(prefix, state.value) for state in InstanceState]
        tasks = [keys.name_unfinished(prefix, DEFINITION_ID), keys.name_ended(prefix, DEFINITION_ID)]
        replies = self._backend.read([("ZRANGE", name, 0, -1) for name in (*states, *tasks)])
        return [id_.decode() for id_ in dict.fromkeys(chain.from_iterable(replies))]

    def _index(self, prefix: str, ids: Sequence[str]) -> int | None:
        """How many were not indexed before; None if some are not now, since they change all the time."""
        left, changed = list(ids), 0
        for again in range(_TRIES):
            if again:  # those that were archived meanwhile, or deleted
                there = set(self._list_ids(prefix))
                left = [id_ for id_ in left if id_ in there]
            asks = self._make_asks(left)
            results = apply_each(self._backend, list(asks.values()))
            left = [id_ for id_, done in zip(asks, results, strict=True) if not done]
            changed += len(asks) - len(left)
            if not left:
                return changed
        return None

    def _make_asks(self, ids: Sequence[str]) -> dict[str, tuple[str, list[Op], list[list[str | bytes]]]]:
        """What is to be done with those that are not indexed, if they are the same then."""
        fields = [f"{OWN}{name}" for name in self._indexed.names]
        rows = self._backend.read([("HMGET", keys.name_state(id_), keys.VERSION, MARK, *fields) for id_ in ids])
        plan, asks = self._indexed.plan, dict[str, tuple[str, list[Op], list[list[str | bytes]]]]()
        for id_, (version, before, *blobs) in zip(ids, rows, strict=True):
            if version is not None and before != plan.encode():
                there = {field: blob for field, blob in zip(fields, blobs, strict=True) if blob is not None}
                marks, state = self._indexed.compute_marks(id_, there, self._blobs), keys.name_state(id_)
                asks[id_] = state, [make_indexing_op(id_, plan, marks)], [[state, keys.VERSION, version]]
        return asks

    def _complete_archive(self, now: Millis) -> int:
        if self._archive is None or self._is_archive_whole() or not self._may_look(_ARCHIVE, now):
            return 0
        if self._archive.variables.complete_step(self._indexed):
            return 1
        self._postpone(_ARCHIVE, now)
        return 0

    # -- what nobody asks for any more

    def _conclude(self) -> int:
        """Once all is indexed, which is noted in the log: by the passes all entries of other names are gone."""
        is_complete = self.is_complete()
        if is_complete and not self._was_complete:
            log.info("variables indexed", action="variables.indexed", names=self._indexed.names)
            (names,) = self._backend.read([("SMEMBERS", INDEXED_NAMES)])
            if gone := [name.decode() for name in names if name.decode() not in self._indexed.names]:
                apply_ops(self._backend, INDEXED_NAMES, [["SREM", INDEXED_NAMES, *gone]])
        self._was_complete = is_complete
        return 0

    def _remove_all(self) -> int:
        (names,) = self._backend.read([("SMEMBERS", INDEXED_NAMES)])
        if not names:
            return 0
        seen = 1
        for prefix in self._prefixes:
            ids = self._list_ids(prefix)
            for at in range(0, len(ids), _AT_ONCE):
                part = ids[at : at + _AT_ONCE]
                apply_each(self._backend, [(keys.name_state(id_), [make_indexing_op(id_, "", {})], []) for id_ in part])
            apply_ops(self._backend, f"{prefix}:", [["DEL", name_plan(prefix)]])
            seen += len(ids)
        if self._archive is not None and self._archive.is_there():
            self._archive.variables.remove()
        apply_ops(self._backend, INDEXED_NAMES, [["DEL", INDEXED_NAMES]])
        return seen
