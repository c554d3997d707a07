"""A real Cluster on loopback: partitions spread over nodes, a primary dies, nothing is lost."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from baton.store.ports import StoreUnavailable
from baton.store.server import find_server_binary
from baton.store.store import Store, open_store
from tests.store.building import LEASE, begin, created, decision, header, submit, task
from tests.store.test_tasks_contract import fetch

IDS = [f"0123456789abcdef-{partition:02d}" for partition in range(16)]


class Cluster:
    """Three primaries and three replicas."""

    def __init__(self, folder: Path) -> None:
        self.ports = _free_ports(6)
        self.processes: list[subprocess.Popen[bytes]] = []
        for port in self.ports:
            home = folder / str(port)
            home.mkdir()
            self.processes.append(
                subprocess.Popen(
                    [
                        *(str(find_server_binary()), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(home)),
                        *("--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--appendonly", "yes"),
                        *("--cluster-port", str(port + 10_000), "--logfile", str(home / "log"), "--save", ""),
                        *("--cluster-replica-validity-factor", "0", "--repl-diskless-sync-delay", "0"),
                    ],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
        self._form()

    def client(self, place: int) -> redis.Redis:
        return redis.Redis(port=self.ports[place], protocol=2)

    def _form(self) -> None:
        for place in range(6):
            _until(lambda place=place: self.client(place).ping())
        first = self.client(0)
        for port in self.ports[1:]:
            first.execute_command("CLUSTER MEET", "127.0.0.1", port)
        for place in range(3):
            low, high = 5461 * place + (place > 0), 5461 * (place + 1) if place < 2 else 16383
            self.client(place).execute_command("CLUSTER ADDSLOTSRANGE", low, high)
        names = [self.client(place).execute_command("CLUSTER MYID") for place in range(3)]
        for place in range(3):
            replica = self.client(place + 3)
            _until(lambda r=replica, n=names[place]: r.execute_command("CLUSTER REPLICATE", n))
        for place in range(6):
            _until(lambda place=place: b"cluster_state:ok" in self._info(place))
        for place in range(3):
            _until(lambda place=place: b"connected_slaves:1" in self._replication(place))

    def _info(self, place: int) -> bytes:
        reply = self.client(place).execute_command("CLUSTER INFO")
        return reply if isinstance(reply, bytes) else "\n".join(f"{k}:{v}" for k, v in reply.items()).encode()

    def _replication(self, place: int) -> bytes:
        reply = self.client(place).info("replication")
        return f"connected_slaves:{reply.get('connected_slaves')}".encode()

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait(10)


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        found: list[int] = []
        while len(found) < count:
            one = stack.enter_context(socket.socket())
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            if port < 50_000:
                found.append(port)
        return found


def _until(done: object, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(redis.RedisError, StoreUnavailable):
            if done():  # type: ignore[operator]
                return
        if time.monotonic() > deadline:
            pytest.fail("the cluster did not come up in time")
        time.sleep(0.05)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="baton-"))
    made = Cluster(folder)
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def store(cluster: Cluster) -> Iterator[Store]:
    url = "cluster+redis://" + ",".join(f"127.0.0.1:{port}" for port in cluster.ports)
    opened = open_store(url, partitions=16, replicas=1)
    yield opened
    opened.close()


@pytest.mark.slow
def test_a_cluster_serves_all_partitions_and_survives_the_death_of_a_primary(cluster: Cluster, store: Store) -> None:
    for instance_id in IDS:
        begin(store, task(instance_id), instance_id=instance_id)
    assert len(store.lists.headers(IDS)) == 16
    assert store.tasks.topic_names(store.partitions) == ["charge-card"]
    assert len(fetch(store, limit=100)) == 16
    assert len(store.live_after(dict.fromkeys(store.partitions, "0-0"), 1000)) == 16

    cluster.processes[0].kill()
    cluster.processes[0].wait(10)
    _until(lambda: b"cluster_state:ok" in cluster._info(1))
    _until(lambda: len(store.lists.headers(IDS)) == 16)

    # Whoever is left has no replica more in that part: confirm by none.
    survivor = open_store(f"cluster+redis://127.0.0.1:{cluster.ports[1]}", partitions=16)
    for instance_id in IDS:
        turn = submit(survivor, "c2", instance_id=instance_id, create=False).taken
        assert turn is not None
        done = decision(before=header(instance_id), after=header(instance_id), records=created())
        survivor.turns.commit(turn, done, now=2000, lease_ms=LEASE)
        assert len(survivor.lists.history(instance_id)) == 2
    survivor.close()
