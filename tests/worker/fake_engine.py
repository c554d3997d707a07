"""An engine whose answers tests set: HTTP without a process."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Any]


class FakeEngine:
    """``offer`` puts a task where fetchAndLock finds it; ``requests`` holds all others as (path, body, headers)."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, Any], dict[str, str]]] = []
        self.fetches: list[dict[str, Any]] = []
        self.answers: dict[str, Callable[[dict[str, Any]], Answer | None]] = {}
        self.fetch_answers: list[Any] = []
        """What the next fetches are answered with, in place of tasks."""
        self._tasks: list[dict[str, Any]] = []
        self._changed = threading.Condition()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.engine = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/engine-rest"

    def close(self) -> None:
        with self._changed:
            self._tasks.clear()
            self._changed.notify_all()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def offer(self, task_id: str, topic: str = "work", **fields: Any) -> None:
        task = {
            "id": task_id,
            "topicName": topic,
            "activityId": "Work",
            "processInstanceId": "0123456789abcdef-07",
            "processDefinitionId": "order:1:d",
            "processDefinitionKey": "order",
            "businessKey": "A-1",
            "retries": None,
            "priority": 0,
            "variables": {},
            **fields,
        }
        with self._changed:
            self._tasks.append(task)
            self._changed.notify_all()

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.requests]

    def wait_for(self, path: str, count: int = 1, seconds: float = 10.0) -> list[dict[str, Any]]:
        """The bodies sent to ``path``, once there are ``count`` of them."""
        with self._changed:
            arrived = self._changed.wait_for(lambda: self.paths().count(path) >= count, seconds)
        assert arrived, f"{count} x {path} expected, but found {self.paths()}"
        return [body for sent, body, _ in self.requests if sent == path]

    def wait_until_fetching(self, seconds: float = 10.0) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: bool(self.fetches), seconds)

    def answer(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> Answer | None:
        if path == "/external-task/fetchAndLock" and self.fetch_answers:
            return 200, self.fetch_answers.pop(0)
        if path == "/external-task/fetchAndLock":
            return 200, self._fetch(body)
        with self._changed:
            self.requests.append((path, body, headers))
            self._changed.notify_all()
        told = self.answers.get(path)
        return told(body) if told else (204, None)

    def _fetch(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        topics = {topic["topicName"] for topic in body["topics"]}

        def wanted() -> list[dict[str, Any]]:
            return [task for task in self._tasks if task["topicName"] in topics][: body["maxTasks"]]

        with self._changed:
            self.fetches.append(body)
            self._changed.notify_all()
            self._changed.wait_for(wanted, min(body["asyncResponseTimeout"], 500) / 1000)
            found = wanted()
            for task in found:
                self._tasks.remove(task)
        return [{**task, "workerId": body["workerId"]} for task in found]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    engine: FakeEngine


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(content or b"{}") if self.headers.get("Content-Type") == "application/json" else {}
        path = self.path.removeprefix("/engine-rest").partition("?")[0]
        assert isinstance(self.server, _Server)
        answer = self.server.engine.answer(path, body, dict(self.headers))
        if answer is None:  # the connection is lost before the answer
            self.close_connection = True
            return
        content = json.dumps(answer[1]).encode() if answer[1] is not None else b""
        self.send_response(answer[0])
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_PUT = do_POST

    def log_message(self, format: str, *args: Any) -> None:
        pass
