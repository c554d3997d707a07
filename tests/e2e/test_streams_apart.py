"""Live streams in a process of their own: it takes connections over, and all that holds for streams holds there."""

from __future__ import annotations

import os
import re
import signal
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from http.client import HTTPException, HTTPResponse
from pathlib import Path

import pytest
import requests

from baton.worker import Rest
from tests.running import Baton, running, until
from tests.web import diagrams
from tests.web.sse import messages

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

PASSWORD = "correct horse battery"
PATIENCE = 120
VIEWERS, CHANGES = 8, 60


@pytest.fixture(scope="module")
def baton() -> Iterator[Baton]:
    """One that hands all streams over and requires sign-in; its ``rest`` may do everything."""
    with running("--no-samples", "--sign-in", env={"BATON_STREAMS_KEPT": "0"}) as baton:
        link = re.search(r"first-administrator\?token=(\S+)", baton.output)
        assert link is not None, baton.output
        baton.rest.post("/first-administrator", {"token": link[1], "id": "boss", "password": PASSWORD})
        session = requests.Session()
        session.post(f"{baton.url}/engine-rest/sign-in", json={"id": "boss", "password": PASSWORD}, timeout=PATIENCE)
        body = {"name": "tests", "roles": ["administrator"]}
        made = session.post(f"{baton.url}/engine-rest/api-key/create", json=body, timeout=PATIENCE).json()
        baton.rest = Rest(baton.rest.url, api_key=made["key"])
        deploy(baton)
        yield baton


def deploy(baton: Baton) -> None:
    files = {name: (f"{name}.bpmn", diagrams.BY_NAME[name]) for name in ("work", "person")}
    baton.rest.request("POST", "/deployment/create", files=files)


def make_key(baton: Baton, name: str, roles: Sequence[str] = ("viewer",)) -> tuple[str, dict[str, str]]:
    """The id of a key, and the headers of who has it."""
    made = baton.rest.post("/api-key/create", {"name": name, "roles": list(roles)})
    return made["id"], {"Authorization": f"Bearer {made['key']}"}


class Viewer:
    """A connection with a stream on it; ``messages`` ends when the server has ended the stream properly."""

    def __init__(self, baton: Baton, path: str, headers: dict[str, str]) -> None:
        self._sock = socket.create_connection(("127.0.0.1", baton.port), timeout=PATIENCE)
        self.response = HTTPResponse(self._sock)
        try:
            fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            self._sock.sendall(f"GET /engine-rest{path} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n".encode())
            self.response.begin()
        except Exception:  # its process has been killed meanwhile
            self.close()
            raise
        self.messages = messages(iter(lambda: self.response.read1(65_536), b""))

    def close(self) -> None:
        self.response.close()
        self._sock.close()


@contextmanager
def watching(baton: Baton, path: str, headers: dict[str, str]) -> Iterator[Viewer]:
    viewer = Viewer(baton, path, headers)
    try:
        yield viewer
    finally:
        viewer.close()


def open_if_allowed(baton: Baton, path: str, headers: dict[str, str]) -> Viewer | None:
    viewer = Viewer(baton, path, headers)
    if viewer.response.status == 200:
        return viewer
    viewer.close()
    return None


def find_pids(baton: Baton) -> list[int]:
    """Of the processes of streams."""
    found: list[int] = []
    for pid in baton.pids():
        with suppress(FileNotFoundError):
            if b"launcher.streaming" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


def read_gauge(baton: Baton, name: str) -> float:
    """Raises EngineRefused, as long as ``until`` goes on."""
    text = str(Rest(baton.url, headers=dict(baton.rest._headers)).get("/metrics"))
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} "))


def count_requests(baton: Baton, route: str) -> float:
    """How many were answered well."""
    name = f'baton_http_requests_total{{method="GET",route="/engine-rest{route}",status="200"}}'
    with suppress(StopIteration):  # none yet
        return read_gauge(baton, name)
    return 0


def test_streams_are_served_by_a_process_of_their_own_and_counted(baton: Baton) -> None:
    _, headers = make_key(baton, "first")
    with watching(baton, "/stream", headers) as viewer:
        assert next(viewer.messages).event == "snapshot"
        started = baton.begin("person", {})
        changed = next(viewer.messages)

        assert [item["id"] for item in changed.data["instances"]] == [started]
        assert len(find_pids(baton)) == 1
        until(lambda: read_gauge(baton, "baton_live_streams_apart") == 1 or None, PATIENCE)
        assert read_gauge(baton, "baton_live_streams") == 0
        assert requests.get(f"{baton.url}/readyz", timeout=PATIENCE).json()["streamProcesses"] == 1


