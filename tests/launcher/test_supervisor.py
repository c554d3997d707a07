"""Children come back when they crash, stop in order, and never outlive the supervisor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from baton.launcher.supervisor import GUARD

SUPERVISE = """
import sys
from pathlib import Path
from baton.launcher.errors import CannotStart
from baton.launcher.supervisor import ChildSpec, Supervisor

folder = Path(sys.argv[1])
supervisor = Supervisor(lambda text: print(text, flush=True), folder / "logs")
for number, script in enumerate(sys.argv[2:]):
    command = [sys.executable, "-c", script, str(folder)]
    supervisor.add(ChildSpec(name=f"child-{number}", command=command, phase=number, grace=0.5, hint="See its log."))
try:
    supervisor.wait_until(lambda: (folder / "pid-0").exists(), "a pid", 10)
    print("ready", flush=True)
    supervisor.run()
except CannotStart as error:
    print(error, flush=True)
finally:
    supervisor.stop()
print("stopped", flush=True)
"""

CHILD = """
import os, signal, sys, time
from pathlib import Path
folder, number = Path(sys.argv[1]), {number}
signal.signal(signal.SIGTERM, {on_term})
path = folder / f"pid-{{number}}"
path.with_suffix(".new").write_text(str(os.getpid()))
path.with_suffix(".new").rename(path)
while True:
    time.sleep(60)
"""
LEAVES = "lambda *_: ((folder / 'order').open('a').write(str(number)), os._exit(0))"
STAYS = "signal.SIG_IGN"


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def start(*scripts: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", SUPERVISE, str(tmp_path), *scripts]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_a_crashed_child_comes_back(supervise: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    process = supervise(CHILD.format(number=0, on_term=LEAVES))
    assert _line(process) == "ready"
    first = _pid(tmp_path, 0)
    os.kill(first, signal.SIGKILL)

    assert _line(process) == "child-0 ended (signal SIGKILL); starting it again"
    _until(lambda: _pid(tmp_path, 0) != first)


def test_children_stop_phase_by_phase_highest_first(
    supervise: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    process = supervise(*(CHILD.format(number=number, on_term=LEAVES) for number in range(3)))
    assert _line(process) == "ready"
    _until(lambda: all((tmp_path / f"pid-{number}").exists() for number in range(3)))
    process.send_signal(signal.SIGINT)

    assert _line(process) == "stopped"
    assert (tmp_path / "order").read_text() == "210"


def test_a_child_that_does_not_stop_is_killed(supervise: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    process = supervise(CHILD.format(number=0, on_term=STAYS))
    assert _line(process) == "ready"
    process.send_signal(signal.SIGTERM)

    assert _line(process) == "stopped"
    assert not _alive(_pid(tmp_path, 0))


def test_children_die_with_a_supervisor_that_is_killed(
    supervise: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    process = supervise(CHILD.format(number=0, on_term=LEAVES))
    assert _line(process) == "ready"
    child = _pid(tmp_path, 0)
    process.kill()
    process.wait()

    _until(lambda: not _alive(child))


def test_a_child_that_only_crashes_is_given_up_with_its_last_words(
    supervise: Callable[..., subprocess.Popen[str]],
) -> None:
    process = supervise("import sys; sys.exit('no such thing')")
    output, _ = process.communicate(timeout=20)

    assert "Expected child-0 to run, but it ends again and again. See its log." in output
    assert "no such thing" in output
    assert output.endswith("stopped\n")


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _pid(folder: Path, number: int) -> int:
    return int((folder / f"pid-{number}").read_text())


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z" if _has_proc() else True


def _has_proc() -> bool:
    return Path("/proc/self/stat").exists()


def _until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    """Another process is watched, which sends no notice: look until it has happened."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        os.sched_yield()


def test_where_the_kernel_does_not_tell_a_guard_watches_the_pipe(tmp_path: Path) -> None:
    child = CHILD.format(number=0, on_term=LEAVES)
    elsewhere = "import sys, runpy; sys.platform = 'darwin'; runpy.run_path(sys.argv[0], run_name='__main__')"
    read_end, write_end = os.pipe()
    command = [str(GUARD), str(os.getpid()), str(read_end), sys.executable, "-c", child, str(tmp_path)]
    start = f"import sys; sys.argv = {command!r}; {elsewhere}"
    guard = subprocess.Popen([sys.executable, "-c", start], pass_fds=(read_end,))
    _until(lambda: (tmp_path / "pid-0").exists())
    assert guard.poll() is None

    os.close(write_end)  # as when the parent dies
    assert guard.wait(10) == 0
    assert (tmp_path / "order").read_text() == "0"
    os.close(read_end)
