"""A signal may come at any line: what it interrupts goes on, and it is heard."""

from __future__ import annotations

import subprocess
import sys

import pytest

INTERRUPTED = """
import os, signal, sys, threading

def interrupt(signum):
    def trace(frame, event, argument):
        if event == "line":
            signal.raise_signal(signum)
        return trace
    sys.settrace(trace)
"""
SUPERVISOR = """
from baton.launcher.supervisor import ChildSpec, Supervisor

supervisor = Supervisor(print, None)
supervisor.add(ChildSpec(name="sleeper", command=[sys.executable, "-c", "import time; time.sleep(60)"], phase=0))
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM)).start()
interrupt(signal.SIGCHLD)
supervisor.run()
sys.settrace(None)
supervisor.stop()
"""
ON_STOP = """
from baton.launcher.signals import on_stop

stop = threading.Event()
on_stop(stop.set)
interrupt(signal.SIGTERM)
while not stop.wait(0.01):
    pass
"""
WORKER = """
from baton.worker import Runner, worker

runner = Runner([], "http://127.0.0.1:9")
signal.signal(signal.SIGTERM, lambda *_: runner.request_stop())
interrupt(signal.SIGTERM)
runner.run(grace=0)
"""


@pytest.mark.parametrize("script", [SUPERVISOR, ON_STOP, WORKER], ids=["supervisor", "on stop", "worker"])
def test_a_signal_is_heard_at_whatever_line_it_comes(script: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"{INTERRUPTED}{script}sys.settrace(None)\nprint('ended')"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.stdout, done.returncode) == ("ended\n", 0), done.stderr[-2000:]
