"""Reading Server-Sent Events in tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True)
class Message:
    event: str
    data: Any
    id: str | None


def messages(chunks: Iterable[bytes]) -> Iterator[Message]:
    """Whole events out of chunks that may be cut anywhere; comments are left out."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        *whole, rest = rest.split(b"\n\n")
        for block in whole:
            fields = dict(line.split(b": ", 1) for line in block.split(b"\n") if not line.startswith(b":"))
            if b"event" in fields:
                id = fields[b"id"].decode() if b"id" in fields else None
                yield Message(fields[b"event"].decode(), orjson.loads(fields[b"data"]), id)
