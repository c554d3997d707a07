"""When instances are removed, where somebody has said so: others by the time to live of their process."""

from __future__ import annotations

from collections.abc import Sequence

from baton.model.times import Millis
from baton.store import keys
from baton.store.operations import Op, apply_ops
from baton.store.ports import Backend

NEVER: Millis = (1 << 53) - 1
"""The moment of what is never removed."""


class Removals:
    """One sorted set for each partition; an instance takes its entry with it."""

    def __init__(self, backend: Backend, partitions: range) -> None:
        self._backend, self._partitions = backend, partitions

    def set(self, instance_id: str, moment: Millis | None) -> bool:
        """``moment`` None: by the time to live again. False, and nothing is written, if the instance is gone."""
        name, state = _name(instance_id), keys.name_state(instance_id)
        op: Op = ["ZREM", name, instance_id] if moment is None else ["ZADD", name, moment, instance_id]
        while True:
            self._backend.bring_back(instance_id)
            version = self._backend.read([("HGET", state, keys.VERSION)])[0]
            if version is None:
                return False
            if apply_ops(self._backend, name, [op], [[state, keys.VERSION, version]]):
                return True

    def read_each(self, instance_ids: Sequence[str]) -> list[Millis | None]:
        """The moments that were set; None: none was."""
        found = self._backend.read([("ZSCORE", _name(id_), id_) for id_ in instance_ids]) if instance_ids else []
        return [None if score is None else int(float(score)) for score in found]

    def list_due(self, now: Millis) -> list[str]:
        """Those whose moment has come, ended or not."""
        prefixes = [*map(keys.make_tag, self._partitions), *self._backend.further_prefixes]
        names = [keys.name_retention(prefix) for prefix in prefixes]
        replies = self._backend.read([("ZRANGEBYSCORE", name, "-inf", now) for name in names])
        return [id_.decode() for found in replies for id_ in found]


def make_removal_time_op(instance_id: str) -> Op:
    """For an instance that is removed."""
    return ["ZREM", _name(instance_id), instance_id]


def _name(instance_id: str) -> str:
    return keys.name_retention(keys.find_tag(instance_id))
