"""When history is removed, and what is taken out of it before, asked for over HTTP."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from baton.model.identity import Role
from baton.service import Engine, Settings, assemble
from baton.web import WebSettings, create_app
from tests.service.conftest import Clock
from tests.service.decisions import DISCOUNT
from tests.web.conftest import Api

DAY = 86_400_000
FAR = "2040-01-01T00:00:00.000+0000"
PAST = "2001-01-01T00:00:00.000+0000"
NOON = 1_800_014_400_000
"""A day at 12:00 UTC."""


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = NOON
    return clock


@pytest.fixture
def make(valkey: str, clock: Clock) -> Iterator[Callable[..., Api]]:
    made: list[Engine] = []

    def make_api(**more: Any) -> Api:
        engine = assemble(Settings(redis_url=valkey, partitions=4, clock=clock, **more))
        made.append(engine)
        return Api(create_app(engine, WebSettings(hosts=None)).test_client(), engine)

    yield make_api
    for engine in made:
        engine.close()


def engine_of(api: Api) -> Engine:
    assert api._engine is not None  # pyright: ignore[reportPrivateUsage]
    return api._engine  # pyright: ignore[reportPrivateUsage]


def end_one(api: Api, **variables: Any) -> str:
    instance = api.start("work", **variables)
    api.delete(f"/process-instance/{instance}", 204)
    return instance


def list_left(api: Api) -> list[str]:
    return [item["id"] for item in api.get("/history/process-instance")]


def set_ttl(api: Api, days: int | None) -> None:
    api.put("/process-definition/key/work/history-time-to-live", {"historyTimeToLive": days}, 204)


def test_an_instance_is_removed_at_the_moment_that_was_set_for_it(make: Callable[..., Api], clock: Clock) -> None:
    api = make()
    api.deploy("work")
    set_ttl(api, 5)
    early, usual, kept = end_one(api), end_one(api), end_one(api)
    path = "/history/process-instance/set-removal-time"
    shown = api.get(f"/history/process-instance/{usual}")["removalTime"]

    batch = api.run_batch(path, {"historicProcessInstanceIds": [early], "absoluteRemovalTime": PAST})
    api.run_batch(path, {"historicProcessInstanceIds": [kept], "clearedRemovalTime": True})
    engine_of(api).retention.run()

    assert batch["type"] == "process-set-removal-time"
    assert sorted(list_left(api)) == sorted([usual, kept])
    assert shown is not None
    assert api.get(f"/history/process-instance/{kept}")["removalTime"] is None
    clock.now += 6 * DAY
    engine_of(api).retention.run()
    assert list_left(api) == [kept]
    api.run_batch(path, {"historicProcessInstanceQuery": {"finished": True}, "calculatedRemovalTime": True})
    engine_of(api).retention.run()
    assert list_left(api) == []


def test_what_runs_is_not_removed_before_its_end(make: Callable[..., Api]) -> None:
    api = make()
    api.deploy("work")
    running = api.start("work")
    body = {"historicProcessInstanceIds": [running], "absoluteRemovalTime": PAST, "hierarchical": True}
    api.run_batch("/history/process-instance/set-removal-time", body)

    engine_of(api).retention.run()
    assert list_left(api) == [running]

    api.delete(f"/process-instance/{running}", 204)
    engine_of(api).retention.run()
    assert list_left(api) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"clearedRemovalTime": True},
        {"historicProcessInstanceIds": ["a"]},
        {"historicProcessInstanceIds": ["a"], "clearedRemovalTime": True, "calculatedRemovalTime": True},
        {"historicProcessInstanceIds": ["a"], "absoluteRemovalTime": FAR, "clearedRemovalTime": True},
        {"historicProcessInstanceIds": ["a"], "absoluteRemovalTime": FAR, "updateChunkSize": 501},
    ],
)
def test_a_removal_time_that_is_not_one_is_refused(api: Api, body: dict[str, Any]) -> None:
    api.post("/history/process-instance/set-removal-time", body, 400)


def test_evaluations_go_by_the_time_to_live_of_their_decision(make: Callable[..., Api], clock: Clock) -> None:
    api = make()
    data = {"file": (io.BytesIO(DISCOUNT), "discount.dmn")}
    api.call("POST", "/deployment/create", data=data, content_type="multipart/form-data")
    body = {"variables": {"total": {"value": 1}}}
    api.post("/decision-definition/key/discount/evaluate", body)

    for path in ("/key/discount", f"/{api.get('/decision-definition')[0]['id']}"):
        api.put(f"/decision-definition{path}/history-time-to-live", {"historyTimeToLive": 5}, 204)
    api.post("/decision-definition/key/discount/evaluate", body)

    assert api.get("/decision-definition")[0]["historyTimeToLive"] == 5
    assert sorted(str(item["removalTime"])[:4] for item in api.get("/history/decision-instance")) == ["2027", "None"]
    clock.now += 6 * DAY
    [report] = api.get("/history/decision-definition/cleanable-decision-instance-report")
    assert (report["finishedDecisionInstanceCount"], report["cleanableDecisionInstanceCount"]) == (2, 1)
    engine_of(api).retention.run()
    [left] = api.get("/history/decision-instance")
    query = {"historicDecisionInstanceQuery": {}, "calculatedRemovalTime": True}
    assert api.run_batch("/history/decision-instance/set-removal-time", query)["type"] == "decision-set-removal-time"
    assert left["removalTime"] is None
    engine_of(api).retention.run()
    assert api.get("/history/decision-instance") == []
    api.put("/decision-definition/key/discount/history-time-to-live", {"historyTimeToLive": -1}, 400)
    api.put("/decision-definition/key/none/history-time-to-live", {"historyTimeToLive": 1}, 404)


def test_a_batch_is_forgotten_when_it_was_said(make: Callable[..., Api]) -> None:
    api = make()
    api.deploy("work")
    instance = end_one(api)
    set_never = {"historicProcessInstanceIds": [instance], "clearedRemovalTime": True}
    first = api.run_batch("/history/process-instance/set-removal-time", set_never)["id"]
    assert api.get(f"/history/batch/{first}")["removalTime"] is not None

    body = {"historicBatchIds": [first], "absoluteRemovalTime": PAST}
    second = api.run_batch("/history/batch/set-removal-time", body)
    engine_of(api).retention.run()

    assert second["type"] == "batch-set-removal-time"
    assert [item["id"] for item in api.get("/history/batch")] == [second["id"]]
    api.post("/history/batch/set-removal-time", {"historicBatchIds": ["none"], "clearedRemovalTime": True}, 404)


def test_history_is_removed_in_its_hours_and_at_once_when_somebody_asks(make: Callable[..., Api], clock: Clock) -> None:
    api = make(cleanup_window="22:00-06:00")
    api.deploy("work")
    set_ttl(api, 0)
    end_one(api)
    clock.now += 1

    assert engine_of(api).retention.run() == 0
    assert api.get("/history/cleanup/configuration") == {
        "batchWindowStartTime": "2027-01-15T22:00:00.000+0000",
        "batchWindowEndTime": "2027-01-16T06:00:00.000+0000",
        "enabled": True,
    }
    [job] = api.get("/history/cleanup/jobs")
    assert job["dueDate"] == "2027-01-15T22:00:00.000+0000"
    assert api.post("/history/cleanup?immediatelyDue=false", expect=200)["dueDate"] == job["dueDate"]
    assert engine_of(api).retention.run() == 0

    assert api.post("/history/cleanup", expect=200)["dueDate"] == "2027-01-15T12:00:00.001+0000"
    assert engine_of(api).retention.run() == 1
    assert engine_of(api).retention.run() == 0
    assert api.get("/history/cleanup/job")["dueDate"] == job["dueDate"]

    end_one(api)
    clock.now += DAY // 2
    assert engine_of(api).retention.run() == 1


def test_a_window_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="22:00-06:00"):
        Settings(redis_url="redis://x", cleanup_window="at night")


def test_a_variable_is_taken_out_of_the_history(api: Api) -> None:
    api.deploy("work")
    instance = api.start("work", secret="canary", other=1)
    api.put(f"/process-instance/{instance}/variables/secret", {"value": "canary too"})

    api.delete(f"/history/variable-instance/{instance}:secret", 204)

    assert [item["name"] for item in api.get("/history/variable-instance", processInstanceId=instance)] == ["other"]
    assert "canary" not in str(api.get(f"/process-instance/{instance}/history"))
    assert api.get(f"/process-instance/{instance}/variables/secret")["value"] == "canary too"
    api.delete(f"/history/variable-instance/{instance}:secret", 404)
    api.delete("/history/variable-instance/none:secret", 404)
    api.put(f"/process-instance/{instance}/variables/secret", {"value": "again"})
    assert api.get(f"/history/variable-instance/{instance}:secret")["value"] == "again"


def test_all_variables_are_taken_out_of_the_history(api: Api) -> None:
    api.deploy("work")
    instance = api.start("work", one="canary", two=["canary"])
    api.delete(f"/process-instance/{instance}", 204)

    api.delete(f"/history/process-instance/{instance}/variable-instances", 204)

    assert api.get("/history/variable-instance", processInstanceId=instance) == []
    assert "canary" not in str(api.get(f"/process-instance/{instance}/history"))
    assert api.get(f"/history/process-instance/{instance}")["state"] == "EXTERNALLY_TERMINATED"
    api.delete("/history/process-instance/0123456789abcdef-00/variable-instances", 404)


def test_nothing_is_taken_out_under_legal_hold(api: Api, engine: Engine) -> None:
    api.deploy("work")
    instance = api.start("work", one="canary")
    engine.holds.place(instance, "", None)

    api.delete(f"/history/process-instance/{instance}/variable-instances", 409)
    api.delete(f"/history/variable-instance/{instance}:one", 409)

    assert len(api.get("/history/variable-instance", processInstanceId=instance)) == 1


def test_a_note_is_written_on_what_somebody_did(valkey: str) -> None:
    engine = assemble(Settings(redis_url=valkey, partitions=4))
    client = create_app(engine, WebSettings(hosts=None, sign_in="required")).test_client()
    key, _ = engine.accounts.create_key("operator", [Role.ADMINISTRATOR])
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    api = Api(client, engine)
    api.deploy("work")
    instance = api.start("work")
    [entry] = api.get("/history/user-operation", processInstanceId=instance)
    path = f"/history/user-operation/{entry['operationId']}"

    api.put(f"{path}/set-annotation", {"annotation": "by phone"}, 204)
    assert api.get("/history/user-operation", processInstanceId=instance)[0]["annotation"] == "by phone"
    api.put(f"{path}/set-annotation", {"annotation": "x" * 4_001}, 400)
    api.put(f"{path}/clear-annotation", {}, 204)
    assert api.get("/history/user-operation", processInstanceId=instance)[0]["annotation"] is None
    for id in ("none", f"{instance}.e999", f"{instance}.e2", "0123456789abcdef-00.e1"):
        api.put(f"/history/user-operation/{id}/set-annotation", {"annotation": "x"}, 400)
    engine.close()
