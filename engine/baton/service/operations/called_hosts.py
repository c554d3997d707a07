"""The hosts and topics that processes call over HTTP and that fail, as the processes of the connector report them."""

from __future__ import annotations

from dataclasses import dataclass

from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.service.core.clock import Clock
from baton.store import keys
from baton.store.operations import apply_ops
from baton.store.ports import iterate_pairs
from baton.store.store import Store

CALLED_TOPIC = "topic "
"""Begins the name of a topic, which no name of a host does."""
MOST = 1_000
"""Hosts and topics that are kept; further ones are not reported."""
_KEPT_S = 86_400
"""A host of which nothing is heard for so long is forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledHost:
    """``state``: ``closed`` (it is called), ``open`` (it is not, until ``until``) or ``trying`` (one call tries)."""

    host: str
    state: str
    failures: int
    """In a row."""
    at: Millis
    until: Millis | None
    message: str

    @property
    def is_topic(self) -> bool:
        return self.host.startswith(CALLED_TOPIC)

    @property
    def name(self) -> str:
        return self.host.removeprefix(CALLED_TOPIC)


class CalledHosts:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def record(self, host: str, *, state: str, failures: int, pause_ms: Millis, message: str) -> None:
        """A host without failures is not listed. Raises StoreUnavailable."""
        now = self._clock.now()
        found = CalledHost(
            host=host,
            state=state,
            failures=failures,
            at=now,
            until=now + pause_ms if pause_ms else None,
            message=message[:500],
        )
        op = (
            ["HSET", keys.CALLED_HOSTS, host, self._store.blobs.encode(to_row(found))]
            if failures
            else ["HDEL", keys.CALLED_HOSTS, host]
        )
        ops = [op, ["EXPIRE", keys.CALLED_HOSTS, str(_KEPT_S)]]
        known = self._store.backend.read([("HEXISTS", keys.CALLED_HOSTS, host)])[0]
        apply_ops(self._store.backend, keys.CALLED_HOSTS, ops, fewer=[] if known else [(keys.CALLED_HOSTS, MOST)])

    def list_failing(self) -> list[CalledHost]:
        """By name. Raises StoreUnavailable."""
        flat = self._store.backend.read([("HGETALL", keys.CALLED_HOSTS)])[0]
        found = [from_row(CalledHost, self._store.blobs.decode(blob)) for _, blob in iterate_pairs(flat)]
        return sorted(found, key=lambda host: host.host)
