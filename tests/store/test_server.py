from __future__ import annotations

import redis

from baton.store.server import Server, start_server


def test_a_started_server_is_durable(durable_valkey: Server) -> None:
    client = redis.Redis(unix_socket_path=str(durable_valkey.socket))

    assert client.config_get("appendfsync") == {b"appendfsync": b"always"} or client.config_get("appendfsync") == {
        "appendfsync": "always"
    }
    client.close()


def test_what_was_acknowledged_survives_a_kill(durable_valkey: Server) -> None:
    client = redis.Redis(unix_socket_path=str(durable_valkey.socket))
    client.set("kept", "yes")

    durable_valkey.process.kill()
    durable_valkey.process.wait(10)
    again = start_server(durable_valkey.socket.parent, durable_valkey.socket)

    try:
        assert client.get("kept") == b"yes"
    finally:
        client.close()
        again.stop()
