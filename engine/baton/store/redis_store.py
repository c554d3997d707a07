"""The real server, through redis-py: one Valkey or Redis, a Sentinel set, or a Cluster."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import sha1
from importlib.resources import files
from typing import Any, cast

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, OutOfMemoryError, ReadOnlyError
from redis.exceptions import TimeoutError as RedisTimeoutError

from baton.store.connecting import connect, connect_cluster
from baton.store.crash_points import AFTER, BEFORE, reach
from baton.store.listening import RedisListener
from baton.store.ports import Arg, Listener, Read, StoreUnavailable, Unconfirmed
from baton.store.wire import Wire

WITH_PRELUDE = frozenset({"submit", "take", "commit", "apply"})
CONFIRMED = frozenset({"submit", "commit"})
"""Scripts after which a replicated set-up waits until a replica has them."""

StreamEntry = tuple[str, str, dict[bytes, bytes]]


@cache
def script_text(name: str) -> str:
    """The Lua of a script, with the prelude where it uses it."""
    folder = files("baton.store") / "scripts"
    head = (folder / "prelude.lua").read_text() if name in WITH_PRELUDE else "local call = redis.call\n"
    return head + (folder / f"{name}.lua").read_text()


@cache
def script_hash(name: str) -> str:
    return sha1(script_text(name).encode(), usedforsecurity=False).hexdigest()


@contextmanager
def available() -> Generator[None]:
    """Errors that say «not now» become StoreUnavailable; others are bugs and stay what they are."""
    try:
        yield
    except (RedisConnectionError, RedisTimeoutError, ReadOnlyError, OutOfMemoryError) as error:
        raise StoreUnavailable(f"Expected the store to answer, but found: {error}", retry_after=1) from error


class RedisBackend:
    """One server, or the primary that Sentinels name. Safe for threads and greenlets.

    With ``replicas`` above 0 what changes an instance counts only when so many replicas have it (``WAIT``).
    """

    def __init__(self, url: str, *, max_connections: int = 128, replicas: int = 0, wait_ms: int = 1_000) -> None:
        self._client = self._connect(url, max_connections)
        self._open(max_connections)
        self._replicas, self._wait_ms = replicas, wait_ms

    def _connect(self, url: str, max_connections: int) -> Any:
        return connect(url, max_connections)

    def _open(self, max_connections: int) -> None:
        self._wire = Wire(self._client.connection_pool, max_connections)

    def read(self, commands: Sequence[Read]) -> list[Any]:
        if not commands:
            return []
        with available():
            return self._read(commands)

    def _read(self, commands: Sequence[Read]) -> list[Any]:
        return self._wire.send(commands)

    def run(self, script: str, keys: Sequence[str], args: Sequence[Arg]) -> Any:
        tail = (len(keys), *keys, *args)
        reach(BEFORE[script])
        with available():
            try:
                reply = self._send(script, ("EVALSHA", script_hash(script), *tail))
            except NoScriptError:
                reply = self._send(script, ("EVAL", script_text(script), *tail))
        reach(AFTER[script])
        return reply

    def run_each(self, script: str, calls: Sequence[tuple[Sequence[str], Sequence[Arg]]]) -> list[Any]:
        if len(calls) < 2:
            return [self.run(script, *call) for call in calls]
        reach(BEFORE[script])
        commands = [("EVALSHA", script_hash(script), len(keys), *keys, *args) for keys, args in calls]
        with available():
            try:
                replies = self._send_all(script, commands)
            except NoScriptError:
                return [self.run(script, *call) for call in calls]
        reach(AFTER[script])
        return replies

    def _send(self, script: str, command: tuple[Arg, ...]) -> Any:
        return self._send_all(script, [command])[0]

    def _send_all(self, script: str, commands: Sequence[tuple[Arg, ...]]) -> list[Any]:
        if self._replicas == 0 or script not in CONFIRMED:
            return self._wire.send(commands)
        # WAIT speaks of the writes of its own connection: it must follow on the same one.
        *replies, confirmed = self._wire.send([*commands, ("WAIT", self._replicas, self._wait_ms)])
        if int(confirmed) < self._replicas:
            raise Unconfirmed(f"Expected {self._replicas} replicas to have the change, but {int(confirmed)} have")
        return replies

    def groups(self, prefixes: Sequence[str]) -> list[list[str]]:
        return [list(prefixes)] if prefixes else []

    def listen(self, on_message: Callable[[str, bytes], None]) -> Listener:
        return RedisListener(self._client, on_message)

    def wait_for_streams(self, positions: Mapping[str, str], timeout_ms: int) -> list[StreamEntry]:
        streams = (*positions.keys(), *positions.values())
        (reply,) = self.read([("XREAD", "COUNT", 500, "BLOCK", timeout_ms, "STREAMS", *streams)])
        return [_entry(key.decode(), id_, flat) for key, entries in reply or () for id_, flat in entries]

    def memory(self) -> tuple[int, int]:
        return _memory(self.read([("INFO", "memory")])[0])

    def close(self) -> None:
        self._wire.close()
        self._client.close()


class ClusterBackend(RedisBackend):
    """A Redis or Valkey Cluster: a partition's keys are in one slot, so every script runs on one node."""

    _LOOK_MS = 50

    def _connect(self, url: str, max_connections: int) -> Any:
        return connect_cluster(url, max_connections)

    def _open(self, max_connections: int) -> None:
        """The cluster client keeps the connections: it knows where the slots are."""

    def _read(self, commands: Sequence[Read]) -> list[Any]:
        if len(commands) == 1:
            return [self._client.execute_command(*commands[0])]
        pipeline = self._client.pipeline()
        for command in commands:
            pipeline.execute_command(*command)
        return pipeline.execute()

    def run_each(self, script: str, calls: Sequence[tuple[Sequence[str], Sequence[Arg]]]) -> list[Any]:
        # Each may be on another node.
        return [self.run(script, *call) for call in calls]

    def groups(self, prefixes: Sequence[str]) -> list[list[str]]:
        return [[prefix] for prefix in prefixes]

    def _send(self, script: str, command: tuple[Arg, ...]) -> Any:
        if self._replicas == 0 or script not in CONFIRMED:
            return self._client.execute_command(*command)
        first_key = cast("str", command[3])
        node = self._client.get_node_from_key(first_key).redis_connection
        pipeline = node.pipeline(transaction=False)
        pipeline.execute_command(*command)
        pipeline.execute_command("WAIT", self._replicas, self._wait_ms)
        reply, confirmed = pipeline.execute(raise_on_error=False)
        if isinstance(reply, Exception):
            # The slot has moved, or the script is not there: the cluster client knows what to do about both.
            self._client.execute_command(*command)
            return self._send(script, command)
        if int(confirmed) < self._replicas:
            raise Unconfirmed(f"Expected {self._replicas} replicas to have the change, but {int(confirmed)} have")
        return reply

    def wait_for_streams(self, positions: Mapping[str, str], timeout_ms: int) -> list[StreamEntry]:
        # One blocking read per slot would take a connection for each partition: look often instead.
        deadline = time.monotonic() + timeout_ms / 1000
        while True:
            reads: list[Read] = [("XRANGE", key, "(" + id_, "+", "COUNT", 100) for key, id_ in positions.items()]
            replies = self.read(reads)
            found = [_entry(key, *one) for key, entries in zip(positions, replies, strict=True) for one in entries]
            if found or time.monotonic() > deadline:
                return found
            time.sleep(self._LOOK_MS / 1000)

    def close(self) -> None:
        self._client.close()

    def memory(self) -> tuple[int, int]:
        """Of the fullest node."""
        nodes = [
            _memory(node.redis_connection.execute_command("INFO", "memory")) for node in self._client.get_primaries()
        ]
        return max(nodes, key=lambda one: one[0] / one[1] if one[1] else 0.0)


def _entry(key: str, id_: bytes, flat: Sequence[bytes]) -> StreamEntry:
    return key, id_.decode(), dict(zip(flat[::2], flat[1::2], strict=True))


def _memory(info: bytes) -> tuple[int, int]:
    facts = dict(line.split(b":", 1) for line in info.splitlines() if b":" in line)
    return int(facts[b"used_memory"]), int(facts[b"maxmemory"]) or int(facts.get(b"total_system_memory", 0))
