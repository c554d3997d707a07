"""A primary with two replicas, watched by three Sentinels, on loopback; servers can be killed and frozen."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path
from typing import Any

import redis
from redis.sentinel import Sentinel

from baton.store.server import find_server_binary
from tests.clusters import free_ports, until

NAME, PASSWORD = "mymaster", "a secret/with @ signs"
DOWN_AFTER_MS = 1_000


class Sentinels:
    """Clients need a password of the servers, and none of the Sentinels."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        ports = free_ports(6)  # asked for together: what one call has let go of, the next may name again
        self._ports, self._watchers = ports[:3], ports[3:]
        self._processes = {port: self._server(port) for port in self._ports}
        until(lambda: all(self._ask(port, "PING") for port in self._ports))
        self._sentinels = [self._sentinel(port) for port in self._watchers]
        places = ",".join(f"127.0.0.1:{port}" for port in self._watchers)
        self.url = f"sentinel://:a%20secret%2Fwith%20%40%20signs@{places}/{NAME}"
        self._client = Sentinel([("127.0.0.1", port) for port in self._watchers], socket_timeout=1)
        self.until_whole()

    def _server(self, port: int) -> subprocess.Popen[bytes]:
        home = self._folder / str(port)
        home.mkdir(exist_ok=True)
        follows = ("--replicaof", "127.0.0.1", str(self._ports[0])) if port != self._ports[0] else ()
        return _run(
            *("--port", str(port), "--bind", "127.0.0.1", "--dir", str(home), "--logfile", str(home / "log")),
            *("--appendonly", "yes", "--save", "", "--repl-diskless-sync-delay", "0"),
            *("--requirepass", PASSWORD, "--masterauth", PASSWORD, *follows),
        )

    def _sentinel(self, port: int) -> subprocess.Popen[bytes]:
        home = self._folder / f"sentinel-{port}"
        home.mkdir()
        (home / "conf").write_text(
            f"port {port}\nbind 127.0.0.1\ndir {home}\nlogfile {home / 'log'}\n"
            f"sentinel monitor {NAME} 127.0.0.1 {self._ports[0]} 2\n"
            f'sentinel auth-pass {NAME} "{PASSWORD}"\n'
            f"sentinel down-after-milliseconds {NAME} {DOWN_AFTER_MS}\nsentinel failover-timeout {NAME} 5000\n"
        )
        return _run(str(home / "conf"), "--sentinel")

    def primary(self) -> int:
        """The port of the primary, as the Sentinels say."""
        return int(self._client.discover_master(NAME)[1])

    def strike(self, blow: str) -> int:
        """``kill`` or ``freeze`` the primary, and wait until another serves; which it was."""
        port = self.primary()
        self._processes[port].send_signal(signal.SIGKILL if blow == "kill" else signal.SIGSTOP)
        until(lambda: self.primary() != port)
        return port

    def thaw(self, port: int) -> None:
        self._processes[port].send_signal(signal.SIGCONT)
        until(lambda: self._ask(port, "ROLE")[0] == b"slave")

    def until_whole(self) -> None:
        """Every Sentinel knows the others and both replicas, and these have what the primary has."""
        until(lambda: all(_knows_all(port) for port in self._watchers))
        until(lambda: self._ask(self.primary(), "INFO", "replication").count(b"state=online") == 2)

    def stop(self) -> None:
        for process in (*self._sentinels, *self._processes.values()):
            process.kill()
            process.wait(10)

    def _ask(self, port: int, *command: Any) -> Any:
        with redis.Redis(port=port, password=PASSWORD, protocol=2, socket_timeout=2) as client:
            client.response_callbacks.clear()
            return client.execute_command(*command)


def _run(*arguments: str) -> subprocess.Popen[bytes]:
    command = [str(find_server_binary()), *arguments]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _knows_all(port: int) -> bool:
    with redis.Redis(port=port, socket_timeout=2) as client:
        masters = client.sentinel_masters()
        assert isinstance(masters, dict)
        (known,) = masters.values()
        return known["num-other-sentinels"] == 2 and known["num-slaves"] == 2
