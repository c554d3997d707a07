"""What HTTP allows to be written in two ways is refused or has one meaning, on the server that Baton starts."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

import pytest

from baton.store.server import Server
from tests.web.test_gunicorn import Served, connect, serving, serving_alone

LINE = b"POST /engine-rest/external-task/fetchAndLock HTTP/1.1\r\n"
HOST = b"Host: localhost\r\nContent-Type: application/json\r\n"
NEXT = b"GET /engine-rest/version HTTP/1.1\r\nHost: localhost\r\n\r\n"
"""A request that was put where a proxy sees a body."""
BODY = b'{"workerId":"w","maxTasks":1}'
MOST = 10_000
LENGTH = b"Content-Length: %d\r\n" % len(NEXT)
CHUNKED = b"Transfer-Encoding: chunked\r\n"
CHUNKS = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)

REFUSED: dict[str, tuple[bytes, int]] = {
    "a length and chunks": (LINE + HOST + LENGTH + CHUNKED + b"\r\n0\r\n\r\n" + NEXT, 400),
    "chunks and a length": (LINE + HOST + CHUNKED + LENGTH + b"\r\n0\r\n\r\n" + NEXT, 400),
    "the same length twice": (LINE + HOST + LENGTH + LENGTH + b"\r\n" + NEXT, 400),
    "two lengths": (LINE + HOST + LENGTH + b"Content-Length: 0\r\n\r\n" + NEXT, 400),
    "a list of lengths": (LINE + HOST + b"Content-Length: 5, 5\r\n\r\n" + NEXT, 400),
    "a length with a sign": (LINE + HOST + b"Content-Length: +5\r\n\r\n" + NEXT, 400),
    "a negative length": (LINE + HOST + b"Content-Length: -5\r\n\r\n" + NEXT, 400),
    "a length in hexadecimal": (LINE + HOST + b"Content-Length: 0x5\r\n\r\n" + NEXT, 400),
    "a length without a number": (LINE + HOST + b"Content-Length:\r\n\r\n" + NEXT, 400),
    "chunks twice": (LINE + HOST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" + NEXT, 400),
    "chunks and something": (LINE + HOST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + NEXT, 400),
    "something else than chunks": (LINE + HOST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + NEXT, 501),
    "chunks after a tabulator": (LINE + HOST + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n" + NEXT, 400),
    "a blank before the colon": (LINE + HOST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + NEXT, 400),
    "chunks in HTTP/1.0": (LINE.replace(b"1.1", b"1.0") + HOST + CHUNKED + b"\r\n0\r\n\r\n" + NEXT, 400),
    "a folded field": (LINE + HOST + b"X-Note: a\r\n b\r\n" + LENGTH + b"\r\n" + NEXT, 400),
    "a folded length": (LINE + HOST + b"Content-Length:\r\n 5\r\n\r\n" + NEXT, 400),
    "a folded first field": (LINE + b" Host: localhost\r\n\r\n" + NEXT, 400),
    "a line that ends with LF": (LINE + HOST + b"X-Note: a\nContent-Length: 5\r\n\r\n" + NEXT, 400),
    "a CR within a field": (LINE + HOST + b"X-Note: a\rContent-Length: 5\r\n\r\n" + NEXT, 400),
    "a NUL within a field": (LINE + HOST + b"X-Note: a\x00b\r\n\r\n" + NEXT, 400),
    "a name with a blank": (LINE + HOST + b"X Note: a\r\n\r\n" + NEXT, 400),
    "a name that is empty": (LINE + HOST + b": a\r\n\r\n" + NEXT, 400),
    "a field without a colon": (LINE + HOST + b"X-Note\r\n\r\n" + NEXT, 400),
    "two hosts": (LINE + HOST + b"Host: elsewhere\r\n\r\n" + NEXT, 400),
    "two media types": (LINE + HOST + b"Content-Type: text/plain\r\n\r\n" + NEXT, 400),
    "a method in small letters": (LINE.replace(b"POST", b"post") + HOST + b"\r\n" + NEXT, 400),
    "two blanks in the first line": (LINE.replace(b" HTTP", b"  HTTP") + HOST + b"\r\n" + NEXT, 400),
    "another version": (LINE.replace(b"HTTP/1.1", b"HTTP/3.0") + HOST + b"\r\n" + NEXT, 400),
    "no version": (b"GET /engine-rest/version\r\n\r\n" + NEXT, 400),
    "a letter beyond ASCII in the address": (LINE.replace(b"fetch", b"f\xc3\xa4tch") + HOST + b"\r\n" + NEXT, 400),
    "another expectation": (LINE + HOST + b"Expect: the-best\r\n\r\n" + NEXT, 417),
    "a line that is too long": (LINE.replace(b" HTTP", b"?" + b"x" * 5_000 + b" HTTP") + HOST + b"\r\n", 414),
    "a field that is too long": (LINE + HOST + b"X-Note: " + b"x" * 9_000 + b"\r\n\r\n" + NEXT, 431),
    "too many fields": (LINE + HOST + b"".join(b"X-%d: a\r\n" % n for n in range(100)) + b"\r\n" + NEXT, 431),
    "too many bytes": (LINE + HOST + b"X-Note: " + b"x" * 1_000_000, 431),
}
BAD_CHUNKS = {
    "a size that is no number": b"xyz\r\n" + BODY + b"\r\n0\r\n\r\n" + NEXT,
    "a size with a prefix": b"0x1\r\n{\r\n0\r\n\r\n" + NEXT,
    "a size with a sign": b"+1\r\n{\r\n0\r\n\r\n" + NEXT,
    "a size with a line of its own": b"1\n{\r\n0\r\n\r\n" + NEXT,
    "a chunk that is longer than its size": b"1\r\n" + BODY + b"\r\n0\r\n\r\n" + NEXT,
    "an extension with a bare LF": b"1;a\nb\r\n{\r\n0\r\n\r\n" + NEXT,
    "a size of many digits": b"f" * 64 + b"\r\n" + BODY + b"\r\n0\r\n\r\n" + NEXT,
}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving_alone(BATON_MAX_BODY_BYTES=str(MOST), BATON_REQUEST_SECONDS="5") as made:
        yield made


def exchange(served: Served, sent: bytes) -> bytes:
    """All that the server answers to these bytes, after which the client sends no more."""
    received = b""
    with connect(served) as sock:
        try:
            sock.sendall(sent)
            sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it has closed the connection already
        while data := receive(sock):
            received += data
    return received


def receive(sock: socket.socket) -> bytes:
    try:
        return sock.recv(65536)
    except ConnectionResetError:
        return b""


def list_statuses(answers: bytes) -> list[int]:
    return [int(found) for found in re.findall(rb"HTTP/1\.[01] ([0-9]{3})", answers)]


def post(fields: bytes, body: bytes = b"") -> bytes:
    return LINE + HOST + fields + b"\r\n" + body


def has_one_answer(answers: bytes, status: int) -> bool:
    """A connection may also be reset before its refusal is read, where bytes were left; never is there a second."""
    return list_statuses(answers) in ([status], [])


@pytest.mark.parametrize("name", REFUSED)
def test_what_can_be_read_in_two_ways_is_refused_and_the_connection_closed(served: Served, name: str) -> None:
    sent, status = REFUSED[name]

    answers = exchange(served, sent)

    assert has_one_answer(answers, status), answers


@pytest.mark.parametrize("name", BAD_CHUNKS)
def test_chunks_that_are_wrong_are_refused_and_the_connection_closed(served: Served, name: str) -> None:
    answers = exchange(served, post(CHUNKED, BAD_CHUNKS[name]))

    assert has_one_answer(answers, 400), answers


def test_requests_that_follow_each_other_are_answered_in_order(served: Served) -> None:
    first = post(b"Content-Length: %d\r\n" % len(BODY), BODY)
    unread = NEXT.replace(b"\r\n\r\n", b"\r\nContent-Length: 3\r\n\r\nabc")

    answers = exchange(served, first + NEXT + post(CHUNKED, CHUNKS) + unread + first + NEXT)

    assert list_statuses(answers) == [200] * 6
    bodies = [part.partition(b"HTTP/")[0] for part in answers.split(b"\r\n\r\n")[1:]]
    assert [body.startswith(b"[") for body in bodies] == [True, False, True, False, True, False]


def test_a_request_that_arrives_byte_by_byte_is_answered(served: Served) -> None:
    with connect(served) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in post(b"Content-Length: %d\r\n" % len(BODY), BODY):
            sock.sendall(bytes((byte,)))
        sock.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: receive(sock), b""))

    assert list_statuses(answer) == [200]
    assert answer.endswith(b"\r\n\r\n[]")


def test_an_answer_to_head_has_the_length_and_no_body(served: Served) -> None:
    page = NEXT.replace(b"/engine-rest/version", b"/engine-rest/deployment")

    answers = exchange(served, page.replace(b"GET", b"HEAD") + page)

    head, _, rest = answers.partition(b"\r\n\r\n")
    assert list_statuses(answers) == [200, 200]
    assert re.search(rb"content-length: [1-9]", head, re.IGNORECASE)
    assert rest.startswith(b"HTTP/1.1 200")


def test_who_expects_to_be_told_to_continue_is_told(served: Served) -> None:
    with connect(served) as sock:
        sock.sendall(post(b"Expect: 100-continue\r\nContent-Length: %d\r\n" % len(BODY)))
        told = sock.recv(65536)
        sock.sendall(BODY)
        answer = sock.recv(65536)

    assert told == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert list_statuses(answer) == [200]


@pytest.mark.parametrize("name", [b"X_Correlation_Id", b"x_correlation-id"])
def test_a_name_with_an_underscore_is_not_taken_for_one_with_a_hyphen(served: Served, name: bytes) -> None:
    request = NEXT.replace(b"\r\n\r\n", b"\r\n%s: evil\r\n\r\n" % name)

    answer = exchange(served, request)

    assert list_statuses(answer) == [200]
    assert b"evil" not in answer


def test_a_length_with_an_underscore_is_none(served: Served) -> None:
    request = NEXT.replace(b"\r\n\r\n", b"\r\nContent_Length: %d\r\n\r\n" % len(NEXT))

    assert list_statuses(exchange(served, request + NEXT)) == [200, 200]


def test_repeated_fields_are_one_list(served: Served) -> None:
    request = NEXT.replace(b"\r\n\r\n", b"\r\nX-Correlation-Id: a\r\nX-Correlation-Id: b\r\n\r\n")

    answer = exchange(served, request)

    assert list_statuses(answer) == [200]
    assert b"X-Correlation-Id" not in answer, "a list is no correlation id"


@pytest.mark.parametrize("fields", [b"Content-Length: 9000000\r\n", CHUNKED])
def test_a_body_that_is_too_large_is_refused_before_all_of_it_has_arrived(served: Served, fields: bytes) -> None:
    chunk = b"8000\r\n" + b" " * 0x8000 + b"\r\n"
    with connect(served) as sock:
        sock.sendall(post(fields, chunk))
        answer = receive(sock)

    assert list_statuses(answer) == [413]
    assert b"BATON_MAX_BODY_BYTES" in answer


@pytest.mark.parametrize(
    "sent", [b"", b"GET", LINE, LINE + HOST + b"Content-Length: 100\r\n\r\n{", b"\x16\x03\x01", b"\r\n"]
)
def test_a_client_that_goes_away_in_the_middle_harms_nobody(served: Served, sent: bytes) -> None:
    with connect(served) as sock:
        sock.sendall(sent)

    assert list_statuses(exchange(served, NEXT)) == [200]


@pytest.mark.parametrize(("connection", "goes_on"), [(b"close", False), (b"Keep-Alive", True), (b"CLOSE", False)])
def test_the_client_says_whether_the_connection_goes_on(served: Served, connection: bytes, goes_on: bool) -> None:
    request = NEXT.replace(b"\r\n\r\n", b"\r\nConnection: %s\r\n\r\n" % connection)

    answers = exchange(served, request + NEXT)

    assert list_statuses(answers) == ([200, 200] if goes_on else [200])
    assert (b"connection: close" in answers.lower()) is not goes_on


def test_http_1_0_is_answered_and_closed(served: Served) -> None:
    answer = exchange(served, NEXT.replace(b"1.1", b"1.0") + NEXT)

    assert list_statuses(answer) == [200]


def test_the_scheme_is_believed_from_allowed_peers_only(served: Served, valkey_server: Server) -> None:
    request = NEXT.replace(b"\r\n\r\n", b"\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n")

    allowed = exchange(served, request)
    with serving(valkey_server.url, FORWARDED_ALLOW_IPS="192.0.2.7") as other:
        foreign = exchange(other, request)

    assert list_statuses(allowed) == list_statuses(foreign) == [200]
    assert b"Strict-Transport-Security" in allowed
    assert b"Strict-Transport-Security" not in foreign
