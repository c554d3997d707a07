from __future__ import annotations

from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from baton.store.wire import Wire


class Connection:
    """To a server that answers, or does not."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.is_connected = False

    def connect(self) -> None:
        if not self.is_connected:
            if self._pool.away:
                raise RedisConnectionError("refused")
            self.is_connected = True

    def send_packed_command(self, packed: Any, check_health: bool) -> None:
        pass

    def read_response(self) -> bytes:
        if self._pool.away:
            self._pool.timeouts += 1
            raise RedisTimeoutError("frozen")
        return b"PONG"

    def disconnect(self) -> None:
        self.is_connected = False


class Pool:
    def __init__(self) -> None:
        self.made = self.timeouts = 0
        self.away = False

    def make_connection(self) -> Connection:
        self.made += 1
        return Connection(self)


def test_a_connection_that_was_lost_is_used_again_so_that_a_pool_with_a_limit_lasts() -> None:
    pool = Pool()
    wire = Wire(pool, 2)

    pool.away = True
    for _ in range(50):
        with pytest.raises(RedisConnectionError):
            wire.exchange([("PING",)], tries=1)
    pool.away = False

    assert wire.send([("PING",)]) == [b"PONG"]
    assert pool.made == 1


def test_a_frozen_server_costs_one_timeout_not_one_for_each_idle_connection() -> None:
    pool = Pool()
    wire = Wire(pool, 10)
    idle = [wire._take() for _ in range(10)]
    for connection in idle:
        connection.connect()
        wire._give_back(connection)

    pool.away = True
    with pytest.raises(RedisConnectionError):
        wire.exchange([("PING",)], tries=2)

    assert pool.timeouts == 1
