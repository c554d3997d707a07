"""What is installed from the wheels, in environments of their own: without a clone, without Node.js."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.docs.pages import find_block, read_serving
from tests.e2e.evening import spend_evening
from tests.programs import require_chromium, require_program
from tests.running import Baton, running

ROOT = Path(__file__).parents[2]
INSTALL = "docs/how-to/install.md"
ALLOWED = {
    *("baton", "own_workers", "requests", "urllib3", "idna", "certifi", "charset_normalizer", "chardet"),
    *("pydantic", "pydantic_core", "annotated_types", "typing_extensions", "typing_inspection"),
}
"""What the SDK may import, beside the standard library: requests, pydantic, and what these need."""
ONLY = f"""
import importlib.abc, sys
class Refuse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        first = name.partition(".")[0]
        if first not in ALLOWED | sys.stdlib_module_names and not first.startswith("_sysconfigdata"):
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
ALLOWED = set({sorted(ALLOWED)!r})
sys.meta_path.insert(0, Refuse())
sys.path.insert(0, sys.argv.pop(1))
import baton.client.client, baton.worker.command
assert baton.__file__.startswith(sys.path[0]), baton.__file__
sys.exit(baton.worker.command.main(sys.argv[1:]))
"""
WORKERS = """
from baton.worker import Task, worker

@worker("work")
def work(amount: int, task: Task) -> dict:
    return {"done": task.once("double", lambda: amount * 2)}
"""
MODEL = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="test"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn"><process id="own" isExecutable="true"><startEvent id="Start"/>
  <serviceTask id="Do" camunda:type="external" camunda:topic="work"/><endEvent id="End"/>
  <sequenceFlow id="a" sourceRef="Start" targetRef="Do"/><sequenceFlow id="b" sourceRef="Do" targetRef="End"/>
  </process></definitions>"""


def build_wheel(project: Path, into: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(into)]
    subprocess.run(command, cwd=project, check=True, capture_output=True, timeout=100)
    (wheel,) = into.glob("*.whl")
    return wheel


@pytest.fixture
def workers(tmp_path: Path) -> Path:
    (tmp_path / "own_workers.py").write_text(WORKERS)
    return tmp_path / "own_workers.py"


def do_own_process(baton: Baton, folder: Path, command: list[str]) -> None:
    """One instance, whose task ``command`` does."""
    (folder / "own.bpmn").write_text(MODEL)
    baton.deploy(folder / "own.bpmn")
    with subprocess.Popen([*command, "--url", baton.url], stderr=subprocess.PIPE, text=True) as process:
        try:
            ended = baton.wait_for_end(baton.begin("own", {"amount": 21}))
        finally:
            process.terminate()
            said = process.communicate(timeout=30)[1]
    assert ended["variables"]["0"]["done"]["value"] == 42, said
    assert process.returncode == 0, said


@pytest.mark.e2e
def test_the_sdk_alone_needs_requests_and_pydantic_only(workers: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(build_wheel(ROOT / "packages" / "worker", tmp_path / "dist")) as wheel:
        wheel.extractall(tmp_path / "installed")
    command = [sys.executable, "-c", ONLY, str(tmp_path / "installed"), str(workers)]
    with running("--no-samples", "--web-processes", "1") as baton:
        do_own_process(baton, tmp_path, command)


def make_environment(folder: Path) -> Path:
    """A new virtual environment; its ``bin``."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=100)
    return folder / "bin"


def run_line(line: str, programs: Path, folder: Path) -> None:
    """A command of a page, in the environment; what it needs comes from the package index."""
    env = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(["bash", "-ec", line], cwd=folder, env=env, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.soak
@pytest.mark.browser
@pytest.mark.timeout(1800)
def test_the_wheels_run_in_empty_environments_without_node(workers: Path, tmp_path: Path) -> None:
    """From ``pip install`` to an order by command line, one in a browser, and a worker from the light package."""
    build_wheel(ROOT / "packages" / "worker", tmp_path / "light")
    build_wheel(ROOT, tmp_path / "whole")
    gather_wheels(tmp_path, tmp_path / "dist")
    _make, environment, install, serve = find_block(INSTALL, "/opt/baton/bin/pip install dist").commands
    for line in (environment, install):
        run_line(line.replace("/opt/baton", str(tmp_path / "server")), Path(sys.executable).parent, tmp_path)
    programs, alone = tmp_path / "server" / "bin", make_environment(tmp_path / "worker")
    install_worker, work = find_block(INSTALL, "baton-worker payments.py").commands
    run_line(install_worker, alone, tmp_path)
    _, options = read_serving(
        serve.replace("/opt/baton/bin/", ""), {"/var/lib/baton": str(tmp_path / "data"), "--no-samples": "--samples"}
    )  # the order below is one of the samples
    work = work.replace("payments.py", str(workers)).partition(" --url")[0]
    # So slow that a page on a busy machine still draws each step before the next one comes.
    variables = {"PATH": "/nowhere", "HOME": str(tmp_path), "BATON_DEMO_PACE": "0.8"}
    baton = Baton(tmp_path / "data", *options, env=variables, python=str(programs / "python"))
    baton.start()
    try:
        order = ROOT / "definitions" / "order-fulfilment" / "orders" / "happy.json"
        command = [str(programs / "baton"), "start", "order-fulfilment", str(order), "--business-key", "A-1", "--wait"]
        done = subprocess.run(
            [*command, "--url", baton.url], env={**os.environ, **variables}, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "completed" in done.stdout
        start_in_browser(baton)
        do_own_process(
            baton, tmp_path, [str(alone / word) if word == "baton-worker" else word for word in work.split()]
        )
    finally:
        baton.stop()


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_strangers_evening_begins_with_pip_install(tmp_path: Path) -> None:
    """``baton serve`` of the same block is the first thing of the evening."""
    build_wheel(ROOT / "packages" / "worker", tmp_path / "light")
    build_wheel(ROOT, tmp_path / "whole")
    gather_wheels(tmp_path, tmp_path / "dist")
    programs = make_environment(tmp_path / "environment")
    install, _serve = find_block("README.md", "pip install baton_bpmn").commands
    run_line(install, programs, tmp_path / "dist")
    run_line("pip install --find-links . 'baton-bpmn[test]'", programs, tmp_path / "dist")
    (tmp_path / "evening").mkdir()
    spend_evening(tmp_path / "evening", programs)


def gather_wheels(made_in: Path, dist: Path) -> None:
    dist.mkdir()
    for wheel in made_in.glob("*/*.whl"):
        wheel.rename(dist / wheel.name)


def start_in_browser(baton: Baton) -> None:
    """The first scenario of the browser tests. They need Node.js; what is installed does not."""
    command = [require_program("node"), "--test", "--test-name-pattern=an order that goes well"]
    done = subprocess.run(
        [*command, str(ROOT / "tests" / "browser" / "orders.test.mjs")],
        cwd=ROOT / "designer",
        env={**os.environ, "BATON_URL": baton.url, "CHROMIUM": require_chromium(), "BATON_ROOT": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "pass 1" in done.stdout
