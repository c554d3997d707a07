"""The plugin as pytest loads it: options, and the same tests against a server."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.running import LEAN_PYTEST, running
from tests.testing import processes

USERS_TEST = """
from baton.testing import TestClock, TestEngine
from tests.testing import processes


def test_a_contract_is_signed(engine: TestEngine) -> None:
    engine.deploy("contract.bpmn")
    engine.run(workers=[processes])
    running = engine.start("contract", {"item": "piano"}).wait_for("Approve")
    running.complete("Approve")
    running.assert_ended(at="Signed")


def test_a_contract_that_nobody_approves_is_undone(engine: TestEngine, clock: TestClock) -> None:
    engine.deploy("contract.bpmn")
    engine.run(workers=[processes])
    running = engine.start("contract", {"item": "piano"}).wait_for("Approve")
    clock.skip("P14D")
    running.assert_ended(at="GivenUp")
    running.assert_undone("Contract", "Reserve")
"""


LOANS_TEST = """
from pathlib import Path
from baton.worker.loading import load_workers
from baton.testing import TestEngine

FOLDER = Path("{folder}")


def test_a_loan(engine: TestEngine) -> None:
    engine.deploy(FOLDER)
    engine.run(workers=load_workers(str(FOLDER / "workers.py")).handlers)
    engine.start("loan-application", {{"applicant": "Clara", "amount": 9000, "income": 48000}}).wait_for("Await")
"""


def run_tests(folder: Path, *options: str) -> str:
    """What pytest says of a user's tests."""
    (folder / "contract.bpmn").write_text(processes.CONTRACT)
    (folder / "test_contract.py").write_text(USERS_TEST)
    return run(["-m", "pytest", "-p", "no:cacheprovider", "-q", "-rs", *options], folder)


def run(arguments: Sequence[str], folder: Path) -> str:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={
            "PYTHONPATH": f"{root}:{root / 'engine'}",
            "PATH": "/usr/bin:/bin",
            "PYTEST_PLUGINS": "baton.pytest_plugin",
            "PYTEST_ADDOPTS": LEAN_PYTEST,
            "BATON_DEMO_PACE": "0",
        },
        capture_output=True,
        text=True,
        timeout=100,
    )
    return done.stdout + done.stderr


def test_what_pytest_loads_for_everybody_is_small(tmp_path: Path) -> None:
    code = "import sys, baton.pytest_plugin; print(sorted({'flask', 'redis', 'requests', 'lxml'} & set(sys.modules)))"
    assert run(["-c", code], tmp_path) == "[]\n"


@pytest.mark.e2e
def test_the_same_tests_run_against_a_server(tmp_path: Path) -> None:
    clock = tmp_path / "ahead"
    options = ("--no-samples", "--web-processes", "1")
    with running(*options, env={"BATON_TEST_CLOCK": str(clock)}) as baton:
        said = run_tests(tmp_path, f"--baton-url={baton.url}", f"--baton-clock={clock}")
        assert "2 passed" in said, said
        assert baton.rest.get("/process-definition/count")["count"] == 0
        said = run_tests(tmp_path, f"--baton-url={baton.url}")
        assert "1 passed, 1 skipped" in said, said
        assert "BATON_TEST_CLOCK" in said


def test_coverage_says_what_was_passed_and_what_was_not(tmp_path: Path) -> None:
    said = run_tests(tmp_path, "--baton-coverage=pictures", "-k", "signed")
    assert "1 passed" in said, said
    line = next(line for line in said.splitlines() if line.startswith("contract "))
    assert re.fullmatch(r"contract +50 %  9 of 18  not passed: .*", line), line
    assert "Late" in line
    assert "pictures/contract.svg" in said


def test_coverage_is_drawn_and_follows_called_processes(tmp_path: Path) -> None:
    loan = Path(__file__).parents[2] / "definitions" / "loan-application"
    code = LOANS_TEST.format(folder=str(loan))
    (tmp_path / "test_loan.py").write_text(code)
    said = run(["-m", "pytest", "-p", "no:cacheprovider", "-q", "--baton-coverage=pictures"], tmp_path)
    assert "credit-report     100 %  5 of 5" in said, said
    picture = (tmp_path / "pictures" / "loan-application.svg").read_text(encoding="utf-8")
    assert '<g id="CheckIdentity" class="serviceTask covered">' in picture
    assert '<g id="VoidContract" class="serviceTask missed">' in picture
