"""The live stream: snapshot, deltas without gaps, resuming, and what it does when it cannot."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from baton.service import Engine, LiveBatch
from baton.web import WebSettings, create_app
from baton.web.open_requests import LOOK_AGAIN_S, OpenRequests
from baton.web.stream import everything, instance
from baton.web.stream.sse import HEARTBEAT
from tests.web.conftest import Api
from tests.web.sse import Message, messages

SETTINGS = WebSettings(hosts=None, heartbeat_seconds=10)


@contextmanager
def stream(engine: Engine, id: str, after: int | None = None) -> Iterator[Iterator[Message]]:
    chunks = instance.stream_frames(engine, SETTINGS, OpenRequests(), id, after)
    yield messages(chunks)
    chunks.close()  # type: ignore[attr-defined]


@pytest.fixture
def running(api: Api) -> str:
    api.deploy("work")
    return api.start("work", "A-1", amount=12)


def test_a_snapshot_comes_first_and_then_events_without_gaps(api: Api, engine: Engine, running: str) -> None:
    with stream(engine, running) as found:
        first = next(found)
        assert (first.event, first.id) == ("snapshot", str(first.data["position"]))
        assert first.data == {**api.get(f"/process-instance/{running}/snapshot"), "at": first.data["at"]}
        api.put(f"/process-instance/{running}/variables/note", {"value": "x"})
        (task,) = api.fetch()
        api.complete(task, result=7)
        seen: list[dict[str, Any]] = []
        delta = first
        while "InstanceEnded" not in [event["type"] for event in seen]:
            delta = next(found)
            assert delta.event == "events"
            assert delta.id == str(delta.data["position"])
            seen += delta.data["events"]
        assert [event["position"] for event in seen] == list(
            range(first.data["position"] + 1, first.data["position"] + 1 + len(seen))
        )
        assert delta.data["header"]["state"] == "completed"
        assert [*first.data["history"]["events"], *seen] == api.get(f"/process-instance/{running}/history")


def test_an_element_tells_its_parent_only_inside_of_a_scope(api: Api) -> None:
    api.deploy("nested")
    id = api.start("nested")
    entered = [it for it in api.get(f"/process-instance/{id}/history") if it["type"] == "ElementEntered"]
    numbers = {it["token"] for it in entered}
    outside = [it for it in entered if "parent" not in it["data"]]
    inside = [it for it in entered if "parent" in it["data"]]
    assert outside
    assert inside
    assert all(it["data"]["parent"] in numbers for it in inside)
    assert all(set(it["data"]) <= {"parent", "called", "body"} for it in entered)


def test_a_client_that_resumes_gets_what_it_missed_and_no_snapshot(api: Api, engine: Engine, running: str) -> None:
    position = api.get(f"/process-instance/{running}/snapshot")["position"]
    api.put(f"/process-instance/{running}/variables/note", {"value": "x"})
    with stream(engine, running, after=position) as found:
        missed = next(found)
    assert missed.event == "events"
    assert [event["position"] for event in missed.data["events"]] == [position + 1]
    assert missed.data["events"][0]["data"]["set"]["note"]["value"] == "x"


def test_a_client_that_resumes_from_a_position_that_never_was_begins_anew(engine: Engine, running: str) -> None:
    with stream(engine, running, after=10_000) as found:
        assert next(found).event == "resync"
        assert next(found).event == "snapshot"


def test_a_client_that_missed_too_much_begins_anew(
    engine: Engine, running: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "RESUMABLE", 2)
    with stream(engine, running, after=1) as found:
        resync, snapshot = next(found), next(found)
    assert resync.data == {"reason": "trimmed"}
    assert snapshot.event == "snapshot"


def test_silence_is_filled_with_heartbeats(engine: Engine, running: str) -> None:
    settings = SETTINGS.model_copy(update={"heartbeat_seconds": 0.05})
    chunks = instance.stream_frames(engine, settings, OpenRequests(), running, None)
    heard = [next(chunks) for _ in range(3)]
    chunks.close()  # type: ignore[attr-defined]
    assert heard[0].startswith(b"retry:")
    assert heard[2] == HEARTBEAT


def test_the_stream_of_all_tells_the_latest_header_of_each_instance(api: Api, engine: Engine) -> None:
    api.deploy("work", "person")
    chunks = everything.stream_frames(engine, SETTINGS, OpenRequests(), "work", None, False)
    found = messages(chunks)
    assert next(found).data["counts"] == {"active": 0, "suspended": 0, "incidents": 0}
    api.start("person")
    id = api.start("work", "A-1")
    delta = next(found)
    chunks.close()  # type: ignore[attr-defined]
    assert [item["id"] for item in delta.data["instances"]] == [id]
    assert delta.data["instances"][0]["tokens"] == {"Do": 1}
    assert {item["instanceId"] for item in delta.data["events"]} == {id}
    assert "VariablesChanged" not in [item["type"] for item in delta.data["events"]]


def test_a_connection_that_resumes_the_stream_of_all_is_told_to_load_again(engine: Engine) -> None:
    chunks = everything.stream_frames(engine, SETTINGS, OpenRequests(), None, None, True)
    found = messages(chunks)
    assert [next(found).event, next(found).event] == ["resync", "snapshot"]
    chunks.close()  # type: ignore[attr-defined]


def test_streams_are_bounded_and_give_their_place_back(api: Api, engine: Engine, running: str) -> None:
    client = create_app(engine, SETTINGS.model_copy(update={"max_streams": 1})).test_client()
    path = f"/engine-rest/process-instance/{running}/stream"
    first = client.get(path)
    assert first.mimetype == "text/event-stream"
    assert first.headers["X-Accel-Buffering"] == "no"
    second = client.get(path)
    assert (second.status_code, second.headers["Retry-After"]) == (503, "5")
    first.close()
    third = client.get(path)
    assert third.status_code == 200
    third.close()


def test_an_application_that_stops_ends_its_own_streams_and_leaves_those_of_others(
    engine: Engine, running: str
) -> None:
    stopping, other = (create_app(engine, SETTINGS) for _ in range(2))
    path = f"/engine-rest/process-instance/{running}/stream"
    with stopping.test_client().get(path) as ended, other.test_client().get(path) as goes_on:
        stopping.extensions["baton"].open_requests.stop()
        assert [message.event for message in messages(ended.iter_encoded())] == ["snapshot"]
        assert next(messages(goes_on.iter_encoded())).event == "snapshot"
    assert stopping.test_client().get("/readyz").status_code == 503
    assert other.test_client().get("/readyz").status_code == 200


def test_published_events_are_listed_and_streamed(api: Api, engine: Engine) -> None:
    assert api.get("/published") == []
    response = api.call("GET", "/published", 200, headers={"Accept": "text/event-stream"})
    assert response.mimetype == "text/event-stream"
    response.close()


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
@pytest.mark.parametrize("cursor", ["yesterday", "1-", "-", "9" * 40])
def test_what_is_no_cursor_of_a_published_event_is_refused(api: Api, accept: str, cursor: str) -> None:
    refused = [
        api.call("GET", "/published", 400, query_string={"after": cursor}, headers={"Accept": accept}),
        api.call("GET", "/published", 400, headers={"Accept": accept, "Last-Event-ID": cursor}),
    ]

    assert all("cursor of a published event" in answer["message"] for answer in refused)


def test_a_stream_that_rests_ends_as_soon_as_the_process_stops(engine: Engine, running: str) -> None:
    settings = WebSettings(hosts=None, heartbeat_seconds=600)
    opened = OpenRequests()
    chunks = instance.stream_frames(engine, settings, opened, running, None)
    found = messages(chunks)
    assert next(found).event == "snapshot"
    ended = threading.Event()
    waiting = threading.Thread(target=lambda: (list(found), ended.set()))
    waiting.start()

    opened.stop()

    # Less than the seconds after which it would have looked by itself.
    assert ended.wait(LOOK_AGAIN_S - 1)
    waiting.join()


def test_a_listener_that_overflows_while_it_waits_is_told_at_once(engine: Engine) -> None:
    listener = engine.live.subscribe()
    heard = queue.SimpleQueue[object]()
    waiting = threading.Thread(target=lambda: heard.put(listener.wait_for_batch(60)))
    waiting.start()

    listener.report_overflow()

    batch = heard.get(timeout=10)
    assert isinstance(batch, LiveBatch)
    assert (batch.items, listener.overflowed) == ((), True)
    waiting.join()
    listener.close()
