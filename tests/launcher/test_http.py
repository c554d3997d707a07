"""Plain requests are read as gunicorn reads them, and answered as HTTP wants it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

import gevent
import pytest
from gevent import socket
from gunicorn.config import Config
from gunicorn.http import RequestParser, wsgi
from gunicorn.http.errors import ParseException
from gunicorn.http.wsgi import FileWrapper
from hypothesis import given, settings
from hypothesis import strategies as st

from baton.launcher.http.answers import Answer
from baton.launcher.http.connections import BrokenAnswer, Connections
from baton.launcher.http.heads import read_head
from baton.launcher.http.sockets import TimedSocket

PLAIN = (
    b"POST /engine-rest/task/a%20b?x=1&y= HTTP/1.1\r\nHost: localhost:8080\r\nContent-Type: application/json\r\n"
    b"Content-Length: 5\r\nX-Note: a, b\r\nConnection: keep-alive\r\nX-Forwarded-Proto: https\r\n\r\n"
)
PIECES = [
    *(
        bytes((byte,))
        for byte in (0, 9, 10, 11, 12, 13, 32, 35, 37, 43, 45, 47, 48, 58, 63, 95, 97, 127, 128, 195, 255)
    ),
    *(
        b"\r\n",
        b"\r\n ",
        b"\n\n",
        b"\r\n\r\n",
        b"//",
        b"chunked",
        b"Host: b\r\n",
        b"Content-Length: 6\r\n",
        b"a_b: c\r\n",
    ),
    *(b"Transfer-Encoding: chunked\r\n", b"Expect: 100-continue\r\n", b"Connection: close\r\n", b"Upgrade: h2c\r\n"),
    *(b"X-Note: c\r\n", b"Content-Type: text/plain\r\n", b"X-Forwarded-Ssl: off\r\n", b"HTTP/1.0", b"http://b/", b"0x"),
]
SERVER, CLIENT = ("127.0.0.1", 8080), ("127.0.0.1", 40_000)
BASE: dict[str, Any] = {"wsgi.url_scheme": "http", "SERVER_PROTOCOL": "HTTP/1.1"}
SCHEMES = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_SSL": "on", "HTTP_X_FORWARDED_PROTOCOL": "ssl"}
READ = ("REQUEST_METHOD", "RAW_URI", "PATH_INFO", "QUERY_STRING", "CONTENT_LENGTH", "CONTENT_TYPE", "wsgi.url_scheme")


def pick(environ: dict[str, Any]) -> dict[str, str]:
    return {key: value for key, value in environ.items() if key in READ or key.startswith("HTTP_")}


def read_by_gunicorn(head: bytes) -> dict[str, str]:
    """Raises ParseException."""
    config, server, client, no_socket = Config(), cast("Any", SERVER), cast("Any", CLIENT), cast("Any", None)
    request = next(RequestParser(config, iter([head]), client))
    _, environ = wsgi.create(request, no_socket, client, server, config)
    return pick(dict(environ))


def test_a_plain_head_is_read() -> None:
    found = read_head(PLAIN, BASE, SCHEMES)

    assert found is not None
    assert (found["PATH_INFO"], found["QUERY_STRING"], found["wsgi.url_scheme"]) == (
        "/engine-rest/task/a b",
        "x=1&y=",
        "https",
    )
    assert pick(found) == read_by_gunicorn(PLAIN)


@settings(max_examples=400, deadline=None)
@given(edits=st.lists(st.tuples(st.integers(0, len(PLAIN)), st.integers(0, 3), st.sampled_from(PIECES)), max_size=3))
def test_what_is_taken_for_plain_has_the_same_meaning_for_gunicorn(edits: list[tuple[int, int, bytes]]) -> None:
    head = PLAIN
    for place, cut, piece in edits:
        head = head[:place] + piece + head[place + cut :]
    head = head[: head.find(b"\r\n\r\n") + 4]

    found = read_head(head, BASE, SCHEMES)

    if found is not None:
        try:
            assert pick(found) == read_by_gunicorn(head)
        except ParseException as error:
            raise AssertionError(f"gunicorn refuses {head!r}: {error}") from error


@pytest.fixture
def pair() -> Iterator[tuple[TimedSocket, Any]]:
    """The server's end and the client's."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(5)
    with ours, theirs:
        yield TimedSocket(ours, 5.0), theirs


def answer(pair: tuple[TimedSocket, Any], chunks: Iterable[bytes], *fields: tuple[str, str], **more: Any) -> bytes:
    """What the client receives."""
    made = Answer(pair[0], more.get("method", "GET"), True)
    made.start(more.get("status", "200 OK"), list(fields))
    made.send(chunks)
    pair[0].shutdown(socket.SHUT_WR)
    return b"".join(iter(lambda: pair[1].recv(65536), b"")) + (b"" if made.goes_on else b"|closed")


