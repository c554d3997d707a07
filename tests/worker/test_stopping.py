"""A worker process ends within its grace, whatever its functions do."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.worker.fake_engine import FakeEngine

HANGS = """
import asyncio, threading
from baton.worker import worker

@worker("work")
def hang(task):
    print("begun", flush=True)
    threading.Event().wait()

@worker("async-work")
async def hang_too(task):
    print("begun", flush=True)
    await asyncio.Event().wait()
"""


@pytest.mark.parametrize("topic", ["work", "async-work"])
def test_sigterm_ends_a_worker_whose_function_hangs(engine: FakeEngine, tmp_path: Path, topic: str) -> None:
    module = tmp_path / "hangs.py"
    module.write_text(HANGS)
    engine.offer("t.1", topic)
    command = [sys.executable, "-m", "baton.cli", "worker", str(module), "--grace", "0.5", "--url", engine.url]

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
        finally:
            process.kill()
