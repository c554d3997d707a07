"""Lists as clients made for Camunda 7 ask for them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import Api


def test_a_count_may_be_asked_for_with_the_whole_query_of_its_list(api: Api) -> None:
    api.deploy("work")
    for _ in range(2):
        api.start("work")
    sorting = [{"sortBy": "taskPriority", "sortOrder": "desc"}]
    page = {"firstResult": "1", "maxResults": "1"}

    assert api.post("/external-task/count", {"topicName": "work", "sorting": sorting}, query_string=page)["count"] == 2
    ordered: dict[str, Any] = {"sortBy": "taskPriority", "sortOrder": "desc", **page}
    assert api.get("/external-task/count", topicName="work", **ordered)["count"] == 2
    assert "'sortBy'" in api.get("/external-task/count", 400, sortBy="nonsense", sortOrder="asc")["message"]


@pytest.mark.parametrize(
    "filters",
    [{"processDefinitionKey": "work"}, {"processDefinitionKeyIn": "other,work"}],
    ids=lambda filters: next(iter(filters)),
)
def test_external_tasks_are_found_by_the_key_of_their_process(api: Api, filters: dict[str, Any]) -> None:
    api.deploy("work", "mapped")
    instance = api.start("work")
    api.start("mapped", outer=1)

    assert [task["processInstanceId"] for task in api.get("/external-task", **filters)] == [instance]


@pytest.mark.parametrize(
    ("path", "flag"),
    [
        ("/deployment", "includeDeploymentsWithoutTenantId"),
        ("/process-definition", "includeProcessDefinitionsWithoutTenantId"),
    ],
)
def test_what_belongs_to_no_tenant_is_found_beside_what_belongs_to_one(api: Api, path: str, flag: str) -> None:
    api.deploy("work", form={"tenant-id": "north"})
    api.deploy("work", form={"tenant-id": "south"})
    api.deploy("work")

    asked, plain = dict[str, Any]({flag: "true"}), dict[str, Any]({flag: "false"})
    found = api.get(path, tenantIdIn="north", **asked)

    assert sorted(str(item["tenantId"]) for item in found) == ["None", "north"]
    assert [item["tenantId"] for item in api.get(path, tenantIdIn="north", **plain)] == ["north"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"nameNotEqual": "Look at it"}, 2),
        ({"nameNotLike": "%everybody"}, 1),
        ({"taskDefinitionKeyNotIn": "Look,Other"}, 2),
        ({"assigneeNotIn": "ann"}, 2),
        ({"followUpBeforeOrNotExistent": "2027-06-01T00:00:00.000+0000"}, 2),
        ({"followUpBeforeOrNotExistent": "2027-08-01T00:00:00.000+0000"}, 3),
    ],
    ids=lambda case: next(iter(case)) if isinstance(case, dict) else str(case),
)
def test_tasks_are_found_by_what_they_are_not(api: Api, filters: dict[str, Any], found: int) -> None:
    """One task of ann, put off until July, and two of nobody."""
    api.deploy("person", "many")
    look = api.get("/task", processInstanceId=api.start("person"))[0]["id"]
    api.put(f"/task/{look}", {"name": "Look at it", "assignee": "ann", "followUp": "2027-07-01T00:00:00.000+0000"}, 204)
    api.start("many")

    assert api.get("/task/count", **filters)["count"] == found
