"""Servers on loopback that answer as they are told, and a resolver that knows what names they have."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from baton.connect import ConnectSettings
from baton.connect.http import Breaker, Circuit, HttpCaller, HttpConnector
from baton.secrets import SecretResolver, SecretSettings
from baton.worker import Task

NAME = "api.example.org"
TOKEN = 't0k&n"'
"""The secret TOKEN of the operator."""
Answer = Callable[[socket.socket], None]


@dataclass
class Host:
    """``requests``: the bytes of each request, as they came."""

    port: int
    requests: list[bytes] = field(default_factory=list)


@contextmanager
def serve(answer: Answer, tls: ssl.SSLContext | None = None, port: int = 0) -> Iterator[Host]:
    """A server that reads the head and the body of each request, and lets ``answer`` do the rest."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):  # the connector hangs up
                sock = tls.wrap_socket(self.request, server_side=True) if tls else self.request
                with sock:
                    host.requests.append(_read_request(sock))
                    answer(sock)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address, daemon_threads, block_on_close = True, True, False

    with Server(("127.0.0.1", port), Handler) as server:
        host = Host(server.server_address[1])
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield host
        server.shutdown()


def _read_request(sock: socket.socket) -> bytes:
    found = b""
    while b"\r\n\r\n" not in found and (chunk := sock.recv(65_536)):
        found += chunk
    head, _, body = found.partition(b"\r\n\r\n")
    lengths = [int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-l")]
    while lengths and len(body) < lengths[0] and (chunk := sock.recv(65_536)):
        body += chunk
    return head + b"\r\n\r\n" + body


def reply(status: str = "200 OK", body: bytes = b"", **headers: str) -> Answer:
    """An answer of HTTP; ``content_type`` becomes ``content-type``."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *lines, "", ""])
    return lambda sock: sock.sendall(head.encode() + body)


def make_task(url: Any = None, templates: str = "[]", retries: int | None = None, **variables: Any) -> Task:
    return Task(
        id="task-1",
        topic="http-connector",
        element="Call",
        instance_id="instance-1",
        definition_id="definition-1",
        definition_key="orders",
        worker_id="worker",
        idempotency_key="key-1",
        variables={"url": url, **variables},
        headers={"baton:templates": templates},
        retries=retries,
    )


class Calls:
    """A connector whose names resolve as ``names`` says: a list for each look-up, the last one for all later ones."""

    def __init__(self, hosts: str = f"http://{NAME}:*", names: dict[str, list[list[str]]] | None = None, **more: Any):
        self.names = names or {NAME: [["127.0.0.1"]]}
        self.reports: list[tuple[str, Circuit]] = []
        self.of_topics: list[tuple[str, Circuit]] = []
        self.now = 0.0
        private = more.pop("http_private_networks", "127.0.0.0/8")
        self.settings = ConnectSettings(http_hosts=hosts, http_private_networks=private, **more)
        secrets = SecretResolver(SecretSettings(), {"BATON_SECRET_TOKEN": TOKEN})
        of_hosts, of_topics = (
            Breaker(
                failures,
                self.settings.http_breaker_pause_s,
                lambda name, circuit, told=told: told.append((name, circuit)),
                lambda: self.now,
            )
            for failures, told in (
                (self.settings.http_breaker_failures, self.reports),
                (self.settings.http_breaker_topic_failures, self.of_topics),
            )
        )
        caller = HttpCaller(self.settings, self.resolve)
        self.connector = HttpConnector(self.settings, caller, of_hosts, of_topics, secrets)

    def resolve(self, host: str, port: int) -> list[str]:
        found = self.names.get(host)
        if found is None:
            raise socket.gaierror(f"no such name: {host}")
        return found.pop(0) if len(found) > 1 else found[0]

    def call(self, url: Any, **variables: Any) -> dict[str, Any]:
        return self.connector.serve(make_task(url, **variables))
