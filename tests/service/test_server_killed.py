"""The store's server is killed under a running engine and comes back: nothing acknowledged is lost, work goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from baton.expression.scripts import LocalScriptRunner
from baton.model.records import InstanceState
from baton.service import Engine, InstanceQuery, Settings, TopicRequest, assemble
from baton.store.ports import StoreUnavailable
from baton.store.server import Server, start_server
from tests.service.processes import deploy, fetch


@pytest.fixture
def engine(durable_valkey: Server) -> Iterator[Engine]:
    made = assemble(Settings(redis_url=durable_valkey.url, partitions=4), scripts=LocalScriptRunner())
    yield made
    made.close()


def kill(server: Server) -> None:
    server.process.kill()
    server.process.wait(10)


def test_work_goes_on_when_the_server_is_back(engine: Engine, durable_valkey: Server) -> None:
    definition = deploy(engine)
    headers = [engine.starts.start(definition.id) for _ in range(20)]
    poll: list[object] = []
    topics = [TopicRequest(name="later", lock_ms=1_000)]
    polling = threading.Thread(
        target=lambda: poll.extend(engine.task_fetcher.fetch_and_lock("p", 1, topics, async_timeout_ms=1_500))
    )
    polling.start()

    kill(durable_valkey)
    again = start_server(durable_valkey.socket.parent, durable_valkey.socket)
    try:
        for locked in fetch(engine, n=50):
            engine.external_tasks.complete(locked.task.id, "w")

        assert {engine.instances.get(header.id).state for header in headers} == {InstanceState.COMPLETED}
        assert engine.instances.count(InstanceQuery()) == 0
        polling.join(10)
        assert poll == []
    finally:
        again.stop()


def test_while_the_server_is_away_callers_are_told_to_come_again(engine: Engine, durable_valkey: Server) -> None:
    definition = deploy(engine)
    kill(durable_valkey)

    with pytest.raises(StoreUnavailable) as refused:
        engine.starts.start(definition.id)

    assert (refused.value.status, refused.value.retry_after) == (503, 1)


def test_hints_are_heard_again_when_the_server_is_back(engine: Engine, durable_valkey: Server) -> None:
    heard = threading.Event()
    listener = engine.store.backend.listen(lambda channel, message: heard.set())
    listener.add("baton:topic:work")
    definition = deploy(engine)
    kill(durable_valkey)
    again = start_server(durable_valkey.socket.parent, durable_valkey.socket)
    try:
        for _ in range(100):
            engine.starts.start(definition.id)
            if heard.wait(0.1):
                break
        assert heard.is_set()
    finally:
        listener.close()
        again.stop()