def test_requests_are_counted_in_all_processes_together(baton: Baton) -> None:
    _, headers = make_key(baton, "counted")
    asked, watched = (count_requests(baton, route) for route in ("/version", "/stream"))
    for _ in range(10):  # each on a connection of its own, of which both web processes get some
        requests.get(f"{baton.rest.url}/version", headers=headers, timeout=PATIENCE)
    with watching(baton, "/stream", headers) as viewer:
        assert next(viewer.messages).event == "snapshot"

    assert [count_requests(baton, "/version") for _ in range(5)] == [asked + 10] * 5
    assert count_requests(baton, "/stream") == watched + 1


def test_a_stream_that_is_refused_is_refused_there_in_the_same_words(baton: Baton) -> None:
    _, headers = make_key(baton, "refused")
    with watching(baton, "/process-instance/nothing/stream", headers) as missing:
        assert (missing.response.status, missing.response.getheader("Connection")) == (404, "close")
        assert b"nothing" in missing.response.read()
    with watching(baton, "/stream", {"Authorization": "Bearer nobody"}) as unknown:
        assert (unknown.response.status, unknown.response.getheader("X-Frame-Options")) == (401, "DENY")


def test_events_are_neither_missed_nor_repeated_when_the_process_is_killed(baton: Baton) -> None:
    _, headers = make_key(baton, "resuming")
    id_ = baton.begin("work", {})
    first = baton.snapshot(id_)["position"]
    end, seen = first + CHANGES, [list[int]() for _ in range(VIEWERS)]
    threads = [
        threading.Thread(target=follow, args=(baton, id_, headers, (first, end), positions)) for positions in seen
    ]
    for thread in threads:
        thread.start()
    until(lambda: find_pids(baton) or None, PATIENCE)
    killed: list[int] = []
    for number in range(CHANGES):
        if number % 20 == 10:
            (pid,) = until(lambda: find_pids(baton) or None, PATIENCE)
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
        baton.rest.request("PUT", f"/process-instance/{id_}/variables/n", json={"value": number, "type": "Integer"})
    for thread in threads:
        thread.join(PATIENCE)

    assert seen == [list(range(first + 1, end + 1))] * VIEWERS
    assert len(set(killed)) == 3


def follow(baton: Baton, id_: str, headers: dict[str, str], span: tuple[int, int], positions: list[int]) -> None:
    """As a browser does: connect again behind what was seen last."""
    last, end = span
    while last < end:
        again = {**headers, "Last-Event-ID": str(last)}
        with suppress(OSError, HTTPException), watching(baton, f"/process-instance/{id_}/stream", again) as viewer:
            for message in viewer.messages:
                assert message.event == "events", message.data
                positions += [event["position"] for event in message.data["events"]]
                last = positions[-1]
                if last >= end:
                    break


def test_a_stream_ends_with_the_session_of_who_watches(baton: Baton) -> None:
    session = requests.Session()
    body = {"id": "boss", "password": PASSWORD}
    session.post(f"{baton.url}/engine-rest/sign-in", json=body, timeout=PATIENCE).raise_for_status()
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in session.cookies.items())}
    with watching(baton, "/stream", cookie) as viewer:
        assert next(viewer.messages).event == "snapshot"

        session.post(f"{baton.url}/engine-rest/sign-out", json={}, timeout=PATIENCE).raise_for_status()

        assert list(viewer.messages) == []
    with watching(baton, "/stream", cookie) as refused:
        assert refused.response.status == 401


def test_a_stream_ends_when_rights_are_taken_away_and_the_next_shows_nothing_of_it(baton: Baton) -> None:
    key, headers = make_key(baton, "narrowed", roles=())
    grants = {
        name: baton.rest.post("/grant/create", {"keyId": key, "roles": ["viewer"], "processDefinitionKeys": [name]})
        for name in ("work", "person")
    }
    # What another process has changed about rights is known within a second.
    with closing(until(lambda: open_if_allowed(baton, "/stream", headers), PATIENCE)) as before:
        assert next(before.messages).event == "snapshot"

        baton.rest.request("DELETE", f"/grant/{grants['work']['id']}")

        assert list(before.messages) == []
    with watching(baton, "/stream", headers) as after:
        assert next(after.messages).event == "snapshot"
        baton.begin("work", {})
        shown = baton.begin("person", {})
        assert [item["id"] for item in next(after.messages).data["instances"]] == [shown]
