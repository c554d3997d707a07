"""The hosts that the operator allows."""

from __future__ import annotations

import re
from dataclasses import dataclass

PORTS = {"https": 443, "http": 80}
_ENTRY = re.compile(r"(?:(https?)://)?(\*|(?:\*\.)?[a-z0-9][a-z0-9.-]*|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?/?", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Entry:
    scheme: str
    host: str
    port: int

    def allows(self, scheme: str, host: str, port: int) -> bool:
        if (scheme, port) != (self.scheme, self.port):
            return False
        return self.host in ("*", host) or (self.host.startswith("*.") and host.endswith(self.host[1:]))


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """Scheme, host and port together; what is not in the list is refused."""

    entries: tuple[_Entry, ...] = ()

    @classmethod
    def parse(cls, text: str) -> AllowedHosts:
        """``api.example.com, *.example.com:8443, http://legacy``. Raises ValueError."""
        return cls(tuple(_parse_entry(item.strip().lower()) for item in text.split(",") if item.strip()))

    def are_allowed(self, scheme: str, host: str, port: int) -> bool:
        return any(entry.allows(scheme, host, port) for entry in self.entries)


def _parse_entry(text: str) -> _Entry:
    found = _ENTRY.fullmatch(text)
    port = int(found[3]) if found is not None and found[3] else None
    if found is None or (port is not None and not 0 < port < 65536):
        raise ValueError(f"hosts such as 'api.example.com' or '*.example.com:8443', but '{text}' is none")
    scheme = found[1] or "https"
    return _Entry(scheme, found[2].strip("[]"), port or PORTS[scheme])
