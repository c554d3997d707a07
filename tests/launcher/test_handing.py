"""A connection is handed over whole or not at all, whatever happens to the other process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from baton.launcher.http import handing
from baton.launcher.http.handing import Handing, receive_connection
from baton.launcher.http.sockets import TimedSocket

REQUEST = b"GET /engine-rest/stream HTTP/1.1\r\nHost: localhost\r\n\r\n"
ENVIRON = {"PATH_INFO": "/engine-rest/stream", "REQUEST_METHOD": "GET"}


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(tmp_path / "s"))
        made.listen(8)
        made.settimeout(60)
        yield made


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The client's end of a connection, and the server's."""
    mine, theirs = socket.socketpair()
    with mine, theirs:
        mine.settimeout(60)
        yield mine, theirs


def make_handing(listener: socket.socket) -> Handing:
    return Handing(Path(listener.getsockname()), lambda _: True)


def wrap(sock: socket.socket) -> Any:
    return TimedSocket(sock, 60)


def test_the_other_process_has_the_connection_and_all_that_was_read_from_it(
    listener: socket.socket, ends: tuple[socket.socket, socket.socket]
) -> None:
    found: list[Any] = []

    def take() -> None:
        way, _ = listener.accept()
        with way:
            found.append(receive_connection(way))

    taking = threading.Thread(target=take)
    taking.start()
    handed = make_handing(listener).offer(ENVIRON, wrap(ends[1]), REQUEST * 400)
    taking.join()
    ends[1].close()

    assert handed
    connection, received = found[0]
    assert received == REQUEST * 400
    with connection:
        connection.sendall(b"from there")
        assert ends[0].recv(100) == b"from there"


def test_what_was_given_up_is_not_taken_any_more(
    listener: socket.socket, ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handing, "PATIENCE_S", 0.05)
    giving = make_handing(listener)

    assert not giving.offer(ENVIRON, wrap(ends[1]), REQUEST)

    way, _ = listener.accept()
    with way:
        assert receive_connection(way) is None
    assert not giving.offer(ENVIRON, wrap(ends[1]), REQUEST), "nothing is offered for a while"
    ends[1].sendall(b"from here")
    assert ends[0].recv(100) == b"from here"


def test_a_process_that_ends_in_the_middle_has_not_taken_it(
    listener: socket.socket, ends: tuple[socket.socket, socket.socket]
) -> None:
    def die() -> None:
        way, _ = listener.accept()
        way.close()

    dying = threading.Thread(target=die)
    dying.start()
    handed = make_handing(listener).offer(ENVIRON, wrap(ends[1]), REQUEST)
    dying.join()

    assert not handed


def test_where_nobody_listens_the_connection_stays(tmp_path: Path, ends: tuple[socket.socket, socket.socket]) -> None:
    assert not Handing(tmp_path / "nobody", lambda _: True).offer(ENVIRON, wrap(ends[1]), REQUEST)


def test_only_what_is_meant_and_has_no_body_is_handed_over(
    listener: socket.socket, ends: tuple[socket.socket, socket.socket]
) -> None:
    assert not Handing(Path(listener.getsockname()), lambda _: False).offer(ENVIRON, wrap(ends[1]), REQUEST)
    with_body = {**ENVIRON, "CONTENT_LENGTH": "1"}
    assert not make_handing(listener).offer(with_body, wrap(ends[1]), REQUEST)


def test_what_comes_without_a_connection_is_refused() -> None:
    mine, theirs = socket.socketpair()
    with mine, theirs:
        mine.sendall(len(REQUEST).to_bytes(4, "big") + REQUEST)
        with pytest.raises(ValueError, match="Expected one connection"):
            receive_connection(theirs)
