from __future__ import annotations

import pytest

from baton.store.addresses import parse_addresses
from baton.store.connecting import make_client, make_node_pool


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("cluster+redis://a:1,b", [("a", 1), ("b", 6379)]),
        ("cluster+redis://user:p,w@a:1,[::1]:2,[::2]", [("a", 1), ("::1", 2), ("::2", 6379)]),
    ],
)
def test_a_url_may_name_several_hosts(url: str, found: list[tuple[str, int]]) -> None:
    assert parse_addresses(url) == found


def test_every_node_of_a_cluster_is_met_with_the_user_and_the_options_of_the_url() -> None:
    pool = make_node_pool("cluster+rediss://me:p%40ss@a:1,b:2?ssl_ca_certs=/ca.pem", ("::1", 7))
    found = pool.connection_kwargs

    assert (found["host"], found["port"], found["username"], found["password"]) == ("::1", 7, "me", "p@ss")
    assert found["ssl_ca_certs"] == "/ca.pem"


def test_servers_and_sentinels_may_have_passwords_of_their_own() -> None:
    client = make_client("sentinel://me:p%40ss@a,b:2/main?sentinel_password=other", 10)
    pool = client.connection_pool
    watcher = pool.sentinel_manager.sentinels[0].connection_pool.connection_kwargs

    assert (pool.service_name, pool.connection_kwargs["username"], pool.connection_kwargs["password"]) == (
        "main",
        "me",
        "p@ss",
    )
    assert (watcher["host"], watcher["port"], watcher["password"]) == ("a", 26379, "other")
    client.close()
