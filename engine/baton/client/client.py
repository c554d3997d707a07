"""A running Baton from Python, call by call."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, cast

import requests

from baton.client import waiting
from baton.client.call import Call
from baton.client.calls import definitions, instances, work
from baton.client.shapes import (
    Definition,
    Deployment,
    Event,
    Incident,
    Instance,
    InstanceList,
    PlannedUndo,
    Problem,
    Snapshot,
    Started,
    UserTask,
)
from baton.client.sse import PAUSE, SILENCE, Follower, Message, SseReader
from baton.model.values import Value
from baton.worker.rest import BUSY, DEFAULT_URL, Rest, make_headers, normalize_url, read_refusal
from baton.worker.tls import make_session

T = TypeVar("T")


class Client:
    """Calls the Baton at ``url`` (with or without ``/engine-rest``). Safe to share between threads.

    Variables are dicts of Python values, or dataclasses and pydantic models whose fields are variables. A call is
    repeated for ``patience`` seconds while no answer comes; its idempotency key gives it one effect. ``api_key``: who
    asks, where sign-in is required; by default what BATON_API_KEY holds. ``make_session``
    makes the session of each thread, for proxies and authentication of your own; without it certificates are those of
    BATON_CA_FILE, BATON_CLIENT_CERT and BATON_CLIENT_KEY.
    Every call raises EngineRefused for what the engine refuses, and EngineUnreachable when no answer has come.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        patience: float = 10.0,
        headers: Mapping[str, str] | None = None,
        api_key: str | None = None,
        make_session: Callable[[], requests.Session] = make_session,
    ) -> None:
        self._headers = make_headers(headers, api_key)
        self._rest = Rest(normalize_url(url), headers=self._headers, make_session=make_session)
        self._patience = patience

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._rest.close()

    def deploy(
        self,
        *paths: str | Path,
        name: str | None = None,
        source: str = "python",
        tenant_id: str | None = None,
        always: bool = False,
    ) -> Deployment:
        """Deploy files, and all that can be deployed in folders. What has not changed stays, unless ``always``.

        Raises FileNotFoundError, ValueError for nothing to deploy, EngineRefused with ``body["problems"]``.
        """
        return self._send(definitions.deploy(paths, name=name, source=source, tenant_id=tenant_id, always=always))

    def check(self, *paths: str | Path) -> list[Problem]:
        """What is wrong with files, without deploying them."""
        return self._send(definitions.check(paths))

    def delete_deployment(self, deployment_id: str, *, cascade: bool = False) -> None:
        """``cascade``: its instances too."""
        self._send(definitions.delete_deployment(deployment_id, cascade=cascade))

    def list_definitions(self, **filters: Any) -> list[Definition]:
        """Filters as in the API: ``key="order", latestVersion=True``."""
        return self._send(definitions.list_definitions(filters))

    def get_bpmn(self, definition_id: str) -> str:
        """The file of a definition, as XML."""
        return self._send(definitions.get_bpmn(definition_id))

    def start(
        self,
        key: str,
        variables: object = None,
        *,
        business_key: str | None = None,
        tenant_id: str | None = None,
        unique_business_key: bool = False,
    ) -> Started:
        """Start the latest version of process ``key``. ``unique_business_key``: refuse a key that a running one has."""
        return self._send(
            definitions.start(
                key,
                variables,
                business_key=business_key,
                tenant_id=tenant_id,
                unique_business_key=unique_business_key,
            )
        )

    def start_and_wait(
        self,
        key: str,
        variables: object = None,
        *,
        timeout: float | timedelta | None = 30.0,
        business_key: str | None = None,
        tenant_id: str | None = None,
        unique_business_key: bool = False,
    ) -> Snapshot:
        """Start, and return when it has ended, however that was. Raises StillRunning after ``timeout`` seconds."""
        started = self.start(
            key,
            variables,
            business_key=business_key,
            tenant_id=tenant_id,
            unique_business_key=unique_business_key,
        )
        return self.wait(started.id, timeout)

    def wait(self, instance_id: str, timeout: float | timedelta | None = 30.0) -> Snapshot:
        """The instance once it has ended. Raises StillRunning after ``timeout`` seconds; None waits without a limit."""
        questions = waiting.make_questions(instance_id, timeout)
        while not self._send(next(questions)):
            pass
        return self.get(instance_id)

    def get(self, instance_id: str) -> Snapshot:
        """All about an instance now: where it is, variables, incidents, what it waits for, what could be undone."""
        return self._send(instances.get_snapshot(instance_id))

    def list_instances(self, **filters: Any) -> InstanceList:
        """Running and ended ones, as in the API: ``state="active", businessKey="A-1", maxResults=50``.

        By filters that no index serves, such as ``variables``, only the newest are looked through; then the list says
        where that ended, in ``continue_from`` ("Lists at size" of the API's reference).
        """
        return InstanceList(*self._send_part(instances.list_instances(filters)))

    def iterate_instances(self, **filters: Any) -> Iterator[Instance]:
        """All that match, each once, fetched as they are asked for, however many there are and whatever the filters.

        Raises ValueError for filters that say which page.
        """
        walk = instances.Walk(filters)
        while not walk.is_over:
            yield from walk.take(*self._send_part(walk.make_call()))

    def count_instances(self, **filters: Any) -> int:
        """All that match; where no index counts them in as many requests as that takes."""
        total, place = 0, filters.pop("continueFrom", None)
        while True:
            found, place = self._send_part(instances.count_instances({**filters, "continueFrom": place}))
            total += found
            if place is None:
                return total

    def list_history(self, instance_id: str, *, after: int = 0) -> Iterator[Event]:
        """The events of an instance behind a position, fetched page by page."""
        while page := self._send(instances.get_history(instance_id, after)):
            yield from page
            after = page[-1].position

    def stream(self, instance_id: str, *, after: int = 0) -> Iterator[Event]:
        """The events of an instance as they happen, each once, until it has ended; also when a connection is lost."""
        follower = Follower(after)
        while not follower.at_end:
            try:
                for message in self._listen(instance_id, follower.position):
                    for event in self._list_missing(instance_id, follower.find_gap(message)):
                        follower.position = event.position
                        yield event
                    yield from follower.take(message)
                    if follower.at_end:
                        return
            except requests.RequestException:
                time.sleep(PAUSE)

    def get_variables(self, instance_id: str) -> dict[str, Value]:
        return self._send(instances.get_variables(instance_id))

    def set_variables(self, instance_id: str, variables: object) -> None:
        self._send(instances.set_variables(instance_id, variables))

    def plan_undo(self, instance_id: str, *, to: str | None = None) -> list[PlannedUndo]:
        """What would be undone, in order: everything, or what completed since the element ``to`` was entered."""
        return self._send(instances.plan_undo(instance_id, to))

    def roll_back(self, instance_id: str, to: str) -> None:
        """Undo what completed since the element ``to`` was entered, then go on before it."""
        self._send(instances.roll_back(instance_id, to))

    def cancel(self, instance_id: str, *, undo: bool = False, reason: str | None = None) -> None:
        """End it; with ``undo`` after everything has been undone."""
        self._send(instances.cancel(instance_id, undo=undo, reason=reason))

    def suspend(self, instance_id: str) -> None:
        self._send(instances.suspend(instance_id, suspended=True))

    def activate(self, instance_id: str) -> None:
        self._send(instances.suspend(instance_id, suspended=False))

    def send_message(
        self,
        name: str,
        variables: object = None,
        *,
        business_key: str | None = None,
        instance_id: str | None = None,
        correlation: object = None,
        tenant_id: str | None = None,
        message_id: str | None = None,
        wait: float | timedelta = 0,
    ) -> None:
        """To the one instance that waits for it, or to a process that it starts.

        ``correlation``: variables that the receiver must have. ``message_id``: a repeated message has no second effect.
        ``wait``: for so many seconds it may wait for a receiver; without, EngineRefused when nobody waits.
        """
        self._send(
            work.send_message(
                name,
                variables,
                business_key=business_key,
                instance_id=instance_id,
                correlation=correlation,
                tenant_id=tenant_id,
                message_id=message_id,
                wait=wait,
            )
        )

    def send_signal(self, name: str, variables: object = None, *, tenant_id: str | None = None) -> None:
        """To all that wait for it."""
        self._send(work.send_signal(name, variables, tenant_id=tenant_id))

    def list_tasks(self, **filters: Any) -> list[UserTask]:
        """Work for people, as in the API: ``assignee="ann", processInstanceId=…``."""
        return self._send(work.list_tasks(filters))

    def claim_task(self, task_id: str, user_id: str) -> None:
        self._send(work.claim_task(task_id, user_id))

    def complete_task(self, task_id: str, variables: object = None) -> None:
        self._send(work.complete_task(task_id, variables))

    def list_incidents(self, **filters: Any) -> list[Incident]:
        """As in the API: ``processInstanceId=…, incidentType="failedJob"``."""
        return self._send(work.list_incidents(filters))

    def retry_incident(self, incident_id: str) -> None:
        """Repeat what it stopped."""
        self._send(work.retry_incident(incident_id))

    def skip_incident(self, incident_id: str, variables: object = None) -> None:
        """Go on without what it stopped, with these variables in place of its result."""
        self._send(work.skip_incident(incident_id, variables))

    def _send_part(self, call: Call[T]) -> tuple[T, str | None]:
        """What was found, and where the search goes on if it has not seen all."""
        places: list[str] = []
        found = self._send(call, places.append)
        return found, places[-1] if places else None

    def _send(self, call: Call[T], on_part: Callable[[str], None] | None = None) -> T:
        give_up = time.monotonic() + self._patience
        answer = self._rest.request_surely(
            call.method,
            call.path,
            give_up=lambda: time.monotonic() > give_up,
            params=call.params,
            json=call.body,
            files=call.files,
            on_part=on_part,
        )
        return call.read(answer)

    def _list_missing(self, instance_id: str, positions: range) -> Iterator[Event]:
        for event in self.list_history(instance_id, after=positions.start - 1) if positions else ():
            if event.position >= positions.stop:
                return
            yield event

    def _listen(self, instance_id: str, after: int) -> Iterator[Message]:
        reader = SseReader()
        response = requests.get(
            f"{self._rest.url}{instances.locate(instance_id)}/stream",
            params={"after": after},
            headers={**self._headers, "Accept": "text/event-stream"},
            stream=True,
            timeout=(10, SILENCE),
        )
        with response:
            if response.status_code not in BUSY and not response.ok:
                raise read_refusal(response.status_code, response.json() if response.text else {}, response.text)
            response.raise_for_status()
            lines: Iterator[bytes] = cast("Any", response).iter_lines(chunk_size=None)  # None: as it arrives
            for line in lines:
                if message := reader.read_line(line.decode()):
                    yield message
