"""What a compute process and the one that asks it send each other: a length of 8 bytes, then that many of pickle.

Both ends are Baton itself, on a socket pair that nobody else can open.
"""

from __future__ import annotations

import pickle
import socket
import struct
from typing import Any

from baton.loading import suspend_collecting

_LENGTH = struct.Struct(">Q")
_CHUNK = 1024 * 1024


class Ended(Exception):
    """The other end has closed the socket."""


class TooLong(Exception):
    """More bytes than the reader accepts."""


def pack(value: Any) -> bytes:
    """The bytes to send. Raises what pickle raises for what cannot be sent."""
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(data)) + data


def receive(sock: socket.socket, most: int | None = None) -> Any:
    """Raises Ended, TooLong, or TimeoutError by the socket's timeout."""
    (length,) = _LENGTH.unpack(_read(sock, _LENGTH.size))
    if most is not None and length > most:
        raise TooLong
    return _load(_read(sock, length))


def _load(data: bytearray) -> Any:
    """Without looking for garbage among what is made: that took most of the time for a large model."""
    with suspend_collecting():
        return pickle.loads(data)


def _read(sock: socket.socket, length: int) -> bytearray:
    data = bytearray()
    while len(data) < length:
        part = sock.recv(min(length - len(data), _CHUNK))
        if not part:
            raise Ended
        data += part
    return data
