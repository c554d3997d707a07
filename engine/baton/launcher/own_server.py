"""A server of the user's: is anything there?"""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from baton.launcher.errors import CannotStart

SECONDS = 5.0
USUAL_PORT = 6379


def check_reachable(url: str) -> None:
    """Raises CannotStart when nothing listens at the address of ``--redis-url``.

    Sentinel and cluster addresses name several servers, of which some may be away: their clients find out.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("unix", "redis", "rediss"):
        return
    try:
        if parts.scheme == "unix":
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(SECONDS)
                probe.connect(parts.path)
        else:
            socket.create_connection((parts.hostname or "127.0.0.1", parts.port or USUAL_PORT), SECONDS).close()
    except (OSError, ValueError) as error:
        place = parts.path if parts.scheme == "unix" else parts.netloc.rpartition("@")[2]
        raise CannotStart(f"Expected a Valkey or Redis at {place} (--redis-url), but: {error}.") from None
