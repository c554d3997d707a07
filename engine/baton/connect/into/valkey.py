"""Events from a stream of Valkey or Redis, as a member of a consumer group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import redis
from redis.exceptions import LockError

from baton.connect.into.source import Received
from baton.connect.options import take_options

_AT_ONCE = 100
_EXCLUSIVE_S = 10.0
"""After so long without a sign of the consumer that reads alone another one goes on in its place."""
ORPHANED_MS = 60_000
"""Where several read, entries that a consumer has not acknowledged for so long are taken over: it has died."""
Entry = tuple[bytes, dict[bytes, bytes]]


class ValkeySource:
    """Each entry has the CloudEvent as JSON in its field ``event``.

    One consumer of the group reads at a time, and begins with what the one before it has not acknowledged, so that
    entries are taken in their order; unless ``exclusive`` is false.
    """

    def __init__(self, options: Mapping[str, Any], consumer: str, orphaned_ms: int = ORPHANED_MS) -> None:
        given = take_options(options, {"url": str, "stream": str}, {"group": str, "exclusive": bool})
        client: Any = redis.Redis
        self._stream, self._group, self._consumer = given["stream"], given.get("group", "baton"), consumer
        self._is_exclusive: bool = given.get("exclusive", True)
        self._orphaned_ms = 0 if self._is_exclusive else orphaned_ms
        self._client: Any = client.from_url(given["url"], socket_timeout=10, socket_connect_timeout=5)
        # Its connection may be used by another thread than the one that made it: the intake closes what it opened.
        self._right: Any = self._client.lock(f"{self._stream}:{self._group}:reader", _EXCLUSIVE_S, thread_local=False)
        self._is_ready = False

    def receive(self, wait_ms: int) -> Sequence[Received]:
        self._make_ready()
        if self._is_exclusive and not self._may_read(wait_ms):
            return []
        left: Any = self._client.xautoclaim(
            self._stream, self._group, self._consumer, self._orphaned_ms, count=_AT_ONCE
        )
        own: Any = self._client.xreadgroup(self._group, self._consumer, {self._stream: "0"}, count=_AT_ONCE)
        entries = dict([*left[1], *_flatten(own)]) or self._read_fresh(wait_ms)
        return [Received(fields.get(b"event", b""), id_) for id_, fields in entries.items()]

    def _may_read(self, wait_ms: int) -> bool:
        """Keep the right to read, or wait for it for a while."""
        try:
            return bool(self._right.reacquire())
        except LockError:  # it has never been ours, or is not any more
            return bool(self._right.acquire(blocking_timeout=wait_ms / 1000))

    def _read_fresh(self, wait_ms: int) -> dict[bytes, dict[bytes, bytes]]:
        found: Any = self._client.xreadgroup(
            self._group, self._consumer, {self._stream: ">"}, count=_AT_ONCE, block=wait_ms
        )
        return dict(_flatten(found))

    def _make_ready(self) -> None:
        if self._is_ready:
            return
        try:
            self._client.xgroup_create(self._stream, self._group, id="0", mkstream=True)
        except redis.ResponseError as error:
            if "BUSYGROUP" not in str(error):  # it is there already
                raise
        self._is_ready = True

    def confirm(self, done: Sequence[Received]) -> None:
        self._client.xack(self._stream, self._group, *(item.mark for item in done))

    def count_waiting(self) -> int | None:
        groups: Any = self._client.xinfo_groups(self._stream)
        own = next((it for it in groups if it["name"] == self._group.encode()), None)
        if own is None or own.get("lag") is None:
            return None
        return int(own["lag"]) + int(own["pending"])

    def close(self) -> None:
        try:
            self._right.release()
        except LockError:  # another reads, or has read since
            return
        finally:
            self._client.close()


def _flatten(reply: Any) -> list[Entry]:
    return [entry for _, entries in reply or () for entry in entries if entry[1]]
