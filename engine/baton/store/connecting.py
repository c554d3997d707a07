"""Clients by URL. All hand replies over as they come: raw bytes, flat lists.

``unix:///path``, ``redis://user:password@host:port/db``, ``rediss://…``: one server.
``sentinel://user:password@host:port,host:port/name``: the primary that the Sentinels call ``name``; user and password
are those of the servers, ``?sentinel_username=…&sentinel_password=…`` those of the Sentinels; ``sentinel+rediss://…``:
both with TLS.
``cluster+redis://user:password@host:port,host:port``, ``cluster+rediss://…``: a Cluster; one reachable node is enough.
Options of TLS are those of redis-py: ``?ssl_ca_certs=…&ssl_certfile=…&ssl_keyfile=…&ssl_check_hostname=…``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.parse import parse_qs, unquote

import hiredis
from redis import BlockingConnectionPool, ConnectionPool, Redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry
from redis.sentinel import Sentinel

from baton.store.addresses import parse_addresses, split_url
from baton.store.ports import Arg

LOST = (RedisConnectionError, RedisTimeoutError, OSError)
"""What a connection raises that is of no use any more; what became of the commands on it is unknown."""
# The library's own types allow a command of one part only.
pack_command: Callable[[tuple[Arg, ...]], bytes] = cast("Any", hiredis).pack_command

_SENTINEL_PORT = 26379
_NODE_TIMEOUT_S = 5
"""A node of several: another may have taken over from one that does not answer."""
_SENTINEL_TIMEOUT_S = 2


def make_client(url: str, max_connections: int) -> Any:
    """A client of one server, or of the primary of a Sentinel set."""
    if split_url(url).scheme in ("sentinel", "sentinel+rediss"):
        client = _by_sentinels(url, max_connections)
    else:
        make = cast("Any", BlockingConnectionPool).from_url
        limits: dict[str, Any] = {"max_connections": max_connections, "socket_timeout": 10, "socket_connect_timeout": 5}
        pool = make(url, timeout=30, protocol=2, retry=_retry(), **limits)
        client = cast("Any", Redis(connection_pool=pool))
    client.response_callbacks.clear()
    return client


def make_node_client(url: str, address: tuple[str, int]) -> Any:
    """A client of one node of a Cluster."""
    return Redis(connection_pool=make_node_pool(url, address))


def make_node_pool(url: str, address: tuple[str, int]) -> Any:
    """Connections to one node of the Cluster that the URL names, with the user and the options of the URL."""
    parts, (host, port) = split_url(url.removeprefix("cluster+")), address
    user, at, _ = parts.netloc.rpartition("@")
    place = f"[{host}]" if ":" in host and not host.startswith("[") else host
    query = f"?{parts.query}" if parts.query else ""
    make = cast("Any", ConnectionPool).from_url
    where = f"{parts.scheme}://{user}{at}{place}:{port}/{query}"
    return make(where, protocol=2, retry=_retry(0), **_limits(_NODE_TIMEOUT_S))


def _by_sentinels(url: str, max_connections: int) -> Any:
    parts = split_url(url)
    name = parts.path.strip("/") or "mymaster"
    asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
    # No second try at a Sentinel: there are others.
    watchers = {
        **_limits(_SENTINEL_TIMEOUT_S),
        "retry": _retry(0),
        "username": asked.get("sentinel_username"),
        "password": asked.get("sentinel_password"),
        **_read_tls(parts.scheme, asked),
    }
    sentinel = cast("Any", Sentinel)(parse_addresses(url, _SENTINEL_PORT), sentinel_kwargs=watchers)
    servers = {
        **_limits(_NODE_TIMEOUT_S),
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        **_read_tls(parts.scheme, asked),
    }
    return sentinel.master_for(name, protocol=2, retry=_retry(), max_connections=2 * max_connections, **servers)


def _read_tls(scheme: str, asked: Mapping[str, str]) -> dict[str, Any]:
    """Of a URL with Sentinels, which redis-py does not read itself."""
    if not scheme.endswith("rediss"):
        return {}
    named = {name: value for name, value in asked.items() if name.startswith("ssl_")}
    check = named.pop("ssl_check_hostname", "true").lower() not in ("false", "0", "no")
    return {"ssl": True, "ssl_check_hostname": check, **named}


def _limits(seconds: int) -> dict[str, Any]:
    return {"socket_timeout": seconds, "socket_connect_timeout": seconds}


def _retry(times: int = 1) -> Retry:
    return Retry(ExponentialBackoff(cap=1.0, base=0.02), times)
