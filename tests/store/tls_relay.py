"""TLS before a server that has none: what arrives is decrypted and handed on, both ways."""

from __future__ import annotations

import select
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.certificates import Pair


@contextmanager
def relay_tls(address: str, pair: Pair, client_ca: str) -> Iterator[int]:
    """The port on loopback; clients must have a certificate by ``client_ca``. ``address``: a unix socket.

    At the end everything is closed, whatever a client is at: what is left open would be blamed on a later test.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=client_ca)
    context.load_cert_chain(pair.cert, pair.key)
    context.verify_mode = ssl.CERT_REQUIRED
    opened: list[socket.socket] = []
    over = threading.Event()

    class Connection(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with (
                context.wrap_socket(self.request, server_side=True, do_handshake_on_connect=False) as client,
                socket.socket(socket.AF_UNIX) as server,
                suppress(OSError),
            ):
                opened.append(client)
                if over.is_set():  # who closes what is open may have been here before
                    return
                client.do_handshake()
                server.connect(address)
                _hand_on(client, server)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Connection) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
            over.set()
            for each in opened:
                with suppress(OSError):  # closed already
                    socket.socket.shutdown(each, socket.SHUT_RDWR)


def _hand_on(client: ssl.SSLSocket, server: socket.socket) -> None:
    """Until one of them closes."""
    while True:
        ready = [client] if client.pending() else select.select([client, server], [], [])[0]
        for source in ready:
            data = source.recv(65536)
            if not data:
                return
            (server if source is client else client).sendall(data)
