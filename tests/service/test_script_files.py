"""Scripts in files beside the model, deployed with it."""

from __future__ import annotations

import pytest

from baton.model.errors import DeploymentRefused
from baton.service import Engine, Resource
from tests.service.processes import bpmn, external, line

TASK = '<scriptTask id="t" scriptFormat="python" camunda:resource="{}"/>'
MODEL = Resource("p.bpmn", bpmn(line(TASK.format("deployment://total.py"))))
DOUBLE, TRIPLE = Resource("total.py", b"total = n * 2"), Resource("total.py", "total = n * 3  # \u00e9".encode())


def total(engine: Engine, definition_id: str) -> object:
    """What the script of a version makes of 4."""
    instance = engine.starts.start(definition_id, variables={"n": 4})
    changes = [event.data.get("set") for event in engine.history.list_events(instance.id)]
    return next(change["total"] for change in changes if isinstance(change, dict) and "total" in change)


def test_a_script_task_runs_the_file_of_its_deployment(engine: Engine) -> None:
    (definition,) = engine.deployments.deploy("x", [MODEL, DOUBLE]).definitions

    assert total(engine, definition.id) == 8


def test_each_version_keeps_its_scripts_and_a_process_that_is_new_reads_them_again(engine: Engine) -> None:
    (first,) = engine.deployments.deploy("x", [MODEL, DOUBLE]).definitions
    (second,) = engine.deployments.deploy("x", [MODEL, TRIPLE]).definitions
    engine.definitions.forget(first.id)
    engine.definitions.forget(second.id)

    assert (total(engine, first.id), total(engine, second.id)) == (8, 12)


def test_a_changed_script_deploys_its_model_and_a_changed_model_its_script(engine: Engine) -> None:
    other = Resource("q.bpmn", bpmn(line(external("t")), key="q"))
    engine.deployments.deploy("x", [MODEL, DOUBLE, other])

    script = engine.deployments.deploy("x", [MODEL, TRIPLE, other], changed_only=True)
    again = Resource("p.bpmn", MODEL.content + b"\n")
    model = engine.deployments.deploy("x", [again, TRIPLE, other], changed_only=True)

    assert [definition.key for definition in script.definitions] == ["p"]
    assert total(engine, script.definitions[0].id) == 12
    assert total(engine, model.definitions[0].id) == 12


def test_scripts_of_mappings_and_listeners_may_be_in_files_too(engine: Engine) -> None:
    script = '<camunda:script scriptFormat="python" resource="deployment://{}.py"/>'
    listener = f'<camunda:executionListener event="start">{script.format("start")}</camunda:executionListener>'
    output = f'<camunda:outputParameter name="total">{script.format("mapped")}</camunda:outputParameter>'
    held = f"<extensionElements>{listener}<camunda:inputOutput>{output}</camunda:inputOutput></extensionElements>"
    files = [Resource("start.py", b"m = n + 1"), Resource("mapped.py", b"m * 2")]
    model = Resource("p.bpmn", bpmn(line(f'<task id="t">{held}</task>')))
    (definition,) = engine.deployments.deploy("x", [model, *files]).definitions

    assert total(engine, definition.id) == 10


@pytest.mark.parametrize(
    ("reference", "files", "expected"),
    [
        ("deployment://total.py", [], "the file 'total.py'"),
        ("deployment://total.py", [Resource("total.py", b"\xff\xfe")], "UTF-8"),
        ("classpath://total.py", [DOUBLE], "deployment://"),
        ("total.py", [DOUBLE], "deployment://"),
        ("deployment://total.py", [Resource("total.py", b"total = (")], "Expected Python"),
    ],
)
def test_a_script_that_is_not_there_or_cannot_be_read_is_refused(
    engine: Engine, reference: str, files: list[Resource], expected: str
) -> None:
    model = Resource("p.bpmn", bpmn(line(TASK.format(reference))))

    with pytest.raises(DeploymentRefused) as refused:
        engine.deployments.deploy("x", [model, *files])

    (problem,) = refused.value.problems
    assert problem.element == "t"
    assert expected in problem.message
