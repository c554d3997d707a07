"""What routes declare, and that answers without a model fit the description."""

from __future__ import annotations

import re

from pydantic import TypeAdapter

from baton.web.answers.instances import StartedProcessInstance
from baton.web.answers.operations import CompletionOutcome
from baton.web.answers.work import LockedExternalTask
from baton.web.resources import GROUPS
from baton.web.routes.declaration import Declaration
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


def test_a_route_says_what_it_needs_or_its_group_does() -> None:
    group = Group("Example", "An example", resource="task", change="work")

    group.get("/example", "An example")(lambda: None)
    group.post("/example/list", "A list", changes=False)(lambda: None)
    group.post("/example", "A change")(lambda: None)
    group.delete("/example", "Another change", needs="task:delete")(lambda: None)

    assert [(item.method, item.rule, item.needs) for item in group.declared] == [
        ("GET", "/example", "task:read"),
        ("POST", "/example/list", "task:read"),
        ("POST", "/example", "task:work"),
        ("DELETE", "/example", "task:delete"),
    ]


def test_every_route_is_listed_with_what_it_needs() -> None:
    listed: list[Declaration] = [item for group in GROUPS for item in group.declared]
    rules = [(item.method, item.full_rule) for item in listed]
    assert len(set(rules)) == len(rules) > 200
    assert all(re.fullmatch(r"[a-z-]+:[a-z]+|anybody|signed-in", item.needs) for item in listed)
