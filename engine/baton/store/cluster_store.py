"""A Redis or Valkey Cluster: a partition's keys are in one slot, so every script runs on one node."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from redis.exceptions import AskError, NoScriptError

from baton.store.addresses import parse_addresses
from baton.store.cluster import Address, Cluster
from baton.store.connecting import make_node_client, make_node_pool
from baton.store.listening import RedisListener
from baton.store.ports import Arg, Listener, Read, StoreUnavailable
from baton.store.redis_store import (
    RedisBackend,
    StreamEntry,
    hash_script,
    make_stream_entry,
    parse_memory,
    translate_errors,
)
from baton.store.wire import Wire

_LOOK_MS = 50
_ELSEWHERE = (NoScriptError, AskError)
"""The node does not know the script, or has given the slot away: the command is sent again with ``run``."""


def _convert_error(reply: Any) -> Any | StoreUnavailable:
    try:
        with translate_errors():
            if isinstance(reply, Exception):
                raise reply
    except StoreUnavailable as error:
        return error
    return reply


class ClusterBackend(RedisBackend):
    """``url`` names some of the nodes; the others are found."""

    def _open(self, url: str, max_connections: int) -> None:
        self._url = url
        self._line = self._cluster = Cluster(
            parse_addresses(url), lambda address: Wire(make_node_pool(url, address), max_connections)
        )

    def run_each(self, script: str, calls: Sequence[tuple[Sequence[str], Sequence[Arg]]]) -> list[Any]:
        # Each may be on another node.
        return [self.run(script, *call) for call in calls]

    def ask_each(
        self, script: str, calls: Sequence[tuple[Sequence[str], Sequence[Arg]]]
    ) -> list[Any | StoreUnavailable]:
        commands = [("EVALSHA", hash_script(script), len(keys), *keys, *args) for keys, args in calls]
        return [
            self.run(script, *call) if isinstance(reply, _ELSEWHERE) else _convert_error(reply)
            for call, reply in zip(calls, self._cluster.ask_each(commands), strict=True)
        ]

    def group_by_slot(self, prefixes: Sequence[str]) -> list[list[str]]:
        return [[prefix] for prefix in prefixes]

    def listen(self, on_message: Callable[[str, bytes], None]) -> Listener:
        """On any node: what is published on one is heard on all."""
        return RedisListener(lambda: make_node_client(self._url, self._reachable()), on_message)

    def _reachable(self) -> Address:
        self._cluster.list_primaries()
        return self._cluster.list_nodes()[0]

    def wait_for_streams(self, positions: Mapping[str, str], timeout_ms: int) -> list[StreamEntry]:
        # One blocking read per slot would take a connection for each partition: look often instead.
        deadline = time.monotonic() + timeout_ms / 1000
        while True:
            reads: list[Read] = [("XRANGE", key, "(" + id_, "+", "COUNT", 100) for key, id_ in positions.items()]
            replies = self.read(reads)
            found = [
                make_stream_entry(key, *entry)
                for key, entries in zip(positions, replies, strict=True)
                for entry in entries
            ]
            if found or time.monotonic() > deadline:
                return found
            time.sleep(_LOOK_MS / 1000)

    def measure_memory(self) -> tuple[int, int]:
        """Of the fullest node of those that answer: one that is away keeps nobody from the others."""
        with translate_errors():
            nodes = [parse_memory(reply) for reply in self._cluster.ask_primaries(("INFO", "memory"))]
        return max(nodes, key=lambda node: node[0] / node[1] if node[1] else 0.0, default=(0, 0))

    def close(self) -> None:
        self._cluster.close()
