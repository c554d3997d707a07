"""org.camunda.bpm:camunda-external-task-client, unmodified: order-fulfilment, typed variables, files."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.conftest import PASSWORD
from tests.clients.orders import check_all_paths
from tests.programs import require_program
from tests.running import Baton, until, watchdog
from tests.web.diagrams import flow, process

FOLDER = Path(__file__).with_name("java")
LIBRARIES = FOLDER / "lib"
TYPED = process(
    "java-typed",
    '<bpmn:startEvent id="Start"/>'
    '<bpmn:serviceTask id="Send" camunda:type="external" camunda:topic="java-send"/>'
    '<bpmn:serviceTask id="Look" camunda:type="external" camunda:topic="java-look"/>'
    '<bpmn:userTask id="Wait"/>' + flow(1, "Start", "Send") + flow(2, "Send", "Look") + flow(3, "Look", "Wait"),
)

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def libraries() -> None:
    """Put the pinned libraries into the folder, if `make test` has not: from Maven's own cache where it has them."""
    require_program("javac")
    maven = require_program("mvn")
    stamp, wanted = LIBRARIES / ".installed", FOLDER / "pom.xml"
    if not stamp.exists() or stamp.stat().st_mtime < wanted.stat().st_mtime:
        subprocess.run([maven, "-B", "-q", "prepare-package"], cwd=FOLDER, check=True, timeout=300)
        stamp.touch()


@pytest.fixture
def worker(libraries: None, baton: Baton, person: str) -> Iterator[subprocess.Popen[str]]:
    """Running, signed in by name and password, and subscribed to its topics: compiling it takes its time."""
    command = ["java", "-cp", "lib/*", "Worker.java", baton.rest.url, person, PASSWORD]
    with subprocess.Popen(command, cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        with watchdog(process, 120):
            assert "ready\n" in process.stdout
        yield process
        process.kill()


def test_the_java_client_works_off_every_path(baton: Baton, worker: subprocess.Popen[str]) -> None:
    check_all_paths(baton, "java")

    worker.kill()
    output, _ = worker.communicate()
    assert output.count("extended") >= 5
    assert output.count("failed") == 2


@pytest.mark.usefixtures("worker")
def test_values_of_every_type_and_files_come_back_to_the_java_client_as_it_sent_them(
    baton: Baton, tmp_path: Path
) -> None:
    model = tmp_path / "java-typed.bpmn"
    model.write_text(TYPED)
    baton.deploy(model)
    instance = baton.begin("java-typed", {})

    until(lambda: has_come(baton, instance), 60, lambda: str(baton.snapshot(instance)["incidents"]))

    assert baton.snapshot(instance)["incidents"] == []
    variables = baton.rest.get(f"/process-instance/{instance}/variables")
    seen = {name.removeprefix("seen_"): variable["value"] for name, variable in variables.items() if "seen_" in name}
    assert seen == {
        "string": "String grün",
        "flag": "Boolean true",
        "short": "Short 7",
        "object": "ArrayList [a, b]",
        "integer": "Integer 70000",
        "long": "Long 5000000000",
        "double": "Double 1.5",
        "date": "Date 1800000000123",
        "bytes": "3 -1",
        "nothing": "null",
        "json": '{"lines":[1,2]}',
        "file": "Brief €.txt text/plain UTF-8 Inhalt",
        "progress": "String half",
        "here": "null",
    }


def has_come(baton: Baton, instance: str) -> bool:
    """Whether the instance is at its last task, or at an incident."""
    snapshot = baton.snapshot(instance)
    return "Wait" in snapshot["header"]["tokens"] or bool(snapshot["incidents"])
