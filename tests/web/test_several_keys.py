"""While encryption keys are changed, what one key sealed is migrated, restarted and done by batches under another."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from baton.service import Engine, Settings, assemble
from baton.web import WebSettings, create_app
from tests.service.processes import bpmn, external, line
from tests.web.conftest import Api
from tests.web.test_migration import FIRST, SECOND, deploy, generate

OLD, NEW = (f"{number}:{b64encode(bytes([number]) * 32).decode()}" for number in (1, 2))
BOTH, OTHER_WAY = f"{NEW},{OLD}", f"{OLD},{NEW}"
Open = Callable[[str], Api]


@pytest.fixture
def open_api(valkey: str) -> Iterator[Open]:
    """An application of its own for each text of keys, as each is a process of its own."""
    opened: list[Engine] = []

    def open_one(keys: str) -> Api:
        engine = assemble(Settings(redis_url=valkey, partitions=2, encryption_keys=keys, cached_instances=0))
        opened.append(engine)
        return Api(create_app(engine, WebSettings(hosts=None)).test_client(), engine)

    yield open_one
    for engine in opened:
        engine.close()


def seal_all(api: Api) -> None:
    part = api.post("/encryption/seal")
    while part["cursor"] is not None:
        part = api.post("/encryption/seal", {"cursor": part["cursor"]})


def finish_all(api: Api) -> None:
    """Everybody does what is to be done."""
    for task in api.get("/task"):
        api.post(f"/task/{task['id']}/complete", {"variables": {"seen": {"value": True}}}, 204)
    while tasks := api.fetch():
        for task in tasks:
            api.complete(task)


def list_visited(api: Api, instance: str) -> list[str]:
    rows = api.get("/history/activity-instance", processInstanceId=instance)
    return [row["activityId"] for row in rows]


def test_an_instance_of_the_old_key_is_migrated_under_both_and_ends_under_the_new_one(open_api: Open) -> None:
    # given
    old = open_api(OLD)
    source = deploy(old, FIRST)
    instances = [old.start("moving", secret="x") for _ in range(3)]
    both = open_api(BOTH)
    target = deploy(both, SECOND)

    # when
    plan = generate(both, source, target)
    both.post("/migration/execute", {"migrationPlan": plan, "processInstanceIds": instances[:1]}, 204)
    both.run_batch("/migration/executeAsync", {"migrationPlan": plan, "processInstanceIds": instances[1:2]})
    # Another process still writes with the old key: hosts change one after the other.
    late = open_api(OTHER_WAY)
    late.post("/migration/execute", {"migrationPlan": plan, "processInstanceIds": instances[2:]}, 204)
    for instance in instances:
        both.put(f"/process-instance/{instance}/variables/n", {"value": 1}, 204)
    seal_all(both)

    # then
    new = open_api(NEW)
    assert {new.get(f"/process-instance/{instance}")["definitionId"] for instance in instances} == {target}
    assert {new.get(f"/process-instance/{instance}/variables/secret")["value"] for instance in instances} == {"x"}
    finish_all(new)
    for instance in instances:
        assert {"wait", "work", "more"} <= set(list_visited(new, instance))
        assert new.get(f"/history/process-instance/{instance}")["state"] == "COMPLETED"


def test_a_batch_of_the_old_key_is_done_under_both_and_its_failures_are_repeated_under_the_new_one(
    open_api: Open,
) -> None:
    # given
    old = open_api(OLD)
    source = deploy(old, FIRST)
    instances = [old.start("moving") for _ in range(4)]
    target = deploy(old, SECOND)
    plan = generate(old, source, target)
    old.put(f"/process-instance/{instances[0]}/suspended", {"suspended": True}, 204)
    old.post(f"/process-instance/{instances[1]}/modification", CANCEL_WAIT_START_WORK, 204)
    partial = {**plan, "instructions": [item for item in plan["instructions"] if item["sourceActivityIds"] == ["wait"]]}
    batch = old.post("/migration/executeAsync", {"migrationPlan": partial, "processInstanceIds": instances}, 200)

    # when
    both = open_api(BOTH)
    both.run_batches()
    seal_all(both)
    new = open_api(NEW)
    failures = new.get(f"/batch/{batch['id']}/failures")
    new.post(f"/process-instance/{instances[1]}/modification", CANCEL_WORK_START_WAIT, 204)
    new.post(f"/batch/{batch['id']}/retry", {}, 200)
    new.run_batches()

    # then
    assert [item["id"] for item in failures] == [instances[1]]
    assert new.get("/process-instance/count", processDefinitionId=target)["count"] == 4
    assert new.get("/history/batch", batchId=batch["id"])[0]["endTime"] is not None


def test_what_ended_under_the_old_key_begins_again_under_both(open_api: Open) -> None:
    # given
    old = open_api(OLD)
    definition = deploy(old, bpmn(line(external("work")), key="again"))
    ended = [old.start("again", f"A-{number}", amount=number) for number in range(2)]
    for task in old.fetch():
        old.complete(task)
    both = open_api(BOTH)
    step = {"instructions": [{"type": "startBeforeActivity", "activityId": "work"}]}

    # when
    both.post(f"/process-definition/{definition}/restart", {**step, "processInstanceIds": ended[:1]}, 204)
    both.run_batch(f"/process-definition/{definition}/restart-async", {**step, "processInstanceIds": ended[1:]})

    # then
    begun = {it["businessKey"]: it["id"] for it in both.get("/process-instance")}
    amounts = {key: both.get(f"/process-instance/{id_}/variables/amount")["value"] for key, id_ in begun.items()}
    assert amounts == {"A-0": 0, "A-1": 1}
    finish_all(both)
    for instance in begun.values():
        assert both.get(f"/history/process-instance/{instance}")["state"] == "COMPLETED"


def test_a_task_without_a_process_is_found_by_its_id_whichever_key_sealed_it(open_api: Open) -> None:
    # given
    open_api(OLD).post("/task/create", {"id": "call-ann", "name": "A"}, 204)
    both = open_api(BOTH)

    # when
    both.post("/task/call-ann/claim", {"userId": "bob"}, 204)
    seal_all(both)

    # then
    new = open_api(NEW)
    assert new.get("/task/call-ann")["assignee"] == "bob"
    new.post("/task/create", {"id": "call-ann", "name": "A"}, 204)
    new.post("/task/call-ann/complete", {}, 204)
    assert new.get("/history/task", taskId="call-ann")[0]["deleteReason"] == "completed"


def modify(cancelled: str, started: str) -> dict[str, Any]:
    steps = [{"type": "cancel", "activityId": cancelled}, {"type": "startBeforeActivity", "activityId": started}]
    return {"instructions": steps}


CANCEL_WAIT_START_WORK, CANCEL_WORK_START_WAIT = modify("wait", "work"), modify("work", "wait")
