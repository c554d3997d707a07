"""One damaged instance fails no list, no count, no statistic and no batch: the others are in it as before.

The routes and their orders are read from the description of the API, so that a new list is tried too.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from baton.model.commands import SetVariables
from baton.service import Engine, Settings, assemble
from baton.store import keys
from baton.store.operations import apply_ops
from baton.web import WebSettings, create_app
from baton.web.open_requests import OpenRequests
from baton.web.resources import GROUPS
from baton.web.routes.document import describe
from baton.web.stream import everything
from tests.service.processes import bpmn, external, receive, timer
from tests.web.conftest import Api
from tests.web.sse import messages

ENDLESS = ("/stream", "/published")
OF_A_PROVIDER = ("/sign-in/openid", "/sign-in/openid/callback")
"""They lead to an OpenID provider, and here is none."""
WORDS = '<message id="m1" name="Paid"/><signal id="g1" name="Alarm"/>'


def make_model(key: str) -> bytes:
    """Holds open a record of each kind, with a scope and a variable of its own."""
    nodes = (
        external("t"),
        '<userTask id="u" camunda:assignee="ann" camunda:candidateGroups="sales" camunda:candidateUsers="bob"/>',
        timer("w", "PT1H"),
        receive("m"),
        '<intermediateCatchEvent id="g"><signalEventDefinition signalRef="g1"/></intermediateCatchEvent>',
        '<scriptTask id="b" scriptFormat="python"><script>raise ValueError("broken")</script></scriptTask>',
    )
    flows = "".join(f'<sequenceFlow id="f{node}" sourceRef="p" targetRef="{node}"/>' for node in "tuwmgb")
    inside = (
        f'<startEvent id="is"/><parallelGateway id="p"/><sequenceFlow id="if" sourceRef="is" targetRef="p"/>{flows}'
    )
    return bpmn(
        f'<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="sub"/><subProcess id="sub">{inside}'
        f'{"".join(nodes)}</subProcess><endEvent id="e"/><sequenceFlow id="l" sourceRef="sub" targetRef="e"/>',
        key,
        WORDS,
    )


# -- what is damaged


def spoil(engine: Engine, instance_id: str, *starts: str) -> None:
    """Overwrite the fields of its state that begin so."""
    fields = [name for name in engine.store.lists.read_fields(instance_id) if name.startswith(starts)]
    assert fields
    state = keys.name_state(instance_id)
    apply_ops(engine.store.backend, state, [["HSET", state, field, b"\x01rubbish"] for field in fields])


def remove(engine: Engine, instance_id: str, *starts: str) -> None:
    fields = [name for name in engine.store.lists.read_fields(instance_id) if name.startswith(starts)]
    assert fields
    state = keys.name_state(instance_id)
    apply_ops(engine.store.backend, state, [["HDEL", state, *fields]])


def forget_definition(engine: Engine, instance_id: str) -> None:
    definition = engine.definitions.get(engine.instances.get(instance_id).definition_id)
    engine.deployments.remove(engine.deployments.get(definition.deployment_id), [definition], whole=True)


def forget_file(engine: Engine, instance_id: str) -> None:
    definition = engine.definitions.get(engine.instances.get(instance_id).definition_id)
    resources = keys.name_resources(definition.deployment_id)
    apply_ops(engine.store.backend, resources, [["DEL", resources]])


def spoil_history(engine: Engine, instance_id: str) -> None:
    history = keys.name_history(instance_id)
    apply_ops(engine.store.backend, history, [["LSET", history, 0, b"\x01rubbish"]])


def forget_history(engine: Engine, instance_id: str) -> None:
    history = keys.name_history(instance_id)
    apply_ops(engine.store.backend, history, [["DEL", history]])


def forget_state(engine: Engine, instance_id: str) -> None:
    state = keys.name_state(instance_id)
    apply_ops(engine.store.backend, state, [["DEL", state]])


DAMAGES: dict[str, Callable[[Engine, str], None]] = {
    "header": lambda engine, id_: spoil(engine, id_, "h"),
    "no header": lambda engine, id_: remove(engine, id_, "h"),
    "tokens": lambda engine, id_: spoil(engine, id_, "t"),
    "no tokens": lambda engine, id_: remove(engine, id_, "t"),
    "variables": lambda engine, id_: spoil(engine, id_, "v"),
    "records": lambda engine, id_: spoil(engine, id_, "x", "u", "j", "m", "i"),
    "no records": lambda engine, id_: remove(engine, id_, "x", "u", "j", "m", "i"),
    "all rows": lambda engine, id_: spoil(engine, id_, *"htvxujmi"),
    "definition": forget_definition,
    "file": forget_file,
    "history": spoil_history,
    "no history": forget_history,
    "state": forget_state,
}

SILENT = ("no records", "no history", "state")
"""Nothing is there that could be found damaged, or nothing that could hold an incident."""


# -- what is asked


def _get_answer(operation: dict[str, Any]) -> Any:
    """A POST that answers the same as the GET beside it is a query with a body; another one makes something."""
    return operation["responses"].get("200", {}).get("content")


def list_requests(*, ordered: bool) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Method, path and query of every list and count; ``ordered``: again in each order that it can have."""
    for path, operations in describe_paths().items():
        if "{" in path or path.endswith(ENDLESS + OF_A_PROVIDER):
            continue
        listed = operations.get("get")
        if listed is None or any(item.get("required") for item in listed.get("parameters", ())):
            continue  # no list: a question about one thing
        for method in (name for name, item in operations.items() if _get_answer(item) == _get_answer(listed)):
            described = {item["name"]: item["schema"] for item in operations[method].get("parameters", ())}
            yield method, path, {}
            for name in described.get("sortBy", {}).get("enum", ()) if ordered else ():
                yield method, path, {"sortBy": name, "sortOrder": "asc"}


