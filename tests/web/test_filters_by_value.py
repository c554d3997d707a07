"""Lists found by the values of variables and by incidents, as clients made for Camunda 7 ask for them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import Api

HERE, PAST = "/variable-instance", "/history/variable-instance"


def name(id_: Any) -> str:
    return " ".join(map(str, id_.values())) if isinstance(id_, dict) else str(id_)


def list_names(api: Api, path: str, filters: dict[str, Any], *, by_post: bool = False) -> list[str]:
    """The names that a list finds; its count says as many."""
    found = api.post(path, filters) if by_post else api.get(path, **filters)
    count = api.post(f"{path}/count", filters) if by_post else api.get(f"{path}/count", **filters)
    assert count == {"count": len(found)}
    return sorted(item["name"] for item in found)


@pytest.fixture
def instance(api: Api) -> str:
    """One with four variables."""
    api.deploy("work")
    return api.start("work", amount=5, limit=50, kind="Fast", Other="fast")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"variableValues": "amount_eq_5"}, ["amount"]),
        ({"variableValues": "amount_eq_6"}, []),
        ({"variableValues": "limit_gt_5"}, ["limit"]),
        ({"variableValues": "kind_like_F%"}, ["kind"]),
        ({"variableValues": "kind_like_5"}, []),
        ({"variableValues": "amount_gt_4,amount_lt_5"}, []),
        ({"variableValues": "KIND_eq_Fast"}, []),
        ({"variableValues": "KIND_eq_Fast", "variableNamesIgnoreCase": "true"}, ["kind"]),
        ({"variableValues": "kind_eq_fAST"}, []),
        ({"variableValues": "kind_eq_fAST", "variableValuesIgnoreCase": "true"}, ["kind"]),
        ({"variableNameLike": "%i%", "variableValues": "kind_neq_slow"}, ["kind"]),
        ({"batchIdIn": "some"}, []),
    ],
    ids=name,
)
def test_variables_of_instances_are_found_by_their_values(
    api: Api, instance: str, filters: dict[str, Any], found: list[str]
) -> None:
    assert list_names(api, HERE, {"processInstanceIdIn": instance, **filters}) == found


def test_variables_of_instances_are_found_by_comparisons_in_a_body(api: Api, instance: str) -> None:
    compared = {"name": "AMOUNT", "operator": "gteq", "value": 5}
    filters = {"variableValues": [compared], "variableNamesIgnoreCase": True, "processInstanceIdIn": [instance]}

    assert list_names(api, HERE, filters, by_post=True) == ["amount"]
    assert list_names(api, HERE, {**filters, "variableNamesIgnoreCase": False}, by_post=True) == []


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"variableName": "kind", "variableValue": "Fast"}, ["kind"]),
        ({"variableName": "kind", "variableValue": "fast"}, []),
        ({"variableName": "kind", "variableValue": "fast", "variableValuesIgnoreCase": "true"}, ["kind"]),
        ({"variableName": "other", "variableValue": "fast"}, []),
        ({"variableName": "other", "variableValue": "fast", "variableNamesIgnoreCase": "true"}, ["Other"]),
        ({"variableName": "other"}, []),
        ({"variableName": "other", "variableNamesIgnoreCase": "true"}, ["Other"]),
        ({"variableNameLike": "o%"}, []),
        ({"variableNameLike": "o%", "variableNamesIgnoreCase": "true"}, ["Other"]),
    ],
    ids=name,
)
def test_variables_of_the_history_are_found_by_their_values(
    api: Api, instance: str, filters: dict[str, Any], found: list[str]
) -> None:
    assert list_names(api, PAST, {"processInstanceId": instance, **filters}) == found


@pytest.mark.parametrize(("value", "found"), [(5, ["amount"]), (5.5, []), ("5", []), (True, [])])
def test_a_body_gives_the_type_of_the_value(api: Api, instance: str, value: Any, found: list[str]) -> None:
    filters = {"processInstanceId": instance, "variableName": "amount", "variableValue": value}

    assert list_names(api, PAST, filters, by_post=True) == found


def test_a_value_without_the_name_of_a_variable_is_refused(api: Api) -> None:
    assert "'variableName'" in api.get(PAST, 400, variableValue="5")["message"]
    assert "'variableName'" in api.post(f"{PAST}/count", {"variableValue": 5}, 400)["message"]


def test_the_last_value_of_a_variable_is_shown_as_text_on_request(api: Api) -> None:
    api.deploy("work")
    instance = api.start("work", lines=[1])
    path = f"{PAST}/{instance}:lines"

    assert api.get(path)["value"] == [1]
    assert api.get(path, deserializeValues="false")["value"] == "[1]"
    assert api.get(path, deserializeValue="false")["value"] == "[1]"


def list_ids(api: Api, path: str, filters: dict[str, Any]) -> list[str]:
    """What a list finds; its count, and both with the filters in a body, say the same."""
    found = api.get(path, **filters)
    assert api.get(f"{path}/count", **filters) == {"count": len(found)}
    return [item["id"] for item in found]


@pytest.mark.parametrize(
    ("filters", "of_task", "of_instance"),
    [
        ({"variables": "inner_eq_7"}, True, False),
        ({"variables": "outer_eq_7"}, False, True),
        ({"variables": "inner_eq_8"}, False, False),
        ({"variables": "INNER_eq_7"}, False, False),
        ({"variables": "INNER_eq_7", "variableNamesIgnoreCase": "true"}, True, False),
        ({"variables": "kind_eq_FAST"}, False, False),
        ({"variables": "kind_eq_FAST", "variableValuesIgnoreCase": "true"}, False, True),
        ({"processVariables": "KIND_eq_Fast"}, False, False),
        (
            {"processVariables": "KIND_eq_FAST", "variableNamesIgnoreCase": True, "variableValuesIgnoreCase": True},
            True,
            True,
        ),
    ],
    ids=name,
)
def test_executions_are_found_by_variables_of_their_own(
    api: Api, filters: dict[str, Any], of_task: bool, of_instance: bool
) -> None:
    api.deploy("mapped")
    instance = api.start("mapped", outer=7, kind="Fast")
    api.start("mapped", outer=1, kind="slow")
    task = next(task["executionId"] for task in api.get("/external-task", processInstanceId=instance))

    found = list_ids(api, "/execution", filters)

    assert (task in found, instance in found, len(found)) == (of_task, of_instance, of_task + of_instance)


def test_executions_are_found_by_their_open_incidents(api: Api) -> None:
    api.deploy("work")
    instance = api.start("work")
    [task] = api.fetch()
    api.start("work")
    failure = {"workerId": "w1", "errorMessage": "no luck", "retries": 0}
    api.post(f"/external-task/{task['id']}/failure", failure, 204)
    [incident] = api.get("/incident")

    for filters in (
        {"incidentId": incident["id"]},
        {"incidentType": "failedExternalTask"},
        {"incidentMessage": "no luck"},
        {"incidentMessageLike": "no%"},
        {"incidentType": "failedExternalTask", "processInstanceId": instance},
    ):
        assert list_ids(api, "/execution", filters) == [task["executionId"]]
        assert [item["id"] for item in api.post("/execution", filters)] == [task["executionId"]]
    for filters in ({"incidentId": "other"}, {"incidentType": "failedJob"}, {"incidentMessageLike": "luck%"}):
        assert list_ids(api, "/execution", filters) == []
