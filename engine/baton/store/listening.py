"""Hearing hints: one connection and one thread per process."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

from redis.exceptions import RedisError


class RedisListener:
    """Hears the channels this process cares about at the moment."""

    def __init__(self, client: Any, on_message: Callable[[str, bytes], None]) -> None:
        self._pubsub = client.pubsub(ignore_subscribe_messages=True)
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
                with contextlib.suppress(RedisError):
                    self._pubsub.subscribe(channel)
        self._first.set()

    def remove(self, channel: str) -> None:
        with self._lock:
            if channel in self._wanted:
                self._wanted.discard(channel)
                with contextlib.suppress(RedisError):
                    self._pubsub.unsubscribe(channel)

    def _run(self) -> None:
        self._first.wait()
        while not self._closed.is_set():
            try:
                message = self._pubsub.get_message(timeout=0.5)
            except (RedisError, OSError, ValueError):
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
