"""Variables by the id of an execution: what is around it is found too, as clients made for Camunda 7 ask for it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import Api

FILE = {"value": "aGk=", "type": "File", "valueInfo": {"filename": "a.txt"}}


@pytest.fixture
def execution(api: Api) -> str:
    """The execution of a task with a variable ``inner`` of its own, in an instance that has ``outer``."""
    api.deploy("mapped")
    api.start("mapped", outer=7)
    (task,) = api.fetch()
    return str(task["executionId"])


@pytest.mark.parametrize("base", ["/process-instance/{}/variables", "/execution/{}/variables"])
def test_all_variables_that_an_execution_sees_are_found(api: Api, execution: str, base: str) -> None:
    path = base.format(execution)

    assert {name: value["value"] for name, value in api.get(path).items()} == {"inner": 7, "outer": 7}
    assert api.get(f"{path}/outer")["value"] == 7


def test_one_variable_asked_for_by_name_may_be_of_an_outer_scope(api: Api, execution: str) -> None:
    path = f"/execution/{execution}/localVariables"

    assert set(api.get(path)) == {"inner"}
    assert api.get(f"{path}/outer")["value"] == 7
    api.get(f"{path}/nowhere", 404)


@pytest.mark.parametrize("base", ["/process-instance/{}/variables", "/execution/{}/localVariables"])
def test_a_file_of_the_instance_is_loaded_by_the_execution_of_its_task(api: Api, execution: str, base: str) -> None:
    instance = execution.partition(".")[0]
    api.put(f"/process-instance/{instance}/variables/letter", FILE, 204)

    assert api.get(f"{base.format(execution)}/letter/data").data == b"hi"


def test_variables_are_changed_and_removed_where_they_are(api: Api, execution: str) -> None:
    instance = execution.partition(".")[0]
    changes: dict[str, Any] = {"modifications": {"inner": {"value": 1}, "fresh": {"value": 2}}, "deletions": ["outer"]}

    api.post(f"/process-instance/{execution}/variables", changes, 204)

    assert {name: value["value"] for name, value in api.get(f"/process-instance/{instance}/variables").items()} == {
        "fresh": 2
    }
    assert {n: value["value"] for n, value in api.get(f"/execution/{execution}/localVariables").items()} == {"inner": 1}
    api.delete(f"/process-instance/{execution}/variables/fresh", 204)
    assert api.get(f"/process-instance/{instance}/variables") == {}
