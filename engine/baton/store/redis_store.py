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
from baton.store.cluster import Cluster
from baton.store.connecting import make_client
from baton.store.crash_points import AFTER, BEFORE
from baton.store.listening import RedisListener
from baton.store.ports import Arg, Listener, Read, StoreUnavailable, Unconfirmed
from baton.store.wire import Wire

HEADS = {
    **dict.fromkeys(("submit", "take", "commit", "apply", "archive", "bring_back"), ("due_hints", "prelude")),
    **dict.fromkeys(("lock", "hold"), ("due_hints", "attempts")),
}
"""What scripts share with others stands before them."""
CONFIRMED = frozenset({"submit", "commit", "apply", "record", "bring_back"})
"""Scripts after which a replicated set-up waits until a replica has them."""
TOGETHER = frozenset({"submit", "take", "commit", "release", "hold", "record", "admit"})
"""Short scripts, which those of several callers can share a round trip; the others read or write long lists."""

UNAVAILABLE = ("NOREPLICAS", "MISCONF", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "BUSY ")
"""How errors begin of a server that takes no commands, or no writes, for the moment."""

StreamEntry = tuple[str, str, dict[bytes, bytes]]


@cache
def read_script(name: str) -> str:
    """The Lua of a script, with what it shares with others."""
    folder = files("baton.store") / "scripts"
    parts = [(folder / f"{part}.lua").read_text() for part in (*HEADS.get(name, ()), name)]
    return "".join(parts if name in HEADS else ["local call = redis.call\n", *parts])


@cache
def hash_script(name: str) -> str:
    return sha1(read_script(name).encode(), usedforsecurity=False).hexdigest()


@contextmanager
def translate_errors() -> Generator[None]:
    """Errors of a server that is away for the moment become StoreUnavailable; others are bugs and stay."""
    try:
        yield
    except (RedisConnectionError, RedisTimeoutError, ReadOnlyError, OutOfMemoryError) as error:
        raise _unavailable(error) from error
    except ResponseError as error:
        if str(error).startswith(UNAVAILABLE):
            raise _unavailable(error) from error
        raise


def _unavailable(error: Exception) -> StoreUnavailable:
    return StoreUnavailable(f"Expected the store to answer, but found: {error}", retry_after=1)


class RedisBackend:
    """One server, or the primary that Sentinels name. Safe for threads and greenlets.

    With ``replicas`` above 0 what changes an instance counts only when so many replicas have it (``WAIT``).
    """

    further_prefixes: Sequence[str] = ()

    def __init__(self, url: str, *, max_connections: int = 128, replicas: int = 0, wait_ms: int = 1_000) -> None:
        self._replicas, self._wait_ms = replicas, wait_ms
        self.on_point: Callable[[str], None] | None = None
        self._open(url, max_connections)

    def _open(self, url: str, max_connections: int) -> None:
        self._client = make_client(url, max_connections)
        self._line: Wire | Cluster = Wire(self._client.connection_pool, max_connections)

    def read(self, commands: Sequence[Read]) -> list[Any]:
        if not commands:
            return []
        with translate_errors():
            return self._line.read(commands)

    def run(self, script: str, keys: Sequence[str], args: Sequence[Arg]) -> Any:
        tail = (len(keys), *keys, *args)
        if self.on_point is not None and script in BEFORE:
            self.on_point(BEFORE[script])
        with translate_errors():
            try:
                (reply,) = self._send(script, [("EVALSHA", hash_script(script), *tail)])
            except NoScriptError:
                (reply,) = self._send(script, [("EVAL", read_script(script), *tail)])
        if self.on_point is not None and script in AFTER:
            self.on_point(AFTER[script])
        return reply

    def run_each(self, script: str, calls: Sequence[tuple[Sequence[str], Sequence[Arg]]]) -> list[Any]:
        if len(calls) < 2:
            return [self.run(script, *call) for call in calls]
        if self.on_point is not None and script in BEFORE:
            self.on_point(BEFORE[script])
        commands = [("EVALSHA", hash_script(script), len(keys), *keys, *args) for keys, args in calls]
        with translate_errors():
            try:
                replies = self._send(script, commands)
            except NoScriptError:
                self._line.send([("SCRIPT", "LOAD", read_script(script))])
                replies = self._send(script, commands)
        if self.on_point is not None and script in AFTER:
            self.on_point(AFTER[script])
        return replies

    ask_each = run_each
    """All or none: it is one server."""

    def _send(self, script: str, commands: Sequence[tuple[Arg, ...]]) -> list[Any]:
        """Replies of one connection, confirmed by the replicas where that is asked for."""
        if self._replicas == 0 or script not in CONFIRMED:
            return self._line.send_together(commands) if script in TOGETHER else self._line.send(commands)
        # WAIT speaks of the writes of its own connection: it must follow on the same one.
        wait = ("WAIT", self._replicas, self._wait_ms)
        send = self._line.send_together if script in TOGETHER else self._line.send
        *replies, confirmed = send(commands, wait)
        if any(reply[0] == b"ANSWERED" for reply in replies):
            # Written by another, perhaps a moment ago: what is written behind it is confirmed after it.
            first_key = cast("str", commands[0][3])
            _, confirmed = self._line.send([("SET", keys.name_sure(first_key), "", "PX", 1)], wait)
        if int(confirmed) < self._replicas:
            raise Unconfirmed(f"Expected {self._replicas} replicas to have the change, but {int(confirmed)} have")
        return replies

    def bring_back(self, instance_id: str) -> None:
        """Nothing is archived."""

    def group_by_slot(self, prefixes: Sequence[str]) -> list[list[str]]:
        return [list(prefixes)] if prefixes else []

    def listen(self, on_message: Callable[[str, bytes], None]) -> Listener:
        return RedisListener(lambda: self._client, on_message)

    def wait_for_streams(self, positions: Mapping[str, str], timeout_ms: int) -> list[StreamEntry]:
        streams = (*positions.keys(), *positions.values())
        (reply,) = self.read([("XREAD", "COUNT", 500, "BLOCK", timeout_ms, "STREAMS", *streams)])
        return [make_stream_entry(key.decode(), id_, flat) for key, entries in reply or () for id_, flat in entries]

    def measure_memory(self) -> tuple[int, int]:
        return parse_memory(self.read([("INFO", "memory")])[0])

    def close(self) -> None:
        self._line.close()
        self._client.close()


def make_stream_entry(key: str, id_: bytes, flat: Sequence[bytes]) -> StreamEntry:
    return key, id_.decode(), dict(zip(flat[::2], flat[1::2], strict=True))


def parse_memory(info: bytes) -> tuple[int, int]:
    facts = dict(line.split(b":", 1) for line in info.splitlines() if b":" in line)
    return int(facts[b"used_memory"]), int(facts[b"maxmemory"]) or int(facts.get(b"total_system_memory", 0))