def test_a_body_without_a_length_is_sent_in_chunks(pair: tuple[TimedSocket, Any]) -> None:
    sent = answer(pair, [b"one", b"", b"three"])

    assert b"\r\nTransfer-Encoding: chunked\r\n" in sent
    assert sent.endswith(b"\r\n\r\n3\r\none\r\n5\r\nthree\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    ("status", "method"), [("204 No Content", "GET"), ("304 Not Modified", "GET"), ("200 OK", "HEAD")]
)
def test_an_answer_without_a_body_is_none_whatever_the_application_gives(
    pair: tuple[TimedSocket, Any], status: str, method: str
) -> None:
    sent = answer(pair, [b"body"], ("Content-Length", "4"), status=status, method=method)

    head, _, body = sent.partition(b"\r\n\r\n")
    assert body == b""
    assert (b"Content-Length: 4" in head) is (status != "204 No Content")
    assert b"Transfer-Encoding" not in head


@pytest.mark.parametrize(
    ("chunks", "end"), [([b"abc", b"de"], b"abcd"), ([b"abc"], b"abc|closed"), ([], b"|closed"), ([b"abcd"], b"abcd")]
)
def test_never_is_another_length_sent_than_was_said(
    pair: tuple[TimedSocket, Any], chunks: list[bytes], end: bytes
) -> None:
    sent = answer(pair, chunks, ("Content-Length", "4"))

    assert sent.partition(b"\r\n\r\n")[2] == end


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: b", "a\nb", "a\rb", "a\0b"])
def test_a_field_cannot_begin_another(pair: tuple[TimedSocket, Any], value: str) -> None:
    with pytest.raises(ValueError, match="without line breaks"):
        answer(pair, [b"body"], ("X-Note", value))


def test_a_file_is_sent_as_it_is(pair: tuple[TimedSocket, Any], tmp_path: Any) -> None:
    page = tmp_path / "page"
    page.write_bytes(b"the page")

    with page.open("rb") as file:
        sent = answer(pair, FileWrapper(file), ("Content-Length", "8"))

    assert sent.endswith(b"\r\n\r\nthe page")


def serve(pair: tuple[TimedSocket, Any], app: Callable[..., Iterable[bytes]]) -> tuple[Connections, Any]:
    connections = Connections(app, Config())
    return connections, gevent.spawn(connections.serve, pair[0], SERVER, CLIENT)


def echo(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    body = environ["wsgi.input"].read()
    start("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def test_a_connection_that_rests_too_long_is_ended(pair: tuple[TimedSocket, Any]) -> None:
    connections, serving = serve(pair, echo)
    pair[1].sendall(PLAIN + b"hello")
    assert pair[1].recv(65536).endswith(b"hello")
    now = time.monotonic()

    connections.end_resting(now)
    pair[1].sendall(PLAIN + b"again")
    again = pair[1].recv(65536)
    connections.end_resting(now + 60)

    assert again.endswith(b"again")
    assert serving.get(timeout=60) is True


def test_what_is_not_plain_is_left_to_be_read(pair: tuple[TimedSocket, Any]) -> None:
    unusual = PLAIN.replace(b"X-Note", b"Expect") + b"hello"
    _, serving = serve(pair, echo)

    pair[1].sendall(PLAIN + b"hello" + unusual)

    assert serving.get(timeout=60) is False
    assert pair[0].recv(1) == unusual


def test_an_answer_that_breaks_off_ends_the_connection(pair: tuple[TimedSocket, Any]) -> None:
    def break_off(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        start("200 OK", [])
        yield b"some"
        raise LookupError

    _, serving = serve(pair, break_off)
    pair[1].sendall(PLAIN + b"hello")

    with pytest.raises(BrokenAnswer):
        serving.get(timeout=60)


def test_a_body_that_nobody_reads_is_not_taken_for_a_request(pair: tuple[TimedSocket, Any]) -> None:
    def ignore(_environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        start("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    _, serving = serve(pair, ignore)
    body = b"GET / HTTP/1.1\r\nHost: b\r\n\r\n" * 1_000
    head = PLAIN.replace(b"Content-Length: 5", b"Content-Length: %d" % len(body))
    for part in (head, body, head, body):
        pair[1].sendall(part)
    pair[1].shutdown(socket.SHUT_WR)
    serving.get(timeout=60)
    pair[0].shutdown(socket.SHUT_WR)

    received = b"".join(iter(lambda: pair[1].recv(65536), b""))
    assert received.count(b"HTTP/1.1 200 OK") == 2


def test_a_client_that_leaves_in_the_middle_of_an_answer_is_no_fault_of_the_application(
    pair: tuple[TimedSocket, Any],
) -> None:
    def go_on(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        start("200 OK", [])
        while True:
            yield b"some" * 10_000

    _, serving = serve(pair, go_on)
    pair[1].sendall(PLAIN + b"hello")
    pair[1].recv(100)
    pair[1].close()

    with pytest.raises(ConnectionError):
        serving.get(timeout=60)
