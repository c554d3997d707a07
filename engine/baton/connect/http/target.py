"""Where a call goes. The address is read once, and what was checked is what is called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from baton.connect.hosts import PORTS
from baton.connect.http.errors import CallRefused

_PLAIN = re.compile(r"[!-\[\]-~]+", re.ASCII)
"""Visible ASCII without the backslash, which some servers take for a slash."""
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9_-]{0,62}\.?)*", re.ASCII)
MAX_URL = 8_192


@dataclass(frozen=True, slots=True)
class Target:
    """``resource``: path and query, as they are sent."""

    scheme: str
    host: str
    port: int
    resource: str

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == PORTS[self.scheme] else f":{self.port}")


def parse_target(url: str) -> Target:
    """Raises CallRefused for an address that is not plain http or https."""
    if len(url) > MAX_URL or not _PLAIN.fullmatch(url):
        raise CallRefused(
            f"Expected the address of a call to be at most {MAX_URL:,} visible ASCII characters without a backslash, "
            f"but found {url[:200]!r}"
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise CallRefused(f"Expected an address such as https://api.example.com/orders, but {error}: '{url}'") from None
    if parts.scheme not in PORTS:
        raise CallRefused(f"Expected an address with https:// or http://, but found '{url}'")
    if parts.username is not None or parts.password is not None:
        raise CallRefused("Expected an address without a user and a password: put them into a header")
    host = _check_host((parts.hostname or "").rstrip("."), url)
    resource = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    _check_path(parts.path)
    return Target(parts.scheme, host, port or PORTS[parts.scheme], resource)


def _check_host(host: str, url: str) -> str:
    try:
        return str(ip_address(host))
    except ValueError:
        if _NAME.fullmatch(host) and not host.replace(".", "").isdigit() and not host.startswith("0x"):
            return host
    raise CallRefused(f"Expected the name of a host, but found '{host}' in '{url}'")


def _check_path(path: str) -> None:
    """A value that is ``..`` would lead to another place than the model says."""
    if any(unquote(segment) in (".", "..") for segment in path.split("/")):
        raise CallRefused(f"Expected no part '.' or '..' in the path of the address, but found '{path}'")
