"""Which address of a host is called: resolved once, checked, and then used as it is."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from baton.connect.http.errors import CallRefused, NotAnswered
from baton.connect.http.target import Target

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Sequence[str]]

CREDENTIALS: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "169.254.0.0/16",
        "fe80::/10",
        "fd00:ec2::/32",
        "100.100.100.200/32",
        "168.63.129.16/32",
        "192.0.0.192/32",
    )
)
"""Where clouds give out credentials to whatever asks: never called, whatever the operator allows."""
_NAT64 = ip_network("64:ff9b::/96")


def resolve_name(host: str, port: int) -> list[str]:
    """By the resolver of the system. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


def choose_address(target: Target, private: Sequence[Network], resolve: Resolve = resolve_name) -> str:
    """The first address of the host. Raises CallRefused when any of them may not be called, NotAnswered for none."""
    try:
        found = resolve(target.host, target.port)
    except (OSError, UnicodeError) as error:
        raise NotAnswered(f"Expected '{target.host}' to have an address, but: {error}") from None
    if not found:
        raise NotAnswered(f"Expected '{target.host}' to have an address, but it has none")
    for text in found:
        _check(target.host, ip_address(text.partition("%")[0]), private)
    return found[0]


def _check(host: str, address: Address, private: Sequence[Network]) -> None:
    for seen in (address, *_find_embedded(address)):
        if _is_in(seen, CREDENTIALS) or not (_is_public(seen) or _is_in(seen, private)):
            raise CallRefused(
                f"Expected a public address of '{host}', or one of BATON_HTTP_PRIVATE_NETWORKS, but found {address}"
            )


def _is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks if network.version == address.version)


def _find_embedded(address: Address) -> list[Address]:
    """IPv4 addresses that an IPv6 address leads to."""
    if not isinstance(address, IPv6Address):
        return []
    teredo = address.teredo or ()
    nat64 = [IPv4Address(int(address) & 0xFFFFFFFF)] if address in _NAT64 else []
    return [found for found in (address.ipv4_mapped, address.sixtofour, *teredo, *nat64) if found is not None]
