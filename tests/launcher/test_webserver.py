"""What gunicorn does in Baton's way."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any

from gunicorn.config import Config
from gunicorn.http import RequestParser

from baton.launcher.http.bodies import discard_body
from baton.launcher.http.sockets import HeldHeaders

MIB = 1024 * 1024


def test_a_body_that_nobody_reads_is_discarded_without_much_work_up_to_the_next_request() -> None:
    head = b"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % (32 * MIB)
    sent = [head, *(bytes(MIB) for _ in range(32)), b"GET /b HTTP/1.1\r\nHost: h\r\n\r\n"]
    requests = RequestParser(Config(), iter(sent), ("127.0.0.1", 1))
    refused = next(requests)
    assert refused.body is not None
    began = time.thread_time()
    discard_body(refused.body)
    spent = time.thread_time() - began
    assert next(requests).path == "/b"
    assert spent < 0.3, f"{spent:.2f} s of processor time for 32 MiB"


def test_the_headers_of_a_file_are_sent_before_the_file(tmp_path: Path) -> None:
    page = tmp_path / "page"
    page.write_bytes(b"the page")
    ours, theirs = socket.socketpair()
    with ours, theirs, page.open("rb") as file:
        held: Any = HeldHeaders(ours)
        held.sendall(b"headers\r\n\r\n")
        held.sendfile(file, offset=0, count=8)
        held.flush()
        ours.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: theirs.recv(1024), b""))
    assert received == b"headers\r\n\r\nthe page"
