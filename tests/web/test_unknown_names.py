"""The policy for unknown names, as clients meet it."""

from __future__ import annotations

from tests.web.conftest import Api


def test_an_unknown_field_of_a_command_is_named_in_a_warning(api: Api) -> None:
    api.deploy("work")
    api.start("work")
    (task,) = api.fetch()
    answer = api.post(
        f"/external-task/{task['id']}/complete", {"workerId": "w1", "varaibles": {"a": {"value": 1}}}, 204
    )
    assert answer.headers["Warning"] == '299 baton "Ignored unknown fields: varaibles"'


def test_a_command_without_unknown_fields_has_no_warning(api: Api) -> None:
    api.deploy("work")
    api.start("work")
    (task,) = api.fetch()
    answer = api.call("POST", f"/external-task/{task['id']}/unlock", 204)
    assert "Warning" not in answer.headers


def test_unknown_filters_are_refused_in_queries_and_in_commands_that_hold_one(api: Api) -> None:
    assert "'topicName'" in api.get("/external-task", 400, topicNam="x")["message"]
    assert "'topicName'" in api.post("/external-task", {"topicNam": "x"}, 400)["message"]
    assert "'topicName'" in api.post("/external-task/count", {"topicNam": "x"}, 400)["message"]
    body = {"retries": 1, "externalTaskQuery": {"topicNam": "x"}}
    assert "'topicName'" in api.put("/external-task/retries", body, 400)["message"]
    assert "query parameter" in api.get("/version", 400, x="1")["message"]


def test_what_clients_are_known_to_send_passes(api: Api) -> None:
    assert api.get("/external-task", _="1732758000") == []
    assert api.post("/external-task", {"orQueries": [], "sorting": [], "skipCustomListeners": True}) == []
