"""The real server, through redis-py: one Valkey or Redis by URL (``unix://``, ``redis://``, ``rediss://``)."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, cast

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from baton.store.ports import Arg, Listener, Read

ON_ONE_INSTANCE = frozenset({"submit", "take", "commit", "apply"})
"""Scripts that begin with the prelude."""

# Every script is safe to repeat: a repeat after a lost answer finds what the first did.
_RETRIES = 6


@cache
def script_text(name: str) -> str:
    """The Lua of a script, with the prelude where it uses it."""
    folder = files("baton.store") / "scripts"
    body = (folder / f"{name}.lua").read_text()
    return (
        (folder / "prelude.lua").read_text() + body if name in ON_ONE_INSTANCE else "local call = redis.call\n" + body
    )


class RedisBackend:
    """One server; safe for threads and greenlets. A lost connection is tried again for about two seconds."""

    def __init__(self, url: str, *, max_connections: int = 128) -> None:
        self._client = connect(url, max_connections)
        self._scripts: dict[str, Any] = {}
        self._lock = threading.Lock()

    def read(self, commands: Sequence[Read]) -> list[Any]:
        if not commands:
            return []
        if len(commands) == 1:
            return [self._client.execute_command(*commands[0])]
        pipeline = self._client.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        return cast("list[Any]", pipeline.execute())

    def run(self, script: str, keys: Sequence[str], args: Sequence[Arg]) -> Any:
        found = self._scripts.get(script)
        if found is None:
            found = self._scripts[script] = self._client.register_script(script_text(script))
        return found(keys=keys, args=args)

    def groups(self, prefixes: Sequence[str]) -> list[list[str]]:
        return [list(prefixes)] if prefixes else []

    def listen(self, on_message: Callable[[str, bytes], None]) -> Listener:
        return RedisListener(self._client, on_message)

    def wait_for_streams(
        self, positions: Mapping[str, str], timeout_ms: int
    ) -> list[tuple[str, str, dict[bytes, bytes]]]:
        reply = self._client.execute_command(
            "XREAD", "COUNT", 500, "BLOCK", timeout_ms, "STREAMS", *positions.keys(), *positions.values()
        )
        found: list[tuple[str, str, dict[bytes, bytes]]] = []
        for key, entries in reply or ():
            for id_, flat in entries:
                found.append((key.decode(), id_.decode(), dict(zip(flat[::2], flat[1::2], strict=True))))
        return found

    def memory(self) -> tuple[int, int]:
        text = cast("bytes", self._client.execute_command("INFO", "memory"))
        facts = dict(line.split(b":", 1) for line in text.splitlines() if b":" in line)
        return int(facts[b"used_memory"]), int(facts[b"maxmemory"])

    def close(self) -> None:
        self._client.close()


def connect(url: str, max_connections: int) -> redis.Redis:
    """A client that hands replies over as they come: raw bytes, flat lists."""
    pool = redis.BlockingConnectionPool.from_url(
        url,
        max_connections=max_connections,
        timeout=30,
        protocol=2,
        retry=Retry(ExponentialBackoff(cap=1.0, base=0.02), _RETRIES),
        health_check_interval=0,
    )
    client = redis.Redis(connection_pool=pool)
    client.response_callbacks.clear()
    return client


class RedisListener:
    """One connection and one thread that hear the channels this process cares about at the moment."""

    def __init__(self, client: redis.Redis, on_message: Callable[[str, bytes], None]) -> None:
        self._pubsub = cast("Any", client.pubsub(ignore_subscribe_messages=True))
        self._on_message = on_message
        self._wanted: set[str] = set()
        self._lock = threading.Lock()
        self._first = threading.Event()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="baton-listener", daemon=True)
        self._thread.start()

    def add(self, channel: str) -> None:
        with self._lock:
            if channel not in self._wanted:
                self._wanted.add(channel)
                with contextlib.suppress(redis.ConnectionError):
                    self._pubsub.subscribe(channel)
        self._first.set()

    def remove(self, channel: str) -> None:
        with self._lock:
            if channel in self._wanted:
                self._wanted.discard(channel)
                with contextlib.suppress(redis.ConnectionError):
                    self._pubsub.unsubscribe(channel)

    def _run(self) -> None:
        self._first.wait()
        while not self._closed.is_set():
            try:
                message = self._pubsub.get_message(timeout=0.5)
            except (redis.ConnectionError, redis.TimeoutError, OSError, ValueError):
                # Hints only: whoever waits also looks for itself; the library subscribes again when it reconnects.
                self._closed.wait(0.2)
                continue
            if message is not None and message["type"] in ("message", b"message"):
                self._on_message(message["channel"].decode(), message["data"])

    def close(self) -> None:
        self._closed.set()
        self._first.set()
        self._thread.join(2)
        self._pubsub.close()
