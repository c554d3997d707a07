"""Sending commands and hearing replies on pooled connections: redis-py's connections without its client's detours.

The client checks every connection before it uses it, wraps every command and looks for a callback for every reply:
together more work than the command. Here a connection that has gone is noticed by using it, and everything the store
sends may be sent again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError

from baton.store.chance import CHANCE
from baton.store.connecting import LOST, pack_command
from baton.store.pipeline import Command, Pipeline

TRIES = 7
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 1.0


class Wire:
    """A bounded pool of connections to one server; safe for threads and greenlets."""

    def __init__(self, pool: Any, size: int) -> None:
        self._make = pool.make_connection
        self._free: list[Any] = []
        self._room = threading.BoundedSemaphore(size)
        self._closed = False
        self.pipeline = Pipeline(self.converse)

    def send(self, commands: Sequence[Command], wait: Command | None = None) -> list[Any]:
        """The replies of the commands, all sent at once on one connection; the first error among them is raised.

        ``wait`` is sent behind them and its reply is the last. A lost connection is tried again for about three
        seconds, then ConnectionError or TimeoutError is raised.
        """
        replies = self.exchange(commands if wait is None else [*commands, wait])
        for reply in replies:
            if isinstance(reply, ResponseError):
                raise reply
        return replies

    read = send
    """One server answers everything; of a Cluster each node answers for its own keys."""

    def send_together(self, commands: Sequence[Command], wait: Command | None = None) -> list[Any]:
        """As ``send``, but with the commands that others send at this moment if they are short."""
        try:
            replies = self.pipeline.exchange(commands, wait)
        except LOST:
            replies = None
        if replies is None:
            return self.send(commands, wait)
        for reply in replies:
            if isinstance(reply, ResponseError):
                raise reply
        return replies

    def exchange(self, commands: Sequence[Command], tries: int = TRIES) -> list[Any]:
        """As ``send``, but errors that the server answers with are replies like others."""
        packed = b"".join(map(pack_command, commands))
        for attempt in range(tries):
            replies: list[Any] = []
            try:
                self.converse(packed, len(commands), replies)
            except LOST:
                if attempt == tries - 1:
                    raise
                _pause(attempt)
                continue
            return replies
        raise RedisConnectionError("Expected to reach the server, but every attempt failed")

    def converse(self, packed: bytes, count: int, replies: list[Any]) -> None:
        """Send packed commands in one try; adds so many replies, as far as they come before the connection is lost."""
        with self._room:
            connection = self._take()
            try:
                if not connection.is_connected:
                    connection.connect()
                connection.send_packed_command([packed], check_health=False)
                while len(replies) < count:
                    try:
                        replies.append(connection.read_response())
                    except ResponseError as error:
                        replies.append(error)
            except LOST:
                self._drop(connection)
                raise
            except BaseException:
                # What is left on the line belongs to nobody any more.
                connection.disconnect()
                self._give_back(connection)
                raise
            self._give_back(connection)

    def _take(self) -> Any:
        try:
            return self._free.pop()
        except IndexError:
            return self._make()

    def _give_back(self, connection: Any) -> None:
        if self._closed:
            connection.disconnect()
        else:
            self._free.append(connection)

    def _drop(self, connection: Any) -> None:
        """Those that are idle lead to where this one led: nobody need find that out again, a timeout each."""
        lost = [connection]
        with suppress(IndexError):
            while True:
                lost.append(self._free.pop())
        for connection in lost:
            connection.disconnect()
            self._give_back(connection)

    def close(self) -> None:
        self._closed = True
        while self._free:
            self._free.pop().disconnect()


def _pause(attempt: int) -> None:
    # After a restart all connections are stale: the first two repeats come at once.
    if attempt > 1:
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt)
        time.sleep(longest * (0.5 + CHANCE.random() / 2))