MORE = [
    ("get", "/process-instance", {"variables": "n_eq_1"}),
    ("get", "/process-instance", {"activityIdIn": "t"}),
    ("get", "/process-instance", {"withIncident": "true"}),
    ("get", "/process-instance/overview", {"waiting": "true"}),
    ("get", "/process-instance/overview", {"variables": "n_eq_1"}),
    ("get", "/process-definition/statistics", {"incidents": "true", "failedJobs": "true"}),
    ("get", "/task", {"assignee": "ann"}),
    ("get", "/task", {"candidateGroup": "sales", "includeAssignedTasks": "true"}),
    ("get", "/task", {"candidateUser": "bob", "includeAssignedTasks": "true"}),
    ("get", "/task", {"processVariables": "n_eq_1"}),
    ("get", "/execution", {"activityId": "t"}),
    ("get", "/execution", {"messageEventSubscriptionName": "Paid"}),
    ("get", "/external-task", {"topicName": "work"}),
    ("get", "/job", {"timers": "true"}),
    ("get", "/history/activity-instance", {"activityId": "t"}),
    ("get", "/history/process-instance", {"variables": "n_eq_1"}),
]


@cache
def describe_paths() -> dict[str, Any]:
    return describe(GROUPS)["paths"]


def ask_all(api: Api, *, ordered: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for method, path, query in (
        *list_requests(ordered=ordered),
        *((m, f"/engine-rest{path}", q) for m, path, q in MORE),
    ):
        more: dict[str, Any] = {"json": {}} if method == "post" else {}
        answer = api.client.open(path, method=method.upper(), query_string=query, **more)
        found[f"{method} {path} {query}"] = answer.get_json() if answer.status_code == 200 else answer.text
    return found


def select(answers: dict[str, Any], instance_id: str) -> dict[str, list[Any]]:
    """The items of each list that name the instance. The audit names it also when it is gone."""
    lists = {name: answer for name, answer in answers.items() if isinstance(answer, list) and "/audit" not in name}
    return {name: [item for item in items if instance_id in str(item)] for name, items in lists.items()}


@pytest.fixture
def whole(engine: Engine) -> tuple[Engine, Api]:
    return engine, make_api(engine)


def make_api(engine: Engine) -> Api:
    return Api(create_app(engine, WebSettings(hosts=None, max_long_poll_ms=1)).test_client(), engine)


def start(api: Api, key: str) -> str:
    data = {"deployment-name": key, "data": (io.BytesIO(make_model(key)), f"{key}.bpmn")}
    api.call("POST", "/deployment/create", data=data, content_type="multipart/form-data")
    return api.start(key, f"of-{key}", n=1, text="x")


@pytest.mark.slow
@pytest.mark.parametrize("damage", list(DAMAGES))
def test_one_damaged_instance_fails_no_list_and_hides_no_other(
    whole: tuple[Engine, Api], valkey: str, damage: str
) -> None:
    engine, api = whole
    good, bad = start(api, "good"), start(api, "bad")
    before = select(ask_all(api), good)
    assert sum(bool(items) for items in before.values()) > 25
    DAMAGES[damage](engine, bad)
    other = assemble(Settings(redis_url=valkey, partitions=4))
    try:
        again = make_api(other)

        answers = ask_all(again, ordered=True)

        assert {name: answer for name, answer in answers.items() if isinstance(answer, str)} == {}
        assert {name: items for name, items in select(answers, good).items() if name in before} == before
        kinds = list_incidents(again, bad)
        check_batches(again, good)
        assert damage in SILENT or "damaged" in kinds | list_incidents(again, bad)
        check_deletion(again, good, bad)
    finally:
        other.close()


def test_the_stream_of_all_goes_on_beside_a_damaged_instance(whole: tuple[Engine, Api], valkey: str) -> None:
    engine, api = whole
    good, bad = start(api, "good"), start(api, "bad")
    spoil(engine, bad, *"htvxujmi")
    other = assemble(Settings(redis_url=valkey, partitions=4))
    settings = WebSettings(hosts=None, heartbeat_seconds=10)
    chunks = everything.stream_frames(other, settings, OpenRequests(), None, None, False)
    try:
        found = messages(chunks)
        assert next(found).event == "snapshot"
        other.mailbox.report_unreadable(bad)
        other.mailbox.submit(good, SetVariables(set={"k": 1}))
        seen: set[str] = set()
        while good not in seen:
            seen |= {item["id"] for item in next(found).data["instances"]}
    finally:
        chunks.close()  # type: ignore[attr-defined]
        other.close()


def list_incidents(api: Api, instance_id: str) -> set[str]:
    return {item["incidentType"] for item in api.get("/incident") if item["processInstanceId"] == instance_id}


def check_batches(api: Api, good: str) -> None:
    """What is done with many at once is done with the good one."""
    assert good in {task["processInstanceId"] for task in api.fetch()}
    statistics = api.get("/process-definition/key/good/statistics", incidents="true")
    assert {item["id"] for item in statistics} >= {"t", "u", "w", "m"}
    api.put("/process-instance/suspended", {"suspended": True, "processInstanceQuery": {}})
    assert api.get(f"/process-instance/{good}")["suspended"]
    api.put("/process-instance/suspended", {"suspended": False, "processInstanceQuery": {}})
    api.put("/external-task/retries", {"retries": 5, "externalTaskQuery": {}})
    assert 5 in {task["retries"] for task in api.get("/external-task") if task["processInstanceId"] == good}
    api.run_batch("/process-instance/variables-async", {"variables": {"k": {"value": 1}}, "processInstanceQuery": {}})
    assert api.get(f"/process-instance/{good}/variables/k")["value"] == 1
    api.run_batch("/job/retries", {"retries": 7, "jobQuery": {}})
    assert 7 in {job["retries"] for job in api.get("/job", processInstanceId=good)}
    api.run_batch("/incident/resolve", {"incidentQuery": {}})
    api.post("/signal", {"name": "Alarm"}, 204)
    keys_ = {"correlationKeys": {"n": {"value": 1}, "text": {"value": "x"}}}
    api.post("/message", {"messageName": "Paid", "all": True, **keys_}, 204)
    assert api.get("/event-subscription", processInstanceId=good) == []


def check_deletion(api: Api, good: str, bad: str) -> None:
    """The bad one goes, and nothing of it stays in any list but its own history."""
    api.delete(f"/process-instance/{bad}", 204)
    answers = ask_all(api)
    open_lists = {name: items for name, items in select(answers, bad).items() if "/history/" not in name}
    assert {name for name, items in open_lists.items() if items} <= {
        name for name in open_lists if "/process-instance/overview" in name
    }
    if any(bad in str(item) for item in api.get("/history/process-instance")):
        api.delete(f"/history/process-instance/{bad}", 204)
    assert {name for name, items in select(ask_all(api), bad).items() if items} == set()
    assert api.get(f"/process-instance/{good}")["id"] == good
