"""A running Baton from asyncio: the calls of ``Client``, awaited."""

from __future__ import annotations

import asyncio
import ssl
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, cast

import aiohttp

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
from baton.worker.errors import EngineRefused, EngineUnreachable
from baton.worker.rest import BUSY, CONTINUE, DEFAULT_URL, make_headers, normalize_url, read_refusal
from baton.worker.tls import TlsOptions, make_ssl_context

T = TypeVar("T")
_CONFLICT = 409


class AsyncClient:
    """As ``Client``, each call a coroutine. Open it with ``async with``, in the event loop that uses it."""

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        patience: float = 10.0,
        headers: Mapping[str, str] | None = None,
        api_key: str | None = None,
    ) -> None:
        self._url = normalize_url(url)
        self._headers = make_headers(headers, api_key)
        self._patience = patience
        self._opened: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        if self._opened is not None:
            await self._opened.close()
            self._opened = None

    async def deploy(
        self,
        *paths: str | Path,
        name: str | None = None,
        source: str = "python",
        tenant_id: str | None = None,
        always: bool = False,
    ) -> Deployment:
        """As ``Client.deploy``."""
        call = definitions.deploy(paths, name=name, source=source, tenant_id=tenant_id, always=always)
        return await self._send(call)

    async def check(self, *paths: str | Path) -> list[Problem]:
        return await self._send(definitions.check(paths))

    async def delete_deployment(self, deployment_id: str, *, cascade: bool = False) -> None:
        await self._send(definitions.delete_deployment(deployment_id, cascade=cascade))

    async def list_definitions(self, **filters: Any) -> list[Definition]:
        return await self._send(definitions.list_definitions(filters))

    async def get_bpmn(self, definition_id: str) -> str:
        return await self._send(definitions.get_bpmn(definition_id))

    async def start(
        self,
        key: str,
        variables: object = None,
        *,
        business_key: str | None = None,
        tenant_id: str | None = None,
        unique_business_key: bool = False,
    ) -> Started:
        """As ``Client.start``."""
        return await self._send(
            definitions.start(
                key,
                variables,
                business_key=business_key,
                tenant_id=tenant_id,
                unique_business_key=unique_business_key,
            )
        )

    async def start_and_wait(
        self,
        key: str,
        variables: object = None,
        *,
        timeout: float | timedelta | None = 30.0,
        business_key: str | None = None,
        tenant_id: str | None = None,
        unique_business_key: bool = False,
    ) -> Snapshot:
        """As ``Client.start_and_wait``."""
        started = await self.start(
            key,
            variables,
            business_key=business_key,
            tenant_id=tenant_id,
            unique_business_key=unique_business_key,
        )
        return await self.wait(started.id, timeout)

    async def wait(
        self,
        instance_id: str,
        timeout: float | timedelta | None = 30.0,
    ) -> Snapshot:
        """As ``Client.wait``."""
        questions = waiting.make_questions(instance_id, timeout)
        while not await self._send(next(questions)):
            pass
        return await self.get(instance_id)

    async def get(self, instance_id: str) -> Snapshot:
        return await self._send(instances.get_snapshot(instance_id))

    async def list_instances(self, **filters: Any) -> InstanceList:
        """As ``Client.list_instances``."""
        return InstanceList(*await self._send_part(instances.list_instances(filters)))

    async def iterate_instances(self, **filters: Any) -> AsyncIterator[Instance]:
        """As ``Client.iterate_instances``: ``async for``."""
        walk = instances.Walk(filters)
        while not walk.is_over:
            for instance in walk.take(*await self._send_part(walk.make_call())):
                yield instance

    async def count_instances(self, **filters: Any) -> int:
        """As ``Client.count_instances``."""
        total, place = 0, filters.pop("continueFrom", None)
        while True:
            found, place = await self._send_part(instances.count_instances({**filters, "continueFrom": place}))
            total += found
            if place is None:
                return total

    async def list_history(self, instance_id: str, *, after: int = 0) -> AsyncIterator[Event]:
        """As ``Client.list_history``: ``async for``."""
        while page := await self._send(instances.get_history(instance_id, after)):
            for event in page:
                yield event
            after = page[-1].position

    async def stream(self, instance_id: str, *, after: int = 0) -> AsyncIterator[Event]:
        """As ``Client.stream``: ``async for``."""
        follower = Follower(after)
        while not follower.at_end:
            try:
                async for message in self._listen(instance_id, follower.position):
                    async for event in self._list_missing(instance_id, follower.find_gap(message)):
                        follower.position = event.position
                        yield event
                    for event in follower.take(message):
                        yield event
                    if follower.at_end:
                        return
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(PAUSE)

    async def get_variables(self, instance_id: str) -> dict[str, Value]:
        return await self._send(instances.get_variables(instance_id))

    async def set_variables(self, instance_id: str, variables: object) -> None:
        await self._send(instances.set_variables(instance_id, variables))

    async def plan_undo(self, instance_id: str, *, to: str | None = None) -> list[PlannedUndo]:
        return await self._send(instances.plan_undo(instance_id, to))

    async def roll_back(self, instance_id: str, to: str) -> None:
        await self._send(instances.roll_back(instance_id, to))

    async def cancel(self, instance_id: str, *, undo: bool = False, reason: str | None = None) -> None:
        await self._send(instances.cancel(instance_id, undo=undo, reason=reason))

    async def suspend(self, instance_id: str) -> None:
        await self._send(instances.suspend(instance_id, suspended=True))

    async def activate(self, instance_id: str) -> None:
        await self._send(instances.suspend(instance_id, suspended=False))

    async def send_message(
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
        """As ``Client.send_message``."""
        await self._send(
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

    async def send_signal(self, name: str, variables: object = None, *, tenant_id: str | None = None) -> None:
        await self._send(work.send_signal(name, variables, tenant_id=tenant_id))

    async def list_tasks(self, **filters: Any) -> list[UserTask]:
        return await self._send(work.list_tasks(filters))

    async def claim_task(self, task_id: str, user_id: str) -> None:
        await self._send(work.claim_task(task_id, user_id))

    async def complete_task(self, task_id: str, variables: object = None) -> None:
        await self._send(work.complete_task(task_id, variables))

    async def list_incidents(self, **filters: Any) -> list[Incident]:
        return await self._send(work.list_incidents(filters))

    async def retry_incident(self, incident_id: str) -> None:
        await self._send(work.retry_incident(incident_id))

    async def skip_incident(self, incident_id: str, variables: object = None) -> None:
        await self._send(work.skip_incident(incident_id, variables))

    async def _send(self, call: Call[T]) -> T:
        return (await self._send_part(call))[0]

    async def _send_part(self, call: Call[T]) -> tuple[T, str | None]:
        """What was found, and where the search goes on if it has not seen all.

        Repeats what got no answer, as ``Rest.request_surely`` does.
        """
        key = {} if call.method == "GET" else {"Idempotency-Key": str(uuid.uuid4())}
        give_up = time.monotonic() + self._patience
        unheard, pause = False, 0.1
        while True:
            try:
                answer, place = await self._request(call, key)
                return call.read(answer), place
            except EngineUnreachable:
                unheard = True
                if time.monotonic() > give_up:
                    raise
            except EngineRefused as error:
                if not (unheard and error.status == _CONFLICT and time.monotonic() < give_up):
                    raise
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)

    async def _request(self, call: Call[Any], headers: Mapping[str, str]) -> tuple[Any, str | None]:
        body: dict[str, Any] = {"json": call.body} if call.body is not None else {}
        if call.files is not None:
            body["data"] = _make_form(call)
        try:
            async with self._session.request(
                call.method, self._url + call.path, params=call.params, headers=headers, **body
            ) as response:
                text = await response.text()
                is_json = "json" in response.headers.get("Content-Type", "")
                answer = await response.json() if is_json and text else text
        except (aiohttp.ClientError, TimeoutError) as error:
            raise EngineUnreachable(
                f"Expected an answer from {self._url}, but: {error or 'it took too long'}"
            ) from error
        if response.ok:
            return answer, response.headers.get(CONTINUE)
        raise read_refusal(response.status, answer, text or str(response.reason))

    @property
    def _session(self) -> aiohttp.ClientSession:
        if self._opened is None:
            timeout = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=30)
            connector = aiohttp.TCPConnector(ssl=_make_ssl(TlsOptions.from_environment()))
            self._opened = aiohttp.ClientSession(headers=self._headers, timeout=timeout, connector=connector)
        return self._opened

    async def _list_missing(self, instance_id: str, positions: range) -> AsyncIterator[Event]:
        if not positions:
            return
        async for event in self.list_history(instance_id, after=positions.start - 1):
            if event.position >= positions.stop:
                return
            yield event

    async def _listen(self, instance_id: str, after: int) -> AsyncIterator[Message]:
        reader = SseReader()
        async with self._session.get(
            f"{self._url}{instances.locate(instance_id)}/stream",
            params={"after": str(after)},
            headers={"Accept": "text/event-stream"},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=SILENCE),
            read_bufsize=2**24,
        ) as response:
            if response.status not in BUSY and not response.ok:
                text = await response.text()
                raise read_refusal(response.status, await response.json() if text else {}, text)
            response.raise_for_status()
            async for line in response.content:
                if message := reader.read_line(line.decode().rstrip("\r\n")):
                    yield message


def _make_form(call: Call[Any]) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, (filename, content) in (call.files or {}).items():
        form.add_field(name, cast("str | bytes", content), filename=filename)
    return form


def _make_ssl(options: TlsOptions) -> ssl.SSLContext | aiohttp.Fingerprint:
    """With a fingerprint there is no client certificate: aiohttp takes the one or the other."""
    if options.fingerprint:
        return aiohttp.Fingerprint(bytes.fromhex(options.fingerprint))
    return make_ssl_context(options)
