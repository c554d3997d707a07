"""What turns have counted, summed up over all processes."""

from __future__ import annotations

from collections.abc import Mapping

from baton.store import keys
from baton.store.operations import apply_ops
from baton.store.ports import Backend, iterate_pairs

TALLIES = f"{keys.DEFS}:tallies"
"""A hash: name, NUL, label, NUL … -> what was counted."""
_AT_ONCE = 1_000


class StoredTallies:
    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def add(self, counts: Mapping[tuple[str, ...], int]) -> None:
        """Raises StoreUnavailable; a part may be added then."""
        names = list(counts)
        for first in range(0, len(names), _AT_ONCE):
            part = names[first : first + _AT_ONCE]
            ops = [["HINCRBY", TALLIES, keys.SEPARATOR.join(name), counts[name]] for name in part]
            apply_ops(self._backend, TALLIES, ops)

    def read(self) -> dict[tuple[str, ...], int]:
        flat = self._backend.read([("HGETALL", TALLIES)])[0]
        return {tuple(name.decode().split(keys.SEPARATOR)): int(value) for name, value in iterate_pairs(flat)}

    def list_names(self) -> set[tuple[str, ...]]:
        found = self._backend.read([("HKEYS", TALLIES)])[0]
        return {tuple(name.decode().split(keys.SEPARATOR)) for name in found}
