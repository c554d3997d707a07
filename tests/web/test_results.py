"""Starting an instance and waiting for its result: ended and still running look different."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.web.conftest import Api

ENDED, STILL_RUNNING = 200, 202


def ask(api: Api, path: str, expect: int) -> Any:
    return api.post(path, {"businessKey": "A-1", "variables": {"amount": {"value": 49}}}, expect)


@pytest.fixture
def work(api: Api) -> Api:
    api.deploy("work")
    return api


def test_an_instance_that_ends_in_time_is_answered_with_its_variables(work: Api) -> None:
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask, work, "/process-definition/key/work/start-and-wait?timeout=60000", ENDED)
        tasks = work.fetch(asyncResponseTimeout=60_000)
        work.complete(tasks[0], receipt="R-1")
        answer = asked.result(60)
    assert (answer["ended"], answer["state"], answer["businessKey"]) == (True, "completed", "A-1")
    assert answer["variables"]["receipt"]["value"] == "R-1"
    assert answer["variables"]["amount"]["value"] == 49


def test_an_instance_that_takes_longer_is_still_running(work: Api) -> None:
    answer = ask(work, "/process-definition/key/work/start-and-wait?timeout=0", STILL_RUNNING)
    assert (answer["ended"], answer["state"], answer["variables"]) == (False, "active", None)
    path = f"/process-instance/{answer['id']}/result"
    assert work.get(path, STILL_RUNNING, timeout=1)["id"] == answer["id"]
    work.complete(work.fetch()[0])
    assert work.get(path, ENDED)["endElement"] == "End"


def test_a_repeated_start_with_the_same_key_starts_once(work: Api) -> None:
    path, key = "/process-definition/key/work/start-and-wait?timeout=0", {"Idempotency-Key": "k-1"}
    first = work.post(path, {}, STILL_RUNNING, headers=key)
    assert work.post(path, {}, STILL_RUNNING, headers=key) == first
    assert work.get("/process-instance/count")["count"] == 1


def test_what_is_not_there_is_not_waited_for(work: Api) -> None:
    work.get("/process-instance/00000000000000-00/result", 404)
    work.post("/process-definition/key/nothing/start-and-wait", {}, 404)
    work.post("/process-definition/key/work/start-and-wait?timeout=soon", {}, 400)
