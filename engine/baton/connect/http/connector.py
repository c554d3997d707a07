"""The worker on the topic ``http-connector``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from baton.connect.http.calling import HttpCaller
from baton.connect.http.circuit import Breaker
from baton.connect.http.errors import CallRefused, NotAnswered
from baton.connect.http.outcome import read_outcome
from baton.connect.http.request import INPUTS, HttpRequest, read_request
from baton.connect.settings import ConnectSettings
from baton.secrets import SecretMissing, SecretResolver, SecretUnavailable
from baton.worker import AnyHandler, Failure, Task, worker

TOPIC = "http-connector"
FIRST_RETRIES = 3
"""Tries of a task that has not failed yet, where its host is not called now: that was none."""


class HttpConnector:
    def __init__(
        self,
        settings: ConnectSettings,
        caller: HttpCaller,
        hosts: Breaker,
        topics: Breaker,
        secrets: SecretResolver,
    ) -> None:
        self._settings, self._caller, self._secrets = settings, caller, secrets
        self._hosts, self._topics = hosts, topics

    def make_handler(self) -> AnyHandler:
        decorate: Callable[..., AnyHandler] = worker(
            TOPIC,
            concurrency=self._settings.http_calls_at_once,
            variables=INPUTS,
            # A name that is looked up for very long is the only thing that the deadline of a call does not end.
            timeout=self._settings.http_timeout_s + 30,
            local=True,
        )
        return decorate(self.serve)

    def serve(self, task: Task) -> dict[str, Any]:
        """Make the call of the task. Raises BpmnError, Failure."""
        try:
            request = read_request(task, self._secrets.get)
            return self._call(request, task)
        except (CallRefused, SecretMissing) as error:
            raise Failure(self._secrets.hide(str(error)), retries=0) from None
        except SecretUnavailable as error:
            raise Failure(str(error)) from None

    def _call(self, request: HttpRequest, task: Task) -> dict[str, Any]:
        target = self._caller.find_target(request)
        host = target.origin
        self._wait_for(task, host, self._hosts.ask(host))
        self._wait_for(task, f"The topic {task.topic}", self._topics.ask(task.topic))
        try:
            answer = self._caller.call(request, target)
        except NotAnswered as error:
            message = self._secrets.hide(str(error))
            self._note_failure(host, task, message)
            raise Failure(message) from None
        except CallRefused:
            self._note_success(host, task)
            raise
        if answer.status >= 500:
            self._note_failure(host, task, f"answered with {answer.status}")
        else:
            self._note_success(host, task)
        return read_outcome(request, answer, self._secrets.hide)

    def _wait_for(self, task: Task, what: str, seconds: float) -> None:
        """Raises Failure, which costs the task no retry, if something is not called yet."""
        if seconds > 0:
            retries = FIRST_RETRIES if task.retries is None else task.retries
            raise Failure(f"{what} failed too often and is not called now", retries=max(retries, 1), retry_in=seconds)

    def _note_failure(self, host: str, task: Task, message: str) -> None:
        self._hosts.note_failure(host, message)
        self._topics.note_failure(task.topic, f"{host}: {message}")

    def _note_success(self, host: str, task: Task) -> None:
        self._hosts.note_success(host)
        self._topics.note_success(task.topic)
