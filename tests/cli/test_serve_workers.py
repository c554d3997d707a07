"""``baton serve --worker``: own workers beside the server."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from baton.cli import main
from tests.running import running

WORKERS = """
from baton.worker import worker


@worker("work")
def work() -> dict:
    return {"done": True}
""".replace("def work()", "def work(amount: int)")

MODEL = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="test"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn"><process id="own" isExecutable="true"><startEvent id="Start"/>
  <serviceTask id="Do" camunda:type="external" camunda:topic="work"/><endEvent id="End"/>
  <sequenceFlow id="a" sourceRef="Start" targetRef="Do"/><sequenceFlow id="b" sourceRef="Do" targetRef="End"/>
  </process></definitions>"""


@pytest.fixture
def workers(tmp_path: Path) -> Path:
    (tmp_path / "own_workers.py").write_text(WORKERS)
    return tmp_path / "own_workers.py"


@pytest.mark.e2e
def test_own_workers_run_beside_the_server(workers: Path, tmp_path: Path) -> None:
    (tmp_path / "own.bpmn").write_text(MODEL)
    with running("--no-samples", "--web-processes", "1", "--worker", str(workers)) as baton:
        baton.deploy(tmp_path / "own.bpmn")
        ended = baton.wait_for_end(baton.begin("own", {"amount": 1}))
        assert ended["header"]["state"] == "completed"


@pytest.mark.parametrize(
    ("module", "said"),
    [("nothing_here", "Expected a Python module"), ("os", "Expected functions decorated with @worker")],
)
def test_a_module_without_workers_is_refused_before_anything_starts(tmp_path: Path, module: str, said: str) -> None:
    result = CliRunner().invoke(main, ["serve", "--data", str(tmp_path / "data"), "--worker", module])
    assert result.exit_code != 0
    assert said in result.output
    assert not os.path.exists(tmp_path / "data")
