"""A real Cluster on loopback, three primaries and three replicas; nodes can be killed, frozen and started again."""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import redis

from baton.store.ports import StoreUnavailable
from baton.store.server import find_server_binary
from tests.certificates import Pair

PRIMARIES = 3
NODE_TIMEOUT_MS = 1_000
"""After so long a node that does not answer is given up and its replica takes over."""


@dataclass(frozen=True, slots=True)
class Tls:
    """Between the nodes, and towards clients, who must have a certificate by the same authority.

    ``binary``: a server that is built with TLS, which the one that ships is not.
    """

    binary: str
    ca: Path
    node: Pair
    mine: Pair

    @property
    def server(self) -> tuple[str, ...]:
        return (
            *("--tls-cluster", "yes", "--tls-replication", "yes", "--tls-auth-clients", "yes"),
            *("--tls-ca-cert-file", str(self.ca)),
            *("--tls-cert-file", str(self.node.cert), "--tls-key-file", str(self.node.key)),
        )

    @property
    def client(self) -> dict[str, str]:
        """The options of a URL."""
        return {
            "ssl_ca_certs": str(self.ca),
            "ssl_certfile": str(self.mine.cert),
            "ssl_keyfile": str(self.mine.key),
        }


class Cluster:
    """``primaries`` says who serves at the moment; each keeps an append-only file and comes back with it."""

    def __init__(self, folder: Path, tls: Tls | None = None) -> None:
        self._folder, self._tls = folder, tls
        self.ports = free_ports(2 * PRIMARIES)
        places = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        self.url = f"cluster+redis://{places}" if tls is None else f"cluster+rediss://{places}?{urlencode(tls.client)}"
        self._clients = {port: _client(port, tls) for port in self.ports}
        self._processes = {port: self._start(port) for port in self.ports}
        self._form()

    def _start(self, port: int) -> subprocess.Popen[bytes]:
        home = self._folder / str(port)
        home.mkdir(exist_ok=True)
        tls = self._tls
        listen = ("--port", str(port)) if tls is None else ("--port", "0", "--tls-port", str(port), *tls.server)
        return subprocess.Popen(
            [
                *(str(find_server_binary() if tls is None else tls.binary), *listen),
                *("--bind", "127.0.0.1", "--dir", str(home)),
                *("--cluster-enabled", "yes", "--cluster-node-timeout", str(NODE_TIMEOUT_MS)),
                *("--cluster-port", str(port + 10_000), "--logfile", str(home / "log"), "--save", ""),
                *("--appendonly", "yes", "--appendfsync", "everysec"),
                *("--cluster-replica-validity-factor", "0", "--repl-diskless-sync-delay", "0"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _form(self) -> None:
        for port in self.ports:
            until(lambda port=port: self._ask(port, "PING"))
        first, *others = self.ports
        for port in others:
            self._ask(first, "CLUSTER", "MEET", "127.0.0.1", port)
        primaries, replicas = self.ports[:PRIMARIES], self.ports[PRIMARIES:]
        for place, port in enumerate(primaries):
            self._ask(port, "CLUSTER", "ADDSLOTSRANGE", 16384 * place // 3, 16384 * (place + 1) // 3 - 1)
        for primary, replica in zip(primaries, replicas, strict=True):
            name = self._ask(primary, "CLUSTER", "MYID")
            until(lambda replica=replica, name=name: self._ask(replica, "CLUSTER", "REPLICATE", name))
        self.until_whole()

    # -- what is done to it

    def kill(self, port: int) -> None:
        """SIGKILL; waits until its replica serves in its place."""
        replica = self.replica_of(port)
        self._processes[port].kill()
        self._processes[port].wait(10)
        until(lambda: replica in self.primaries())

    def kill_with_its_replica(self, port: int) -> None:
        """What they served is served by nobody until they are back."""
        for item in (self.replica_of(port), port):
            self._processes[item].kill()
            self._processes[item].wait(10)

    def restore(self) -> None:
        """Whatever was done to it, all is well again."""
        for port, process in self._processes.items():
            if self._lives(port):
                process.send_signal(signal.SIGCONT)
            else:
                self._processes[port] = self._start(port)
        self.until_whole()

    def strike(self, blow: str, port: int) -> None:
        """``kill`` or ``freeze``, whatever the node is; nothing is waited for."""
        self._processes[port].send_signal(signal.SIGKILL if blow == "kill" else signal.SIGSTOP)

    def restart(self, port: int) -> None:
        """A killed node comes back with its files, as a replica of the node that took over."""
        self._processes[port] = self._start(port)
        self.until_whole()

    def freeze(self, port: int) -> None:
        """SIGSTOP; waits until its replica serves in its place. The frozen one keeps connections and beliefs."""
        replica = self.replica_of(port)
        self._processes[port].send_signal(signal.SIGSTOP)
        until(lambda: replica in self.primaries(besides=port))

    def thaw(self, port: int) -> None:
        """SIGCONT; waits until it has become a replica."""
        self._processes[port].send_signal(signal.SIGCONT)
        self.until_whole()

    def begin_to_move(self, key: str, to: int) -> Callable[[], None]:
        """Resharding: the slot of a key is on its way to another primary; call the answer to bring it there."""
        origin, slot = self.serving(key), self._ask(self.ports[0], "CLUSTER", "KEYSLOT", key)
        names = {port: self._ask(port, "CLUSTER", "MYID") for port in (origin, to)}
        self._ask(to, "CLUSTER", "SETSLOT", slot, "IMPORTING", names[origin])
        self._ask(origin, "CLUSTER", "SETSLOT", slot, "MIGRATING", names[to])

        def finish() -> None:
            while found := self._ask(origin, "CLUSTER", "GETKEYSINSLOT", slot, 100):
                self._ask(origin, "MIGRATE", "127.0.0.1", to, "", 0, 5_000, "KEYS", *found)
            for port in (to, origin):
                self._ask(port, "CLUSTER", "SETSLOT", slot, "NODE", names[to])
            until(lambda: self.serving(key) == to)

        return finish

    def stop(self) -> None:
        for client in self._clients.values():
            client.close()
        for process in self._processes.values():
            process.kill()
            process.wait(10)

    # -- what can be seen

    def primaries(self, besides: int | None = None) -> list[int]:
        """Ports of those who serve, as all who can be asked agree."""
        views = [self._view(port) for port in self.ports if port != besides and self._lives(port)]
        return views[0] if all(view == views[0] for view in views) else []

    def serving(self, key: str) -> int:
        """The port of the primary that serves a key."""
        first = self.primaries()[0]
        slot = self._ask(first, "CLUSTER", "KEYSLOT", key)
        ranges = self._ask(first, "CLUSTER", "SLOTS")
        return next(int(node[1]) for low, high, node, *_ in ranges if low <= slot <= high)

    def replica_of(self, port: int) -> int:
        return next(item for item in self.ports if item != port and self._primary_of(item) == port)

    def until_whole(self) -> None:
        """Every slot is served, and every primary has a replica that has all it has."""
        until(lambda: len(self.primaries()) == PRIMARIES and all(self._is_covered(p) for p in self.primaries()))

    def _lives(self, port: int) -> bool:
        return self._processes[port].poll() is None

    def _view(self, port: int) -> list[int]:
        if b"cluster_state:ok" not in self._ask(port, "CLUSTER", "INFO"):
            return []
        return sorted({int(node[1]) for _, _, node, *_ in self._ask(port, "CLUSTER", "SLOTS")})

    def _is_covered(self, port: int) -> bool:
        """Its replica has loaded what it was sent, and says how far it is."""
        return re.search(rb"state=online,offset=[1-9]", self._ask(port, "INFO", "replication")) is not None

    def _primary_of(self, port: int) -> int | None:
        """Whose replica it is."""
        lines = self._ask(port, "INFO", "replication").splitlines()
        facts = dict(line.split(b":", 1) for line in lines if b":" in line)
        return int(facts[b"master_port"]) if b"master_port" in facts else None

    def _ask(self, port: int, *command: Any) -> Any:
        return self._clients[port].execute_command(*command)


def _client(port: int, tls: Tls | None) -> redis.Redis:
    secured: dict[str, Any] = {} if tls is None else {"ssl": True, **tls.client}
    client = redis.Redis("127.0.0.1", port, protocol=2, socket_timeout=2, **secured)
    client.response_callbacks.clear()
    return client


def free_ports(count: int) -> list[int]:
    """Each with the port of the cluster bus, 10,000 above it, free too."""
    found: list[int] = []
    with contextlib.ExitStack() as stack:
        while len(found) < count:
            one, bus = stack.enter_context(socket.socket()), stack.enter_context(socket.socket())
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            with contextlib.suppress(OSError, OverflowError):
                bus.bind(("127.0.0.1", port + 10_000))
                found.append(port)
    return found


def until(done: Callable[[], object], seconds: float = 30) -> None:
    """Look at other processes again and again; an error is a no."""
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(redis.RedisError, StoreUnavailable):
            if done():
                return
        if time.monotonic() > deadline:
            pytest.fail(f"it did not happen within {seconds:.0f} s")
        time.sleep(0.05)
