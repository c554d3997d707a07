"""A proxy before the server that cuts the connection after a request and before its reply."""

from __future__ import annotations

import contextlib
import socket
import threading
from pathlib import Path


class CuttingProxy:
    """``cut(text)``: the next request that contains the text is passed on, but nobody hears the reply."""

    def __init__(self, server: Path, address: Path) -> None:
        self._server, self.address = server, address
        self._text: bytes | None = None
        self.cuts = 0
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(address))
        self._listener.listen(64)
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, text: str) -> None:
        self._text = text.encode()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self._server))
                self._open += [client, server]
                threading.Thread(target=self._serve, args=(client, server), daemon=True).start()

    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            silent = threading.Event()
            threading.Thread(target=self._answer, args=(client, server, silent), daemon=True).start()
            while data := client.recv(1 << 20):
                if self._text is not None and self._text in data:
                    self._text = None
                    self.cuts += 1
                    silent.set()
                server.sendall(data)
        self._shut(server)

    def _answer(self, client: socket.socket, server: socket.socket, silent: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(1 << 20):
                if silent.is_set():
                    break
                client.sendall(data)
        self._shut(client)

    @staticmethod
    def _shut(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()

    def close(self) -> None:
        self._shut(self._listener)
        for item in self._open:
            self._shut(item)
