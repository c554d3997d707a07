"""A server of the user's: is anything there?"""

from __future__ import annotations

import socket
from contextlib import suppress
from urllib.parse import SplitResult, urlsplit

from baton.launcher.errors import CannotStart
from baton.store.addresses import split_url

SECONDS = 5.0
USUAL_PORT, USUAL_SENTINEL_PORT = 6379, 26379


def check_reachable(url: str) -> None:
    """Raises CannotStart when nothing listens at any address of ``--redis-url``.

    Sentinel and Cluster addresses name several servers, of which some may be away.
    """
    parts = split_url(url)
    try:
        if parts.scheme == "unix":
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(SECONDS)
                probe.connect(parts.path)
        elif parts.scheme in ("sentinel", "sentinel+rediss"):
            _reach_any(parts.netloc, USUAL_SENTINEL_PORT)
        elif parts.scheme in ("redis", "rediss", "cluster+redis", "cluster+rediss"):
            _reach_any(parts.netloc, USUAL_PORT)
    except (OSError, ValueError) as error:
        place = parts.path if parts.scheme == "unix" else parts.netloc.rpartition("@")[2]
        raise CannotStart(f"Expected a Valkey or Redis at {place} (--redis-url), but: {error}.") from None


def _reach_any(places: str, usual_port: int) -> None:
    """Of ``user:password@host:port,host:port``. Raises the last error when none can be reached."""
    *others, last = (urlsplit("//" + place) for place in places.rpartition("@")[2].split(","))
    for other in others:
        with suppress(OSError):
            return _reach(other, usual_port)
    return _reach(last, usual_port)


def _reach(place: SplitResult, usual_port: int) -> None:
    socket.create_connection((place.hostname or "127.0.0.1", place.port or usual_port), SECONDS).close()
