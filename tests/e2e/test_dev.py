"""`make dev`: one command serves engine and designer, restarts the engine on a change, and stops both."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.programs import require_program
from tests.running import ROOT, descendants, free_port, until, watchdog

pytestmark = [pytest.mark.e2e, pytest.mark.node]

RUNNING = "stop: Ctrl-C"


class Dev:
    def __init__(self, data: Path, watched: Path) -> None:
        self.designer = f"http://127.0.0.1:{(designer_port := free_port())}"
        command = [sys.executable, ROOT / "scripts" / "dev.py", "--port", str(free_port()), "--data", data]
        self.process = subprocess.Popen(
            [*command, "--designer-port", str(designer_port), "--watch", watched],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def read_until(self, words: str, seconds: float = 240) -> list[str]:
        """Its lines up to the one with these words."""
        assert self.process.stdout is not None
        lines: list[str] = []
        with watchdog(self.process, seconds):
            for line in self.process.stdout:
                lines.append(line)
                if words in line:
                    return lines
        raise AssertionError(f"never said '{words}':\n{''.join(lines)}")

    def version(self) -> str | None:
        """What the engine answers through the designer's address."""
        try:
            answer = requests.get(f"{self.designer}/engine-rest/version", timeout=10)
        except requests.ConnectionError:
            return None
        return answer.json()["version"] if answer.ok else None


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[Dev]:
    require_program("npm")
    (tmp_path / "watched").mkdir()
    made = Dev(tmp_path / "data", tmp_path / "watched")
    yield made
    for pid in (*descendants(made.process.pid), made.process.pid):
        subprocess.run(["kill", "-9", str(pid)], capture_output=True, check=False)
    made.process.communicate()


def test_a_saved_file_starts_the_engine_anew_and_ctrl_c_stops_all(dev: Dev, tmp_path: Path) -> None:
    dev.read_until(RUNNING)
    assert until(dev.version, 60)
    page = requests.get(dev.designer, timeout=30).text
    assert "/@vite/client" in page, "the designer is served by vite, which reloads it"

    (tmp_path / "watched" / "changed.py").write_text("changed = True\n")

    assert any("changed.py" in line for line in dev.read_until("Restarting Baton"))
    dev.read_until(RUNNING)
    assert until(dev.version, 60)

    below = descendants(dev.process.pid)
    dev.process.send_signal(signal.SIGINT)
    dev.process.communicate(timeout=60)
    assert dev.process.returncode == 0
    assert until(lambda: not any(map(_lives, below)), 30)


def _lives(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")
