"""Processes count together, and one that comes later goes on where another has ended."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import sys
from pathlib import Path
from prometheus_client import generate_latest
from baton.web.meters import Meters

meters = Meters(Path(sys.argv[1]))
counter = meters._requests.labels("GET", "/version", "200")
for line in sys.stdin:
    counter.inc(int(line))
    total = [line for line in generate_latest(meters.registry).decode().splitlines() if "requests_total{" in line]
    print(*total, flush=True)
"""


class Counting:
    """A process that adds what it is told, and says the sum of all."""

    def __init__(self, folder: Path) -> None:
        env = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)}
        command = [sys.executable, "-c", CODE, str(folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)

    def add(self, number: int) -> float:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(number, file=self._process.stdin, flush=True)
        return float(self._process.stdout.readline().split()[-1])

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.mark.parametrize("replaced", [1, 3])
def test_what_killed_processes_have_counted_stays_and_takes_no_more_files(tmp_path: Path, replaced: int) -> None:
    first = Counting(tmp_path)
    assert first.add(1) == 1
    for number in range(replaced):
        other = Counting(tmp_path)
        assert other.add(10) == 1 + 10 * (number + 1)
        other.kill()
    assert first.add(1) == 2 + 10 * replaced
    first.kill()
    assert sorted(path.name for path in tmp_path.glob("counter_*.db")) == ["counter_0.db", "counter_1.db"]
