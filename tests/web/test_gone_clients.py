"""A worker that was killed while it waited must not be given tasks."""

from __future__ import annotations

import socket

from baton.web.long_poll import has_gone


def test_a_closed_connection_is_noticed_and_an_open_one_left_as_it_was() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(7.0)
        assert not has_gone(ours)
        theirs.send(b"POST / HTTP/1.1")
        assert not has_gone(ours)
        assert ours.recv(4) == b"POST"
        assert ours.gettimeout() == 7.0
        ours.recv(100)
        theirs.close()
        assert has_gone(ours)


def test_a_server_that_does_not_say_which_connection_it_is_goes_on() -> None:
    assert not has_gone(None)
