"""The store through TLS: its own authority, and a client certificate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from baton.model.identity import User
from baton.service import Settings, assemble
from baton.store.connecting import make_client
from baton.store.ports import StoreUnavailable
from tests.certificates import Authority, Pair
from tests.store.tls_relay import relay_tls


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def port(valkey: str, authority: Authority) -> Iterator[int]:
    address = valkey.removeprefix("unix://")
    with relay_tls(address, authority.issue("store", "localhost"), str(authority.ca)) as port:
        yield port


def make_url(scheme: str, place: str, authority: Authority, pair: Pair, **more: str) -> str:
    options = {"ssl_ca_certs": authority.ca, "ssl_certfile": pair.cert, "ssl_keyfile": pair.key, **more}
    return f"{scheme}://{place}?{urlencode({name: str(value) for name, value in options.items()})}"


def test_an_engine_works_on_a_store_with_tls(authority: Authority, port: int) -> None:
    mine = authority.issue("baton")
    engine = assemble(Settings(redis_url=make_url("rediss", f"localhost:{port}/0", authority, mine), partitions=4))
    engine.accounts.create_user(User(id="anna"), None)
    assert engine.accounts.get_user("anna").id == "anna"
    engine.close()


def test_a_store_of_another_name_or_authority_is_not_used(authority: Authority, port: int, tmp_path: Path) -> None:
    mine = authority.issue("baton")
    other = Authority(tmp_path, "other")
    for place, trusted in ((f"127.0.0.1:{port}/0", authority), (f"localhost:{port}/0", other)):
        engine = assemble(Settings(redis_url=make_url("rediss", place, trusted, mine), partitions=4))
        with pytest.raises(StoreUnavailable):
            engine.accounts.list_users()
        engine.close()


def test_sentinels_and_their_servers_are_met_with_the_certificates_of_the_url(authority: Authority) -> None:
    mine = authority.issue("baton")
    url = make_url("sentinel+rediss", "a,b:2/main", authority, mine, ssl_check_hostname="false")
    client = make_client(url, 10)
    server = client.connection_pool
    watcher = server.sentinel_manager.sentinels[0].connection_pool
    for pool in (server, watcher):
        found = pool.make_connection().__class__.__name__, pool.connection_kwargs
        assert "SSL" in found[0] or "Managed" in found[0]
        assert found[1]["ssl_ca_certs"] == str(authority.ca)
        assert found[1]["ssl_certfile"] == str(mine.cert)
        assert found[1]["ssl_check_hostname"] is False
    client.close()
