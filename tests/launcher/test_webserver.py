"""What gunicorn does in Baton's way."""

from __future__ import annotations

import logging
import mmap
import os
import socket
import time
from pathlib import Path
from typing import Any, cast

import gevent
from gunicorn.config import Config
from gunicorn.http import RequestParser

from baton.launcher.http.bodies import discard_body
from baton.launcher.http.sockets import HeldHeaders
from baton.launcher.webserver import Worker

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


def test_a_process_that_has_loaded_takes_connections_once_the_others_have_too() -> None:
    config = Config()
    config.set("workers", 2)
    with mmap.mmap(-1, 1024) as started:
        log, nothing = cast("Any", logging.getLogger(__name__)), cast("Any", None)
        processes = [Worker(age, os.getppid(), [], nothing, 30, config, log) for age in (1, 2, 3)]
        for process in processes:
            process.started = started  # type: ignore[misc]

        first = gevent.spawn(processes[0].wait_for_others, 60.0)
        gevent.sleep(0)
        waited = not first.ready()
        others = [gevent.spawn(process.wait_for_others, 60.0) for process in processes[1:]]
        ended = gevent.joinall([first, *others], timeout=10)
        for process in processes:
            process.tmp.close()

    assert waited
    assert len(ended) == 3
    assert all(greenlet.successful() for greenlet in ended)
