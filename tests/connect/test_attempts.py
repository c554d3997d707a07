"""What a model, its variables or another system may try with a call over HTTP, and what stops it."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

import pytest

from baton.worker import Failure
from tests.connect.hosts import NAME, Calls, Host, reply, serve

SECRET = reply(body=b"credentials")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://api.example.org/x",
        "gopher://api.example.org:70/_x",
        "dict://api.example.org/x",
        "javascript:alert(1)",
        "data:text/plain,x",
        "//api.example.org/x",
        "api.example.org/x",
        "http:/api.example.org/x",
        "http:///x",
        "http://",
        "https://api.example.org@evil.example/x",
        "https://user:password@api.example.org/x",
        "https://evil.example\\@api.example.org/x",
        "https://api.example.org\\.evil.example/x",
        "https://evil.example#@api.example.org/x",
        "https://evil.example?@api.example.org/x",
        "https://api.example.org.evil.example/x",
        "https://notapi.example.org/x",
        "https://api.example.org:444/x",
        "http://api.example.org/x",
        "https://api.example.org:99999/x",
        "https://api.example.org:abc/x",
        "https://api.example.org/a b",
        "https://api.example.org/a\r\nX-Injected: 1",
        "https://api.example.org/\u2028x",
        "https://\u0430pi.example.org/x",
        "https://api.example.org/users/../admin",
        "https://api.example.org/users/%2e%2e/admin",
        "https://api.example.org/" + "a" * 9_000,
        "https://2130706433/x",
        "https://0x7f000001/x",
        "https://017700000001/x",
        "https://127.1/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://[fe80::1%25eth0]/x",
        "https://169.254.169.254/latest/meta-data/",
        "https://metadata.google.internal/computeMetadata/v1/",
        "",
    ],
)
def test_an_address_that_the_operator_does_not_allow_is_refused_for_good(url: str) -> None:
    calls = Calls(hosts="api.example.org")

    with pytest.raises(Failure) as refused:
        calls.call(url)

    assert refused.value.retries == 0
    assert refused.value.message.startswith("Expected ")


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.170.2",
        "fd00:ec2::254",
        "fe80::1",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::",
    ],
)
def test_where_clouds_give_out_credentials_is_never_called_whatever_is_allowed(address: str) -> None:
    calls = Calls(hosts="*", names={"any.example": [[address]]}, http_private_networks="0.0.0.0/0,::/0")

    with pytest.raises(Failure, match=r"Expected a public address of 'any.example'"):
        calls.call("https://any.example/latest/meta-data/")


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
        ),
        *("::1", "::", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1"),
    ],
)
def test_a_private_address_is_refused_unless_the_operator_allows_its_network(address: str) -> None:
    calls = Calls(hosts="*", names={"any.example": [[address]]}, http_private_networks="")

    with pytest.raises(Failure, match=r"Expected a public address of 'any.example'"):
        calls.call("https://any.example/")


def test_a_name_with_a_public_and_a_private_address_is_refused() -> None:
    calls = Calls(hosts="*", names={"any.example": [["93.184.215.14", "10.0.0.1"]]})

    with pytest.raises(Failure, match=r"10\.0\.0\.1"):
        calls.call("https://any.example/")


def test_a_name_that_resolves_to_another_address_after_the_check_is_called_at_the_one_checked() -> None:
    with serve(reply(body=b"right")) as right, serve(SECRET) as wrong:
        names = {NAME: [["127.0.0.1"], ["127.0.0.2"]]}
        calls = Calls(hosts=f"http://{NAME}:{right.port}", names=names)

        assert calls.call(f"http://{NAME}:{right.port}/")["response"] == "right"

        assert names == {NAME: [["127.0.0.2"]]}
        assert wrong.requests == []


def test_a_redirect_to_a_private_address_is_not_followed() -> None:
    with serve(SECRET) as inside, serve(reply("302 Found", location=f"http://inside.example:{inside.port}/")) as host:
        calls = Calls(
            hosts=f"http://{NAME}:{host.port},http://inside.example:{inside.port}",
            names={NAME: [["127.0.0.1"]], "inside.example": [["10.0.0.1"]]},
        )

        with pytest.raises(Failure, match=r"Expected a public address of 'inside.example'"):
            calls.call(f"http://{NAME}:{host.port}/")


@pytest.mark.parametrize(
    "location",
    ["http://169.254.169.254/", "file:///etc/passwd", "http://evil.example/", "//evil.example/", "http://127.0.0.1:1/"],
)
def test_a_redirect_to_what_is_not_allowed_is_refused(location: str) -> None:
    with serve(reply("302 Found", location=location)) as host:
        with pytest.raises(Failure) as refused:
            Calls(hosts=f"http://{NAME}:{host.port}").call(f"http://{NAME}:{host.port}/")

        assert refused.value.retries == 0


def test_a_redirect_without_end_is_refused() -> None:
    with serve(reply("302 Found", location="/again")) as host:
        with pytest.raises(Failure, match="at most 5 redirects"):
            Calls(hosts=f"http://{NAME}:{host.port}").call(f"http://{NAME}:{host.port}/")

        assert len(host.requests) == 6


def test_a_redirect_to_another_host_takes_no_header_of_the_model_along() -> None:
    with (
        serve(reply()) as other,
        serve(reply("307 Temporary Redirect", location=f"http://b.example:{other.port}/")) as host,
    ):
        calls = Calls(
            hosts=f"http://{NAME}:{host.port},http://b.example:{other.port}",
            names={NAME: [["127.0.0.1"]], "b.example": [["127.0.0.1"]]},
        )

        calls.call(f"http://{NAME}:{host.port}/", headers={"Authorization": "Bearer secret", "X-Own": "1"})

        assert b"secret" in host.requests[0]
        assert b"secret" not in other.requests[0]
        assert b"X-Own" not in other.requests[0]


def test_a_redirect_of_a_post_is_an_answer_like_any_other() -> None:
    with serve(reply("302 Found", location="/elsewhere")) as host:
        with pytest.raises(Failure, match="was answered with 302"):
            Calls(hosts=f"http://{NAME}:{host.port}").call(f"http://{NAME}:{host.port}/", method="POST")

        assert len(host.requests) == 1


def _send_for_ever(sock: socket.socket) -> None:
    sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        sock.sendall(b"x" * 65_536)


def _drip(before: bytes) -> Callable[[socket.socket], None]:
    """One byte after the other, each sooner than any time-out of a socket."""

    def answer(sock: socket.socket) -> None:
        sock.sendall(before)
        while True:
            sock.sendall(b"x")
            time.sleep(0.02)

    return answer


def _say_nothing(sock: socket.socket) -> None:
    sock.recv(1)


def test_an_answer_without_end_is_cut_off() -> None:
    with serve(_send_for_ever) as host, pytest.raises(Failure, match="at most 100,000 bytes") as refused:
        Calls(hosts=f"http://{NAME}:{host.port}", http_max_bytes=100_000).call(f"http://{NAME}:{host.port}/")

    assert refused.value.retries == 0


def test_an_answer_that_is_compressed_is_refused_before_it_is_unpacked() -> None:
    with serve(reply(body=b"\x1f\x8b", content_encoding="gzip")) as host:
        with pytest.raises(Failure, match="without Content-Encoding"):
            Calls(hosts=f"http://{NAME}:{host.port}").call(f"http://{NAME}:{host.port}/")

        assert b"Accept-Encoding: identity" in host.requests[0]


@pytest.mark.parametrize(
    "answer",
    [
        _say_nothing,
        _drip(b"HTTP/1.1 200 OK\r\nX-Slow: "),
        _drip(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"),
        _drip(b""),
    ],
    ids=["silent", "slow head", "slow body", "slow status"],
)
def test_an_answer_that_comes_too_slowly_ends_at_the_deadline(answer: Callable[[socket.socket], None]) -> None:
    began = time.monotonic()
    with serve(answer) as host, pytest.raises(Failure, match=r"within 0\.3 s") as failed:
        Calls(hosts=f"http://{NAME}:{host.port}").call(f"http://{NAME}:{host.port}/", timeout="0.3")

    assert failed.value.retries is None
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    "answer",
    [
        lambda sock: None,
        lambda sock: sock.sendall(b"SSH-2.0-OpenSSH_9.2\r\n"),
        lambda sock: sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"),
        lambda sock: sock.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 70_000 + b"\r\n\r\n"),
        lambda sock: sock.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"),
        lambda sock: sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
    ],
    ids=["nothing", "another protocol", "cut off", "long header", "many headers", "broken chunk"],
)
def test_an_answer_that_is_none_is_tried_again(answer: Callable[[socket.socket], None]) -> None:
    with serve(answer) as host, pytest.raises(Failure, match="Expected an answer from") as failed:
        Calls(hosts=f"http://{NAME}:{host.port}").call(f"http://{NAME}:{host.port}/")

    assert failed.value.retries is None


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "1\r\nX-Injected: 2"},
        {"X-A": "1\n2"},
        {"X-A": "1\x00"},
        {"X-A\r\nX-B": "1"},
        {"X A": "1"},
        {"": "1"},
        {"Host": "evil.example"},
        {"Content-Length": "0"},
        {"Transfer-Encoding": "chunked"},
        {"X-A": "\u20ac"},
        "X-A",
        7,
    ],
)
def test_a_header_that_would_change_the_request_is_refused(headers: object) -> None:
    with pytest.raises(Failure) as refused:
        Calls(hosts=f"http://{NAME}").call(f"http://{NAME}/", headers=headers)

    assert refused.value.retries == 0


def test_a_request_that_is_too_large_is_not_sent(host: Host) -> None:
    calls = Calls(hosts=f"http://{NAME}:{host.port}", http_max_bytes=1_000)

    with pytest.raises(Failure, match="at most 1,000 bytes"):
        calls.call(f"http://{NAME}:{host.port}/", method="POST", payload="x" * 1_001)

    assert host.requests == []
