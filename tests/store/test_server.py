from __future__ import annotations

import platform
from pathlib import Path

import pytest
import redis

from baton.store.server import Server, make_server_environment, start_server
from baton.store.store import open_store
from tests.store.building import ID, LEASE, OTHER, asking, begin, decision, header, queued


def test_a_started_server_is_durable(durable_valkey: Server) -> None:
    client = redis.Redis(unix_socket_path=str(durable_valkey.socket))

    assert client.config_get("appendfsync") == {b"appendfsync": b"always"} or client.config_get("appendfsync") == {
        "appendfsync": "always"
    }
    client.close()


def test_a_state_of_few_short_fields_is_kept_as_one_piece(durable_valkey: Server) -> None:
    client = redis.Redis(unix_socket_path=str(durable_valkey.socket))

    client.hset("state", mapping={f"v0/{number}": b"x" * 300 for number in range(20)})
    client.hset("large", "v0/file", b"x" * 10_000)

    assert client.object("encoding", "state") == b"listpack"
    assert client.object("encoding", "large") == b"hashtable"
    client.close()


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs /proc, which Linux has")
def test_a_server_takes_the_allocator_that_the_system_has(durable_valkey: Server) -> None:
    maps = Path(f"/proc/{durable_valkey.process.pid}/maps").read_text()

    assert ("libjemalloc" in maps) == bool(make_server_environment())


@pytest.mark.parametrize("place", ["", f"{platform.machine()}-linux-gnu"])
def test_an_allocator_is_found_where_systems_keep_it_and_one_that_was_chosen_stays(
    tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    folder = tmp_path / place
    folder.mkdir(exist_ok=True)
    library = folder / "libjemalloc.so.2"
    assert make_server_environment({}, [str(tmp_path)]) == {}

    library.touch()

    assert make_server_environment({}, [str(tmp_path)]) == {"LD_PRELOAD": str(library)}
    assert make_server_environment({"LD_PRELOAD": ""}, [str(tmp_path)]) == {}


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


def test_scripts_that_the_server_has_lost_are_sent_again(valkey: str) -> None:
    store = open_store(valkey, partitions=4)
    begin(store)
    begin(store, instance_id=OTHER)
    with redis.Redis.from_url(valkey) as client:
        client.script_flush()

    found = store.turns.submit_each(
        [asking(item, queued("c2"), now=2000, owner=item, lease_ms=LEASE) for item in (ID, OTHER)]
    )
    turns = [item.taken for item in found if item is not None and item.taken is not None]
    with redis.Redis.from_url(valkey) as client:
        client.script_flush()
    committed = store.turns.commit(turns[0], decision(before=header()), now=2001, lease_ms=LEASE)

    assert [turn.instance_id for turn in turns] == [ID, OTHER]
    assert not committed.repeated
    store.close()
