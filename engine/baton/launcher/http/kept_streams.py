"""Which live streams a web process serves itself: the first few of browsers, as long as none is served apart."""

from __future__ import annotations

from pathlib import Path

from baton.launcher.http.handing import Handing
from baton.launcher.http.heads import Environ
from baton.web import OpenApart, OpenRequests, is_stream


class KeptStreams:
    """``kept``: how many at the most. ``way``: the local socket by which others are handed over."""

    def __init__(self, opened: OpenRequests, kept: int, way: Path) -> None:
        self._opened, self._kept = opened, kept
        self._apart = OpenApart(way)
        self.handing = Handing(way, self._leaves)

    def _leaves(self, environ: Environ) -> bool:
        """A program need not connect again when its stream ends: it is where it can stay from the beginning."""
        if not is_stream(environ):
            return False
        return not _connects_again(environ) or self._opened.streams.used >= self._kept or self._is_any_apart()

    def move(self) -> None:
        """To be called every second: once there are streams apart, those that are here end, and come there.

        Else this process would read all that happens for a few that are left (docs/decisions/0149).
        """
        if self._opened.streams.used and self.handing.is_open and self._is_any_apart():
            self._opened.end_streams()

    def _is_any_apart(self) -> bool:
        return self._apart.read()[1] > 0


def _connects_again(environ: Environ) -> bool:
    """Whether a browser asks: its EventSource does so by itself, behind the last event that it has."""
    return "HTTP_SEC_FETCH_MODE" in environ
