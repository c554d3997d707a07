"""When open user tasks were last changed: beside them, as earlier releases could not read a row that says it.

An earlier release at work beside this one notes no change, and leaves an entry of a task that it ends: nobody reads it,
and a loop removes it.
"""

from __future__ import annotations

from collections.abc import Sequence

from baton.model.times import Millis
from baton.store import keys, task_keys
from baton.store.operations import apply_ops
from baton.store.ports import Backend, Read


class TaskChanges:
    def __init__(self, backend: Backend, partitions: Sequence[int]) -> None:
        self._backend = backend
        self._prefixes = [keys.make_tag(partition) for partition in partitions]

    def read(self, ids: Sequence[str]) -> dict[str, Millis]:
        """Of those of the tasks that were ever changed."""
        by_prefix: dict[str, list[str]] = {}
        for id_ in ids:
            by_prefix.setdefault(keys.find_tag(id_), []).append(id_)
        reads: list[Read] = [("ZMSCORE", task_keys.name_changed_tasks(p), *each) for p, each in by_prefix.items()]
        replies: list[list[bytes | None]] = self._backend.read(reads) if reads else []
        found: dict[str, Millis] = {}
        for each, scores in zip(by_prefix.values(), replies, strict=True):
            scored = zip(each, scores, strict=True)
            found |= {id_: int(float(score)) for id_, score in scored if score is not None}
        return found

    def list_after(self, moment: Millis) -> list[str]:
        """The tasks that were changed after a moment."""
        return self._list(
            [("ZRANGEBYSCORE", task_keys.name_changed_tasks(p), f"({moment}", "+inf") for p in self._prefixes]
        )

    def list_recent(self, moment: Millis) -> list[str]:
        """The tasks that were changed, or created, after a moment."""
        created = [("ZRANGEBYSCORE", keys.name_user_tasks(p), f"({moment}", "+inf") for p in self._prefixes]
        return list(dict.fromkeys([*self.list_after(moment), *self._list(created)]))

    def remove_strays(self) -> int:
        """For a loop: forget tasks that an earlier release has ended; returns how many."""
        pairs = [(task_keys.name_changed_tasks(p), keys.name_user_tasks(p)) for p in self._prefixes]
        gone: list[list[bytes]] = self._backend.read([("ZDIFF", 2, *pair) for pair in pairs])
        for (name, _), ids in zip(pairs, gone, strict=True):
            if ids:
                apply_ops(self._backend, name, [["ZREM", name, *ids]])
        return sum(map(len, gone))

    def _list(self, reads: Sequence[Read]) -> list[str]:
        return [id_.decode() for ids in self._backend.read(reads) for id_ in ids]
