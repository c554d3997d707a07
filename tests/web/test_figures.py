"""What an overview shows: throughput, topics without workers, the store and the processes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from flask import Flask

from baton.model.records import InstanceHeader
from baton.service import Engine, Settings, assemble
from baton.store.lists import Lists
from baton.web import WebSettings, create_app
from tests.web.conftest import Api, BufferedClient

BEGIN = 1_795_867_200_000
"""2026-11-28T12:00:00Z."""
MINUTE, HOUR = 60_000, 3_600_000


class Times:
    """The clock of the engine; it stands still until it is set."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def engine(valkey: str, times: Times) -> Iterator[Engine]:
    engine = assemble(Settings(redis_url=valkey, partitions=4, clock=times))
    yield engine
    engine.close()


@pytest.fixture
def app(engine: Engine) -> Flask:
    app = create_app(engine, WebSettings(hosts=None))
    app.test_client_class = BufferedClient
    return app


def test_starts_and_ends_are_counted_by_minute_with_how_long_they_took(api: Api, times: Times) -> None:
    api.deploy("person")
    first, second = api.start("person", "A"), api.start("person", "B")
    times.now = BEGIN + 2 * MINUTE
    api.start("person", "C")
    for instance, minutes in ((first, 3), (second, 5)):
        times.now = BEGIN + minutes * MINUTE
        (task,) = api.get("/task", processInstanceId=instance)
        api.post(f"/task/{task['id']}/complete", {}, 204)
    points = api.get("/metrics/throughput")
    assert len(points) == 60
    assert points[-1]["at"] == "2026-11-28T12:05:00.000Z"
    told = {point["at"][11:16]: (point["started"], point["ended"], point["meanDuration"]) for point in points}
    assert {minute: figures for minute, figures in told.items() if figures != (0, 0, None)} == {
        "12:00": (2, 0, None),
        "12:02": (1, 0, None),
        "12:03": (0, 1, 3 * MINUTE),
        "12:05": (0, 1, 5 * MINUTE),
    }


def test_hours_hold_what_their_minutes_held_and_go_after_a_day(api: Api, times: Times) -> None:
    api.deploy("person")
    api.start("person", "A")
    times.now = BEGIN + HOUR
    (task,) = api.get("/task")
    api.post(f"/task/{task['id']}/complete", {}, 204)
    points = api.get("/metrics/throughput", per="hour")
    assert len(points) == 24
    assert points[-2] == {"at": "2026-11-28T12:00:00.000Z", "started": 1, "ended": 0, "meanDuration": None}
    assert points[-1] == {"at": "2026-11-28T13:00:00.000Z", "started": 0, "ended": 1, "meanDuration": HOUR}
    times.now = BEGIN + 24 * HOUR
    assert sum(point["started"] + point["ended"] for point in api.get("/metrics/throughput", per="hour")) == 1


def test_an_instance_that_ends_at_once_is_counted_as_both(api: Api) -> None:
    api.deploy("work")
    instance = api.start("work")
    api.post(f"/process-instance/{instance}/cancel", {}, 204)
    point = api.get("/metrics/throughput")[-1]
    assert (point["started"], point["ended"], point["meanDuration"]) == (1, 1, 0)


def test_those_that_ended_last_are_listed_by_reading_only_them(
    api: Api, times: Times, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.deploy("work")
    ended: list[str] = []
    for minute in range(6):
        times.now = BEGIN + minute * MINUTE
        ended.append(api.start("work"))
        api.post(f"/process-instance/{ended[-1]}/cancel", {}, 204)
    read: list[str] = []
    get_headers = Lists.get_headers

    def note(lists: Lists, ids: Sequence[str]) -> list[InstanceHeader]:
        read.extend(ids)
        return get_headers(lists, ids)

    monkeypatch.setattr(Lists, "get_headers", note)
    page = api.get(
        "/process-instance/overview",
        state="completed,cancelled,terminated",
        sortBy="endedAt",
        sortOrder="desc",
        firstResult=1,
        maxResults=2,
    )
    assert [item["id"] for item in page] == [ended[4], ended[3]] == read


def test_a_topic_says_what_waits_in_it_and_who_asked_for_it_last(api: Api, times: Times) -> None:
    api.deploy("work")
    assert api.get("/external-task/topic") == []
    api.start("work")
    times.now = BEGIN + 2 * MINUTE
    api.start("work")
    (topic,) = api.get("/external-task/topic")
    assert topic == {
        "topicName": "work",
        "waiting": 2,
        "waitingSince": "2026-11-28T12:00:00.000Z",
        "lastFetch": None,
        "lastWorkerId": None,
        "hasWorker": False,
    }
    body = {"workerId": "w7", "maxTasks": 1, "topics": [{"topicName": "work", "lockDuration": 60_000}]}
    assert len(api.post("/external-task/fetchAndLock", body)) == 1
    (topic,) = api.get("/external-task/topic")
    assert (topic["waiting"], topic["lastWorkerId"], topic["hasWorker"]) == (1, "w7", True)
    times.now += MINUTE
    (topic,) = api.get("/external-task/topic")
    assert (topic["lastFetch"], topic["hasWorker"]) == ("2026-11-28T12:02:00.000Z", False)


def test_the_status_tells_of_the_store_and_the_processes(api: Api, engine: Engine) -> None:
    status = api.get("/status")
    assert status["storeMemory"] > 0
    assert (status["outbox"], status["lastProgress"], status["watchdogLooked"]) == (0, None, None)
    engine.record_progress()
    assert api.get("/status")["lastProgress"] == "2026-11-28T12:00:00.000+0000"
