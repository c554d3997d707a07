"""A whole running Baton for tests: ``baton serve`` as a process tree, on a free port, with its own data folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from baton.worker import EngineRefused, EngineUnreachable, Rest
from tests.programs import require_program

T = TypeVar("T")

ROOT = Path(__file__).parents[1]
DEFINITIONS = ROOT / "definitions"

LEAN_PYTEST = "-p no:schemathesis -p no:anyio -p no:randomly"
"""PYTEST_ADDOPTS of a user's pytest: without plugins of our tests, which a user does not have and which load slowly."""

OF_THE_TESTS = frozenset({"BATON_REQUIRE_ALL", "BATON_EXAMPLES"})
"""Variables that tell the tests something; the server would say that it knows no such setting."""


class Baton:
    """``start``, ``stop`` and ``kill`` may be called again and again; the data stays."""

    def __init__(
        self, data: Path, *options: str, env: Mapping[str, str] | None = None, python: str = sys.executable
    ) -> None:
        self.data, self._python = data, python
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.rest = Rest(f"{self.url}/engine-rest")
        self.output = ""
        self._options = options
        inherited = {name: value for name, value in os.environ.items() if name not in OF_THE_TESTS}
        self._env = {**inherited, "BATON_DEMO_PACE": "0", **(env or {})}
        self._process: subprocess.Popen[str] | None = None

    def start(self, seconds: float = 90) -> None:
        """Return when it says that it is running."""
        command = [self._python, "-m", "baton.cli", "serve", "--port", str(self.port), "--data", str(self.data)]
        self._process = subprocess.Popen(
            [*command, "--logs", "files", *self._options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self._env,
            cwd=ROOT,
        )
        lines: list[str] = []
        assert self._process.stdout is not None
        with watchdog(self._process, seconds):
            for line in self._process.stdout:
                lines.append(line)
                if "stop: Ctrl-C" in line:
                    break
        self.output = "".join(lines)
        if "stop: Ctrl-C" not in self.output:
            raise AssertionError(f"baton serve did not start:\n{self.output}\n{self.logs()}")

    def stop(self, seconds: float = 20) -> float:
        """Ctrl-C; how many seconds it took."""
        assert self._process is not None
        began = time.monotonic()
        self._process.send_signal(signal.SIGINT)
        try:
            rest, _ = self._process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"baton serve did not stop within {seconds} s\n{self.logs()}") from None
        self.output += rest
        self._process = None
        return time.monotonic() - began

    def kill(self) -> None:
        """``kill -9`` of every process of the tree, at once."""
        if self._process is None:
            return
        pids = self.pids()
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.communicate()
        self._process = None

    def pids(self) -> list[int]:
        """The supervisor and all below it."""
        assert self._process is not None
        return [self._process.pid, *descendants(self._process.pid)]

    def logs(self, lines: int = 30) -> str:
        texts = [
            f"--- {path.name}\n" + "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
            for path in sorted((self.data / "logs").glob("*.log"))
        ]
        return "\n".join(texts)

    def deploy(self, *files: Path) -> dict[str, Any]:
        from baton.launcher.samples import deploy_files

        return deploy_files(self.rest, files[0].stem, files, source="test")

    def begin(self, key: str, variables: Mapping[str, Any], business_key: str | None = None) -> str:
        """Start an instance; its id."""
        from baton.worker.values import to_typed_variables

        body = {"variables": to_typed_variables(variables), "businessKey": business_key}
        return str(self.rest.post(f"/process-definition/key/{key}/start", body)["id"])

    def count(self, key: str, **query: Any) -> int:
        """Instances of a process, running and ended, as far as the query fits them."""
        return self.rest.get("/history/process-instance/count", {"processDefinitionKey": key, **query})["count"]

    def header(self, instance: str) -> dict[str, Any]:
        return self.snapshot(instance)["header"]

    def snapshot(self, instance: str) -> dict[str, Any]:
        return self.rest.get(f"/process-instance/{instance}/snapshot")

    def wait_for_end(self, instance: str, seconds: float = 30) -> dict[str, Any]:
        """The snapshot of the ended instance."""

        def ended() -> dict[str, Any] | None:
            found = self.snapshot(instance)
            return found if found["header"]["endedAt"] else None

        return until(ended, seconds, lambda: f"{self.snapshot(instance)}\n{self.logs()}")

    def history(self, instance: str) -> list[dict[str, Any]]:
        return self.rest.get(f"/process-instance/{instance}/history")


@contextmanager
def running(*options: str, env: Mapping[str, str] | None = None) -> Iterator[Baton]:
    """A started Baton in a short temporary folder, killed and removed at the end."""
    with prepared(*options, env=env) as baton:
        baton.start()
        yield baton


@contextmanager
def prepared(*options: str, env: Mapping[str, str] | None = None) -> Iterator[Baton]:
    """One that is not started yet: its address is known."""
    folder = Path(tempfile.mkdtemp(prefix="baton-"))
    baton = Baton(folder, *options, env=env)
    try:
        yield baton
    finally:
        baton.kill()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def watchdog(process: subprocess.Popen[str], seconds: float) -> Iterator[None]:
    """Kill the process if the block takes longer, so that reading its output ends."""
    import threading

    timer = threading.Timer(seconds, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def until(look: Callable[[], T | None], seconds: float, otherwise: Callable[[], str] = str) -> T:
    """Look again and again at another process until there is something; for what cannot be waited for."""
    deadline = time.monotonic() + seconds
    while True:
        with suppress(EngineUnreachable, EngineRefused):
            if found := look():
                return found
        assert time.monotonic() < deadline, f"it did not happen within {seconds} s: {otherwise()}"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def descendants(pid: int) -> list[int]:
    """Every process below ``pid``, by what ``ps`` says."""
    ps = require_program("ps")
    lines = subprocess.run([ps, "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    children: dict[int, list[int]] = {}
    for line in lines.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    found: list[int] = []
    waiting = [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found
