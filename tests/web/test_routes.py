"""What routes declare, and that answers without a model fit the description."""

from __future__ import annotations

from pydantic import TypeAdapter

from baton.web.answers.instances import StartedProcessInstance
from baton.web.answers.operations import CompletionOutcome
from baton.web.answers.work import LockedExternalTask
from baton.web.resources import GROUPS
from baton.web.routes.declaration import Declaration, Permission
from baton.web.routes.group import Group
from tests.web.conftest import Api


def test_answers_of_hot_paths_fit_their_models(api: Api) -> None:
    api.deploy("work")
    variables = {"order": {"value": {"lines": [1]}}}
    started = api.post("/process-definition/key/work/start", {"variables": variables, "withVariablesInReturn": True})
    StartedProcessInstance.model_validate(started, extra="forbid")
    tasks = api.fetch(topic={"includeExtensionProperties": True})
    TypeAdapter(list[LockedExternalTask]).validate_python(tasks, extra="forbid")
    body = {"workerId": "w1", "tasks": [{"id": tasks[0]["id"]}, {"id": "nothing"}]}
    outcomes = api.post("/external-task/complete", body)
    TypeAdapter(list[CompletionOutcome]).validate_python(outcomes, extra="forbid")


def test_a_route_declares_the_permission_that_it_needs() -> None:
    group = Group("Example", "An example")

    @group.get("/example", "An example", needs=Permission("task", "read"))
    def get_example() -> None:
        return None

    assert [(item.full_rule, item.needs) for item in group.declared] == [
        ("/engine-rest/example", Permission("task", "read"))
    ]


def test_every_route_is_listed_with_its_permission() -> None:
    listed: list[Declaration] = [item for group in GROUPS for item in group.declared]
    rules = [(item.method, item.full_rule) for item in listed]
    assert len(set(rules)) == len(rules) > 200
    assert all(item.needs is None or isinstance(item.needs, Permission) for item in listed)
