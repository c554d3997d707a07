"""Which workers asked for which topics lately, and when."""

from __future__ import annotations

from collections.abc import Iterable

from baton.model.times import Millis
from baton.store import keys
from baton.store.operations import Op, apply_ops
from baton.store.ports import Backend, iterate_pairs

KEPT_MS = 24 * 3_600_000
MOST = 5_000
"""Entries that are kept, the latest: a client may call itself something else at each request."""


class Fetches:
    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def record(self, worker_id: str, topics: Iterable[str], now: Millis) -> None:
        """Forgets what is older than a day, and all but the latest entries, at the same time."""
        members = [f"{topic}{keys.SEPARATOR}{worker_id}" for topic in topics]
        ops: list[Op] = [["ZADD", keys.FETCHED, str(now), member] for member in members]
        ops.append(["ZREMRANGEBYSCORE", keys.FETCHED, "-inf", str(now - KEPT_MS)])
        ops.append(["ZREMRANGEBYRANK", keys.FETCHED, 0, -MOST - 1])
        ops.append(["EXPIRE", keys.FETCHED, str(KEPT_MS // 1_000)])
        apply_ops(self._backend, keys.FETCHED, ops)

    def read_latest(self) -> dict[str, tuple[Millis, str]]:
        """By topic: when a worker asked for it last, and which."""
        flat = self._backend.read([("ZREVRANGE", keys.FETCHED, 0, MOST - 1, "WITHSCORES")])[0]
        found: dict[str, tuple[Millis, str]] = {}
        for member, score in iterate_pairs(flat):
            topic, _, worker = member.decode().partition(keys.SEPARATOR)
            found.setdefault(topic, (int(float(score)), worker))
        return found
