"""Clients by URL. All hand replies over as they come: raw bytes, flat lists.

``unix:///path``, ``redis://host:port/db``, ``rediss://…``: one server.
``sentinel://host:port,host:port/name``: the primary that the Sentinels call ``name``.
``cluster+redis://host:port,host:port``: a Cluster; one reachable node is enough.
"""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlsplit

from redis import BlockingConnectionPool, Redis, RedisCluster
from redis.backoff import ExponentialBackoff
from redis.cluster import ClusterNode
from redis.retry import Retry
from redis.sentinel import Sentinel

# Every script is safe to repeat: a repeat after a lost answer finds what the first did.
RETRIES = 6
_DEFAULT_PORT = 6379


def connect(url: str, max_connections: int) -> Any:
    """A client of one server, or of the primary of a Sentinel set."""
    if url.startswith("sentinel://"):
        client = _by_sentinels(url)
    else:
        make = cast("Any", BlockingConnectionPool).from_url
        limits: dict[str, Any] = {"max_connections": max_connections, "socket_timeout": 10, "socket_connect_timeout": 5}
        pool = make(url, timeout=30, protocol=2, retry=_retry(1), **limits)
        client = cast("Any", Redis(connection_pool=pool))
    client.response_callbacks.clear()
    return client


def connect_cluster(url: str, max_connections: int) -> Any:
    """A client of a Cluster."""
    nodes = [ClusterNode(host, port) for host, port in hosts(url)]
    client = cast("Any", RedisCluster)(
        startup_nodes=nodes, protocol=2, max_connections=max_connections, retry=_retry(), socket_timeout=5
    )
    manager = client.nodes_manager
    make = manager.create_redis_node

    def make_raw(*args: Any, **kwargs: Any) -> Any:
        node = make(*args, **kwargs)
        node.response_callbacks.clear()
        return node

    # Nodes join and leave: those that are there, and those that will be.
    manager.create_redis_node = make_raw
    for node in client.get_nodes():
        if node.redis_connection is not None:
            node.redis_connection.response_callbacks.clear()
    return client


def hosts(url: str) -> list[tuple[str, int]]:
    """The addresses in a URL that names several."""
    found: list[tuple[str, int]] = []
    for part in urlsplit(url).netloc.rpartition("@")[2].split(","):
        host, _, port = part.rpartition(":")
        found.append((host, int(port)) if host else (part, _DEFAULT_PORT))
    return found


def _by_sentinels(url: str) -> Any:
    name = urlsplit(url).path.strip("/") or "mymaster"
    sentinel = cast("Any", Sentinel)(hosts(url), socket_timeout=5)
    return sentinel.master_for(name, protocol=2, retry=_retry(1), socket_timeout=10)


def _retry(times: int = RETRIES) -> Retry:
    return Retry(ExponentialBackoff(cap=1.0, base=0.02), times)
