"""Hearing hints: one connection and one thread per process."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

BEGIN_S = 1.0
"""A subscriber waits so long for the connection, as hints from before it are not heard."""
SILENCE_S = 5.0
"""After so long without a message the server is pinged; after twice as long it counts as gone."""


class RedisListener:
    """Hears the channels that this process has subscribed to; after a failover, of the server that took over."""

    def __init__(self, client: Callable[[], Any], on_message: Callable[[str, bytes], None]) -> None:
        self._client, self._on_message = client, on_message
        self._pubsub: Any = None
        self._wanted: set[str] = set()
        self._lock = threading.Lock()
        self._first, self._up = threading.Event(), threading.Event()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="baton-listener", daemon=True)
        self._thread.start()

    def add(self, channel: str) -> None:
        with self._lock:
            if channel in self._wanted:
                return
            self._wanted.add(channel)
            self._send("subscribe", channel)
        self._first.set()
        self._up.wait(BEGIN_S)

    def remove(self, channel: str) -> None:
        with self._lock:
            if channel in self._wanted:
                self._wanted.discard(channel)
                self._send("unsubscribe", channel)

    def _send(self, word: str, *channels: str) -> None:
        """An error here loses nothing, as the next connection subscribes to all channels that are wanted."""
        if self._pubsub is not None:
            with contextlib.suppress(RedisError, OSError):
                getattr(self._pubsub, word)(*channels)

    def _run(self) -> None:
        self._first.wait()
        while not self._closed.is_set():
            try:
                self._listen()
            except (RedisError, OSError, ValueError):
                # Hints only: those who wait for them look at the store at intervals too.
                self._closed.wait(0.2)
            finally:
                self._hang_up()

    def _listen(self) -> None:
        """Until the connection is lost, or nothing is heard for too long."""
        with self._lock:
            self._pubsub = pubsub = self._client().pubsub()
            if self._wanted:
                pubsub.subscribe(*self._wanted)
            else:
                pubsub.ping()
        self._up.set()
        asked = False
        while not self._closed.is_set():
            try:
                self._hear(pubsub)
                asked = False
            except RedisTimeoutError:
                if asked:
                    return
                asked = True
                with self._lock:
                    pubsub.ping()

    def _hear(self, pubsub: Any) -> None:
        """The next message. Raises TimeoutError after silence.

        Past the library's ``get_message``, which asks the system three times for each.
        """
        reply = pubsub.connection.read_response(timeout=SILENCE_S, disconnect_on_error=False, push_request=True)
        if reply[0] == b"message":
            self._on_message(reply[1].decode(), reply[2])
        else:
            pubsub.handle_message(reply)

    def _hang_up(self) -> None:
        self._up.clear()
        with self._lock:
            if self._pubsub is not None:
                with contextlib.suppress(RedisError, OSError):
                    self._pubsub.close()
                self._pubsub = None

    def close(self) -> None:
        self._closed.set()
        self._first.set()
        if self._lock.acquire(blocking=False):  # a thread that holds it does not wait for a message
            try:
                self._send("ping")  # its answer ends the wait
            finally:
                self._lock.release()
        self._thread.join(2)
