"""Addresses of stores: those of Sentinel sets and Clusters name several hosts."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

_DEFAULT_PORT = 6379


def split_url(url: str) -> SplitResult:
    """The parts of an address. Python's own function refuses several hosts of which one is like ``[::1]``."""
    scheme, found, rest = url.partition("://")
    if not found:
        return urlsplit(url)
    netloc = re.split("[/?#]", rest, maxsplit=1)[0]
    return urlsplit(f"{scheme}://host{rest.removeprefix(netloc)}")._replace(netloc=netloc)


def parse_addresses(url: str, port: int = _DEFAULT_PORT) -> list[tuple[str, int]]:
    """Hosts and ports in a URL that names several; ``port`` of those without one. Raises ValueError for a port."""
    return [_parse_address(part, port) for part in split_url(url).netloc.rpartition("@")[2].split(",")]


def _parse_address(part: str, default: int) -> tuple[str, int]:
    host, colon, port = part.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = part, str(default)
    return host.strip("[]"), int(port)
