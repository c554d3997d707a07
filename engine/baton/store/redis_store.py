"""The real server, through redis-py: one Valkey or Redis, or a Sentinel set."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import sha1
from importlib.resources import files
from typing import Any, cast

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, OutOfMemoryError, ReadOnlyError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from baton.store import keys
from baton.store.connecting import connect
from baton.store.crash_points import AFTER, BEFORE, reach
from baton.store.listening import RedisListener
from baton.store.ports import Arg, Listener, Read, StoreUnavailable, Unconfirmed
from baton.store.wire import Wire

WITH_PRELUDE = frozenset({"submit", "take", "commit", "apply"})
CONFIRMED = frozenset({"submit", "commit", "apply"})
"""Scripts after which a replicated set-up waits until a replica has them."""

NOT_NOW = ("NOREPLICAS", "MISCONF", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "BUSY ")
"""What a server says that takes no commands, or no writes, for the moment."""

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
        raise _unavailable(error) from error
    except ResponseError as error:
        if str(error).startswith(NOT_NOW):
            raise _unavailable(error) from error
        raise


def _unavailable(error: Exception) -> StoreUnavailable:
    return StoreUnavailable(f"Expected the store to answer, but found: {error}", retry_after=1)


class RedisBackend:
    """One server, or the primary that Sentinels name. Safe for threads and greenlets.

    With ``replicas`` above 0 what changes an instance counts only when so many replicas have it (``WAIT``).
    """

    def __init__(self, url: str, *, max_connections: int = 128, replicas: int = 0, wait_ms: int = 1_000) -> None:
        self._replicas, self._wait_ms = replicas, wait_ms
        self._open(url, max_connections)

    def _open(self, url: str, max_connections: int) -> None:
        self._client = connect(url, max_connections)
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
                self._exchange([("SCRIPT", "LOAD", script_text(script))])
                replies = self._send_all(script, commands)
        reach(AFTER[script])
        return replies

    def ask_each(
        self, script: str, calls: Sequence[tuple[Sequence[str], Sequence[Arg]]]
    ) -> list[Any | StoreUnavailable]:
        return self.run_each(script, calls)

    def _send(self, script: str, command: tuple[Arg, ...]) -> Any:
        return self._send_all(script, [command])[0]

    def _send_all(self, script: str, commands: Sequence[tuple[Arg, ...]]) -> list[Any]:
        if self._replicas == 0 or script not in CONFIRMED:
            return self._exchange(commands)
        # WAIT speaks of the writes of its own connection: it must follow on the same one.
        wait = ("WAIT", self._replicas, self._wait_ms)
        *replies, confirmed = self._exchange([*commands, wait])
        if any(reply[0] == b"ANSWERED" for reply in replies):
            # Written by another, perhaps a moment ago: what is written behind it is confirmed after it.
            first_key = cast("str", commands[0][3])
            _, confirmed = self._exchange([("SET", keys.sure(first_key), "", "PX", 1), wait])
        if int(confirmed) < self._replicas:
            raise Unconfirmed(f"Expected {self._replicas} replicas to have the change, but {int(confirmed)} have")
        return replies

    def _exchange(self, commands: Sequence[tuple[Arg, ...]]) -> list[Any]:
        """Replies of one connection."""
        return self._wire.send(commands)

    def groups(self, prefixes: Sequence[str]) -> list[list[str]]:
        return [list(prefixes)] if prefixes else []

    def listen(self, on_message: Callable[[str, bytes], None]) -> Listener:
        return RedisListener(lambda: self._client, on_message)

    def wait_for_streams(self, positions: Mapping[str, str], timeout_ms: int) -> list[StreamEntry]:
        streams = (*positions.keys(), *positions.values())
        (reply,) = self.read([("XREAD", "COUNT", 500, "BLOCK", timeout_ms, "STREAMS", *streams)])
        return [entry_of(key.decode(), id_, flat) for key, entries in reply or () for id_, flat in entries]

    def memory(self) -> tuple[int, int]:
        return memory_of(self.read([("INFO", "memory")])[0])

    def close(self) -> None:
        self._wire.close()
        self._client.close()


def entry_of(key: str, id_: bytes, flat: Sequence[bytes]) -> StreamEntry:
    return key, id_.decode(), dict(zip(flat[::2], flat[1::2], strict=True))


def memory_of(info: bytes) -> tuple[int, int]:
    facts = dict(line.split(b":", 1) for line in info.splitlines() if b":" in line)
    return int(facts[b"used_memory"]), int(facts[b"maxmemory"]) or int(facts.get(b"total_system_memory", 0))
