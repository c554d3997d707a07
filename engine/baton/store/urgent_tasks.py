"""Open user tasks in the order in which people take them, from an index; and what earlier releases left out of it.

They write the other indexes of tasks only. So what the index lacks is told by the server, set against set, whenever it
is read; where no such release can be at work any more, this is done once in each process, and sizes tell it from then
on. What has another due date or priority than the index says is told by the rows, when they are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from baton.model.ids import get_instance_id
from baton.model.records import UserTask
from baton.model.times import Millis
from baton.store import keys, task_keys
from baton.store.lists import Lists, TaskSet
from baton.store.operations import Op, apply_ops
from baton.store.ports import Backend, Read, iterate_pairs
from baton.store.scanning import Scored, Span, read_sizes
from baton.store.urgency import compute_urgency

HOUR_MS = 3_600_000
_AT_ONCE = 100
"""Tasks that are read, or written, in one round trip."""
_UNREADABLE = 0
"""The score of a task whose row cannot be read: it is in no list."""
_Change: TypeAlias = "tuple[list[Op], list[str | bytes]]"
"""Operations, and the version that the state must have for it."""


class UrgentTasks:
    def __init__(self, backend: Backend, lists: Lists, partitions: Sequence[int], *, alone: bool) -> None:
        """``alone``: no release that does not write the index is at work on the store."""
        self._backend, self._lists, self._alone = backend, lists, alone
        self._was_equal = False
        self._prefixes = [keys.make_tag(partition) for partition in partitions]
        self._verified = False
        self._doubted_until: Millis = 0

    # -- reading

    def scan(self, sets: Sequence[TaskSet], *, descending: bool = False) -> Iterator[Scored] | None:
        """The tasks that are in one of the sets with their urgency, part by part, in order of it.

        None: an earlier release has left some of them out.
        """
        is_whole = list(sets) == [TaskSet()]
        if (is_whole or self._alone) and self._list_differing():
            return None
        if is_whole:
            names = tuple(task_keys.name_urgent_tasks(prefix) for prefix in self._prefixes)
            return self._lists.scan(Span(names, descending))
        found = self._read_urgencies(sets)
        return None if found is None else iter([sorted(found, reverse=descending)])

    def count_put_off(self, moment: Millis) -> int | None:
        """How many tasks are put off until the moment or later; None: an earlier release has left some of them out."""
        if self._list_differing():
            return None
        return sum(
            self._backend.read([("ZCOUNT", task_keys.name_put_off_tasks(p), moment, "+inf") for p in self._prefixes])
        )

    def _read_urgencies(self, sets: Sequence[TaskSet]) -> Scored | None:
        """Of the tasks in some sets; None: the index lacks one of them."""
        pairs = [
            (name, task_keys.name_urgent_tasks(prefix))
            for prefix in self._prefixes
            for tasks in sets
            for name in tasks.list_names(prefix)
        ]
        missing: list[Read] = [] if self._alone else [("ZDIFF", 2, *pair) for pair in pairs]
        reads: list[Read] = [("ZINTER", 2, *pair, "WEIGHTS", 0, 1, "WITHSCORES") for pair in pairs]
        replies: list[list[bytes]] = self._backend.read([*missing, *reads]) if reads else []
        if any(replies[: len(missing)]):
            return None
        # One that is in several sets has the same score in each.
        found = {member: score for flat in replies[len(missing) :] for member, score in iterate_pairs(flat)}
        return [(int(float(score)), member.decode()) for member, score in found.items()]

    def _list_differing(self) -> list[str]:
        """The prefixes of partitions of which the index has other tasks than there are."""
        if self._alone and self._was_equal:
            names = [keys.name_user_tasks(""), task_keys.name_urgent_tasks("")]
            sizes = read_sizes(self._backend, self._prefixes, names)
            return [prefix for prefix, (there, urgent) in sizes.items() if there != urgent]
        differing = self._choose_differing(self._prefixes)
        # A commit in between the two looks at a partition makes it differ as well.
        differing = self._choose_differing(differing) if differing else []
        self._was_equal = not differing
        return differing

    def _choose_differing(self, prefixes: Sequence[str]) -> list[str]:
        reads = [read for prefix in prefixes for read in _make_comparisons(prefix)]
        replies = self._backend.read(reads)
        return [
            prefix
            for prefix, missing, strays in zip(prefixes, replies[::2], replies[1::2], strict=True)
            if missing or strays
        ]

    # -- what earlier releases have written

    def complete(self, now: Millis) -> int:
        """For a loop: add what the index lacks, take out what is gone; returns how many entries were put right.

        The rows of all tasks are read when a process begins, and for an hour after an earlier release has been at work
        beside it, which may have changed due dates or priorities too. Repeated after a death it does the same.
        """
        differing = self._list_differing()
        if differing and self._verified:
            self._doubted_until = now + HOUR_MS
        changed = sum(map(self._complete, differing))
        if not self._verified or now < self._doubted_until:
            changed += sum(map(self._verify, self._prefixes))
            self._verified = True
        return changed

    def _complete(self, prefix: str) -> int:
        missing, strays = ([id_.decode() for id_ in ids] for ids in self._backend.read(_make_comparisons(prefix)))
        for part in _split(strays):
            names = (task_keys.name_urgent_tasks(prefix), task_keys.name_put_off_tasks(prefix))
            apply_ops(self._backend, f"{prefix}:", [["ZREM", name, *part] for name in names])
        return len(strays) + sum(self._set(prefix, part) for part in _split(missing))

    def _verify(self, prefix: str) -> int:
        """Put right what the rows of a partition say otherwise."""
        names = (task_keys.name_urgent_tasks(prefix), task_keys.name_put_off_tasks(prefix))
        replies = self._backend.read([("ZRANGE", name, 0, -1, "WITHSCORES") for name in names])
        urgent, put_off = ({id_.decode(): int(float(score)) for id_, score in iterate_pairs(flat)} for flat in replies)
        changed = 0
        for part in _split(list(urgent)):
            rows = self._lists.get_records(UserTask, part)
            wrong = [
                task.id
                for task in rows
                if (compute_urgency(task), task.follow_up) != (urgent[task.id], put_off.get(task.id))
            ]
            changed += self._set(prefix, wrong)
        return changed

    def _set(self, prefix: str, ids: Sequence[str]) -> int:
        """Have the index say what the rows say; returns of how many tasks: one that changes meanwhile is left alone."""
        if not ids:
            return 0
        states = [keys.name_state(get_instance_id(id_)) for id_ in ids]
        versions: list[bytes | None] = self._backend.read([("HGET", state, keys.VERSION) for state in states])
        tasks = {task.id: task for task in self._lists.get_records(UserTask, ids)}
        changes: list[_Change] = [
            (_make_ops(prefix, id_, tasks.get(id_)), [state, keys.VERSION, version or b""])
            for id_, state, version in zip(ids, states, versions, strict=True)
        ]
        if self._apply(prefix, changes):
            return len(changes)
        return sum(self._apply(prefix, [change]) for change in changes)

    def _apply(self, prefix: str, changes: Sequence[_Change]) -> bool:
        ops = [op for each, _ in changes for op in each]
        return apply_ops(self._backend, f"{prefix}:", ops, [version for _, version in changes])


def _make_ops(prefix: str, id_: str, task: UserTask | None) -> list[Op]:
    """What has the index say what a row says; None: it cannot be read."""
    score, put_off = _UNREADABLE if task is None else compute_urgency(task), task_keys.name_put_off_tasks(prefix)
    until = None if task is None else task.follow_up
    return [
        ["ZADD", task_keys.name_urgent_tasks(prefix), str(score), id_],
        ["ZREM", put_off, id_] if until is None else ["ZADD", put_off, str(until), id_],
    ]


def _split(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[first : first + _AT_ONCE] for first in range(0, len(ids), _AT_ONCE))


def _make_comparisons(prefix: str) -> tuple[Read, Read]:
    """What the index of a partition lacks, and what it has too many."""
    there, urgent = keys.name_user_tasks(prefix), task_keys.name_urgent_tasks(prefix)
    return ("ZDIFF", 2, there, urgent), ("ZDIFF", 2, urgent, there)
