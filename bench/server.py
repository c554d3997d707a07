"""A whole Baton for measuring: its own data folder, its own port, stopped at the end."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Client:
    """One kept-alive connection. Not for several threads."""

    def __init__(self, port: int, headers: Mapping[str, str] | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = headers or {}

    def call(self, verb: str, path: str, body: Any = None) -> Any:
        """The JSON answer. Raises RuntimeError for anything but 2xx."""
        data = None if body is None else json.dumps(body)
        headers = {"Content-Type": "application/json", **self._headers}
        self._connection.request(verb, f"/engine-rest{path}", data, headers)
        response = self._connection.getresponse()
        text = response.read()
        if response.status >= 300:
            raise RuntimeError(f"{verb} {path}: {response.status} {text[:500]!r}")
        return json.loads(text) if text else None

    def close(self) -> None:
        self._connection.close()

    def deploy(self, name: str, xml: str) -> None:
        edge = "baton-bench"
        head = f'Content-Disposition: form-data; name="{name}"; filename="{name}"'
        parts = f"--{edge}\r\n{head}\r\n\r\n{xml}\r\n--{edge}--\r\n"
        headers = {"Content-Type": f"multipart/form-data; boundary={edge}", **self._headers}
        self._connection.request("POST", "/engine-rest/deployment/create", parts.encode(), headers)
        response = self._connection.getresponse()
        text = response.read()
        if response.status != 200:
            raise RuntimeError(f"deploy: {response.status} {text[:500]!r}")


@contextmanager
def running() -> Iterator[tuple[int, Path]]:
    """A fresh server; yields its port and data folder."""
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
        port, process = start_server(Path(folder))
        try:
            yield port, Path(folder)
        finally:
            stop_server(process)


def start_server(
    data: Path,
    options: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    python: str = sys.executable,
) -> tuple[int, subprocess.Popen[bytes]]:
    """A server on a data folder, and its port; ``stop_server`` ends it."""
    port = _free_port()
    command = [python, "-m", "baton.cli", "serve", "--port", str(port), "--data", str(data), "--no-samples"]
    environment = {**os.environ, "BATON_LOG_LEVEL": "warning", **(environment or {})}
    with (data / "bench.log").open("ab") as log:
        process = subprocess.Popen([*command, *options], stdout=log, stderr=log, env=environment)
    try:
        _wait(port, process)
    except RuntimeError:
        process.kill()
        raise
    return port, process


def stop_server(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    process.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"baton serve ended with {process.returncode}")
        try:
            Client(port).call("GET", "/version")
            return
        except RuntimeError as refused:
            if " 401 " in str(refused):
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError("baton serve did not answer within a minute")
