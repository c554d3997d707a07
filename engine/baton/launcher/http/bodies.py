"""Bodies of requests that nobody has read, or that are malformed."""

from __future__ import annotations

from typing import Any

import gevent
from gunicorn.http.body import Body, LengthReader
from gunicorn.http.errors import ParseException

DISCARD_BYTES = 1024 * 1024
PAUSE_S = 0.000_1
"""Not 0: gevent looks at sockets and timers only after fifty of these."""


class MalformedBody(ValueError):
    """Chunks that do not follow the rules: a fault of the client."""


class CheckedReader:
    """A reader of a body whose errors are of the kind that the application takes for a fault of the client."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def read(self, size: int) -> bytes:
        """Raises MalformedBody."""
        try:
            return self._reader.read(size)
        except ParseException as error:
            raise MalformedBody(str(error)) from error


def is_read(body: Body) -> bool:
    """Whether nothing of the body can still be on its way, which is so after nearly every request."""
    reader: Any = body.reader
    return isinstance(reader, LengthReader) and reader.length == 0


def discard_body(body: Body) -> None:
    """Read what a refused request still sends, so that its sender gets to read the answer.

    The library would do it by 1,024 bytes, and copies up to 1 MiB for each of them: two seconds of processor time for
    a file of 50 MB. Other requests are answered in between.
    """
    while body.read(DISCARD_BYTES):
        gevent.sleep(PAUSE_S)
