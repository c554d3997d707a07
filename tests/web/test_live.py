"""What Baton adds: snapshots, history, state at any moment, the ledger, the plan, rollback, cancel."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import Api


@pytest.fixture
def booked(api: Api) -> str:
    api.deploy("undo")
    instance = api.start("undo", "A-1", amount=12)
    (task,) = api.fetch("book")
    api.complete(task, booking="B-7")
    return instance


def test_a_snapshot_holds_all_that_the_page_of_an_instance_shows(api: Api, booked: str) -> None:
    shown = api.get(f"/process-instance/{booked}/snapshot")
    assert shown["header"]["state"] == "active"
    assert shown["header"]["position"] == shown["position"]
    assert [(item["element"], item["kind"]) for item in shown["tokens"]] == [("Wait", "userTask")]
    assert shown["variables"]["0"]["booking"]["value"] == "B-7"
    assert [(item["element"], item["handler"], item["state"]) for item in shown["ledger"]] == [
        ("Book", "Unbook", "undoable")
    ]
    assert [(item["token"], item["element"], item["kind"]) for item in shown["awaited"]] == [
        (shown["tokens"][0]["number"], "Wait", "person")
    ]
    assert shown["elements"]["Book"] == {"entered": 1, "completed": 1, "cancelled": 0}
    assert shown["flows"] == {"f1": 1, "f2": 1}
    assert shown["incidents"] == []
    assert shown["history"]["complete"] is True
    assert [item["position"] for item in shown["history"]["events"]] == list(range(1, shown["position"] + 1))


def test_a_snapshot_says_what_happens_next(api: Api) -> None:
    api.deploy("work", "waiting")
    worked, waits = api.start("work"), api.start("waiting", "A-1")
    (task,) = api.fetch()

    (work,) = api.get(f"/process-instance/{worked}/snapshot")["awaited"]
    assert (work["id"], work["kind"], work["name"], work["workerId"]) == (task["id"], "work", "work", "w1")
    assert work["lockedUntil"] is not None
    (message,) = api.get(f"/process-instance/{waits}/snapshot")["awaited"]
    assert (message["element"], message["kind"], message["name"], message["due"]) == (
        "Paid",
        "message",
        "Payment",
        None,
    )
    api.post("/message", {"messageName": "Payment", "businessKey": "A-1"}, 204)
    (timer,) = api.get(f"/process-instance/{waits}/snapshot")["awaited"]
    assert (timer["element"], timer["kind"]) == ("Later", "timer")
    assert timer["due"] is not None


@pytest.mark.parametrize(("how", "state"), [("completed", "kept"), ("cancelled", "discarded")])
def test_what_could_have_been_undone_cannot_be_any_more_when_the_instance_has_ended(
    api: Api, booked: str, how: str, state: str
) -> None:
    if how == "completed":
        (task,) = api.get("/task")
        api.post(f"/task/{task['id']}/complete", {}, 204)
    else:
        api.call("DELETE", f"/process-instance/{booked}", 204)

    snapshot = api.get(f"/process-instance/{booked}/snapshot")
    ledger = api.get(f"/process-instance/{booked}/ledger")

    assert snapshot["header"]["state"] == how
    assert [item["state"] for item in (*snapshot["ledger"], *ledger)] == [state, state]
    assert api.get(f"/process-instance/{booked}/compensation-plan") == []


def test_history_is_read_in_parts_and_changed_variables_are_typed(api: Api, booked: str) -> None:
    events = api.get(f"/process-instance/{booked}/history")
    part = api.get(f"/process-instance/{booked}/history", **{"from": 3, "to": 5})
    assert part == events[2:5]
    changes: list[Any] = [event["data"] for event in events if event["type"] == "VariablesChanged"]
    assert changes[0]["set"]["amount"] == {"type": "Integer", "value": 12, "valueInfo": {}}
    assert events[0]["at"].endswith("Z")


def test_the_state_at_an_earlier_event_is_told(api: Api, booked: str) -> None:
    events = api.get(f"/process-instance/{booked}/history")
    entered = next(event for event in events if event["type"] == "ElementEntered" and event["element"] == "Book")
    then = api.get(f"/process-instance/{booked}/state", at=entered["position"])
    assert [item["element"] for item in then["tokens"]] == ["Book"]
    assert "booking" not in then["variables"]["0"]
    now = api.get(f"/process-instance/{booked}/state", at=events[-1]["at"])
    assert now["variables"]["0"]["booking"]["value"] == "B-7"
    assert "at" in api.get(f"/process-instance/{booked}/state", 400)["message"]


def test_the_plan_says_what_would_be_undone_and_cancel_with_compensation_does_it(api: Api, booked: str) -> None:
    plan = api.get(f"/process-instance/{booked}/compensation-plan")
    assert [(item["order"], item["element"], item["handler"]) for item in plan] == [(1, "Book", "Unbook")]
    api.post(f"/process-instance/{booked}/cancel", {"compensate": True, "reason": "gone"}, 204)
    assert api.get(f"/process-instance/{booked}/ledger")[0]["state"] == "undoing"
    (task,) = api.fetch("unbook")
    assert task["variables"]["booking"]["value"] == "B-7"
    api.complete(task)
    row = api.get(f"/history/process-instance/{booked}")
    assert row["state"] == "EXTERNALLY_TERMINATED"
    assert api.get("/process-instance/overview", state="compensated")[0]["id"] == booked
    assert api.get(f"/process-instance/{booked}/ledger")[0]["state"] == "undone"


def test_rolling_back_undoes_and_goes_on_before_the_element(api: Api, booked: str) -> None:
    api.post(f"/process-instance/{booked}/rollback", {"to": "Book"}, 204)
    (task,) = api.fetch("unbook")
    api.complete(task)
    assert len(api.fetch("book")) == 1
    assert "to" in api.post(f"/process-instance/{booked}/rollback", {}, 400)["message"]


def test_an_undo_that_failed_is_skipped_by_an_operator(api: Api, booked: str) -> None:
    api.post(f"/process-instance/{booked}/cancel", {"compensate": True}, 204)
    (task,) = api.fetch("unbook")
    api.post(f"/external-task/{task['id']}/failure", {"workerId": "w1", "errorMessage": "no", "retries": 0}, 204)
    (entry,) = api.get(f"/process-instance/{booked}/ledger")
    assert entry["state"] == "failed"
    api.post(f"/process-instance/{booked}/ledger/{entry['seq']}/skip", {}, 204)
    assert api.get(f"/process-instance/{booked}/ledger")[0]["state"] == "skipped"
    assert api.get("/process-instance/overview", state="compensated")[0]["id"] == booked


def test_headers_tell_who_or_what_an_instance_waits_for(api: Api) -> None:
    api.deploy("work", "waiting", "person")
    worked, waits, asks = api.start("work"), api.start("waiting", "A-1"), api.start("person")

    def get_waiting(instance: str) -> str | None:
        (header,) = api.get("/process-instance/overview", processInstanceIds=instance)
        return header["waiting"]

    assert [get_waiting(item) for item in (worked, waits, asks)] == [None, "message", "person"]
    api.post("/message", {"messageName": "Payment", "businessKey": "A-1"}, 204)
    assert get_waiting(waits) == "timer"
    found = api.get("/process-instance/overview", waiting="true", sortBy="startedAt", sortOrder="asc")
    assert [item["id"] for item in found] == [waits, asks]
    assert [item["id"] for item in api.get("/process-instance/overview", waiting="false")] == [worked]
    api.delete(f"/process-instance/{waits}")
    assert get_waiting(waits) is None


def test_headers_tell_what_has_undone_its_work_from_what_has_done_it(api: Api, booked: str) -> None:
    def is_undone() -> bool:
        return api.get("/process-instance/overview", processInstanceIds=booked)[0]["undone"]

    assert not is_undone()
    api.post(f"/process-instance/{booked}/rollback", {"to": "Book"}, 204)
    assert not is_undone()
    (task,) = api.fetch("unbook")
    api.complete(task)
    assert is_undone()
    assert api.get("/process-instance/overview/count", undone="true") == {"count": 1}

    (again,) = api.fetch("book")
    api.complete(again)
    assert not is_undone()
    assert api.get("/process-instance/overview/count", undone="true") == {"count": 0}


def test_instances_are_found_by_variables_and_by_the_text_of_an_incident(api: Api) -> None:
    api.deploy("work")
    large, small = api.start("work", amount=500), api.start("work", amount=5)
    (first, *_) = api.fetch()
    failure = {"workerId": "w1", "errorMessage": "The bank answered 502", "retries": 0}
    api.post(f"/external-task/{first['id']}/failure", failure, 204)

    def find(**filters: Any) -> set[str]:
        return {item["id"] for item in api.get("/process-instance/overview", **filters)}

    assert find(variables="amount_gt_100") == {large}
    assert find(variables="amount_gt_1") == {large, small}
    assert find(incidentMessageLike="%bank%") == {first["processInstanceId"]}
    assert find(incidentMessageLike="%shop%") == set()
