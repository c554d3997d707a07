"""Real brokers on loopback, which a test may kill and freeze; what they have taken stays."""

from __future__ import annotations

import base64
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from baton.store.server import find_server_binary
from tests.programs import require_program
from tests.running import free_port, until

JARS = Path(__file__).parents[1] / "brokers"
_JAVA = ("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


class Broker:
    """A process group of its own, with its data in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def make_command(self) -> list[str]:
        raise NotImplementedError

    def make_environment(self) -> Mapping[str, str]:
        return {}

    def begin(self) -> None:
        """Start, and do not wait."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self.make_command(),
                env={**os.environ, **self.make_environment()},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait(self, seconds: float = 90) -> None:
        """Until it listens."""
        assert self._process is not None
        process = self._process

        def look() -> bool:
            assert process.poll() is None, self._read_log()
            return self._listens()

        until(look, seconds, self._read_log)

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def _read_log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-3_000:]

    def start(self) -> None:
        self.begin()
        self.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
            until(lambda: not self._listens(), 20)  # what the process has started ends after it
        self._process = None

    def freeze(self) -> None:
        """It takes connections, and does not answer."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def close(self) -> None:
        self.kill()


class RabbitMq(Broker):
    """Debian's. The program that knows the ports of Erlang's nodes is its own, so that it ends with it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._program = require_program("rabbitmq-server", "/usr/lib/rabbitmq/bin/rabbitmq-server")
        self._ports = [free_port(), free_port()]
        server = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
        self._program = str(server) if server.exists() else self._program
        (folder / "plugins").write_text("[].")
        (folder / "rabbitmq.conf").write_text("loopback_users = none\n")
        epmd = require_program("epmd", "/usr/bin/epmd")
        command = [epmd, "-port", str(self._ports[0]), "-address", "127.0.0.1"]
        self._names = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def make_command(self) -> list[str]:
        return [self._program]

    def make_environment(self) -> Mapping[str, str]:
        own = {
            "NODENAME": "baton@localhost",
            "NODE_IP_ADDRESS": "127.0.0.1",
            "NODE_PORT": str(self.port),
            "DIST_PORT": str(self._ports[1]),
            "MNESIA_BASE": str(self.folder / "data"),
            "LOG_BASE": str(self.folder / "logs"),
            "PID_FILE": str(self.folder / "pid"),
            "ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "CONFIG_FILE": str(self.folder / "rabbitmq"),
        }
        erlang = {"HOME": str(self.folder), "ERL_EPMD_PORT": str(self._ports[0]), "ERL_EPMD_ADDRESS": "127.0.0.1"}
        return {**{f"RABBITMQ_{name}": value for name, value in own.items()}, **erlang}

    def close(self) -> None:
        super().close()
        self._names.kill()
        self._names.wait()


class Kafka(Broker):
    """In KRaft mode, one node that is broker and controller."""

    format_options: tuple[str, ...] = ()

    def make_more_settings(self, control: int) -> dict[str, Any]:
        """In place of those that every test has. ``control``: the port of the controller."""
        del control
        return {}

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._settings = folder / "server.properties"
        control = free_port()
        lines = {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{control}",
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{control}",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": folder / "data",
            "num.partitions": 3,
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 1,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.num.partitions": 1,
            "share.coordinator.state.topic.replication.factor": 1,
            "group.initial.rebalance.delay.ms": 0,
            "group.min.session.timeout.ms": 1_000,
        } | self.make_more_settings(control)
        self._settings.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
        # A name that begins with a hyphen would be taken for an option.
        name = base64.urlsafe_b64encode(b"\0" + uuid.uuid4().bytes[1:]).decode().rstrip("=")
        format_ = ["kafka.tools.StorageTool", "format", "-t", name, "-c", str(self._settings), *self.format_options]
        subprocess.run([*make_java("kafka"), *format_], check=True, capture_output=True, timeout=90)

    def make_command(self) -> list[str]:
        return [*make_java("kafka"), "kafka.Kafka", str(self._settings)]


class ElasticMq(Broker):
    """The interface of Amazon SQS; messages are stored in a database of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        database = f"jdbc:h2:{folder / 'messages'};WRITE_DELAY=0"
        (folder / "server.conf").write_text(f"""
include classpath("application.conf")
node-address {{ protocol = http, host = "127.0.0.1", port = {self.port}, context-path = "" }}
rest-sqs {{ enabled = true, bind-port = {self.port}, bind-hostname = "127.0.0.1", sqs-limits = strict }}
rest-stats {{ enabled = false }}
queues-storage {{ enabled = true, path = "{folder / "queues.conf"}" }}
messages-storage {{
  enabled = true, driver-class-name = "org.h2.Driver", uri = "{database}", username = "sa", password = ""
  prune-data-on-init = false
}}
""")

    def make_command(self) -> list[str]:
        settings = f"-Dconfig.file={self.folder / 'server.conf'}"
        return [*make_java("elasticmq", settings), "org.elasticmq.server.Main"]


class Valkey(Broker):
    """One of its own, beside the store of Baton; what it has confirmed is on the disk."""

    def make_command(self) -> list[str]:
        return [
            *(str(find_server_binary()), "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder)),
            *("--appendonly", "yes", "--appendfsync", "always", "--save", ""),
        ]


class Zipkin(Broker):
    """No broker, but a server that is started in the same way: it shows traces, which it keeps in memory."""

    def make_command(self) -> list[str]:
        port = {"ip": "127.0.0.1", "port": self.port, "protocols[0]": "http"}
        (jar,) = find_jars("zipkin").glob("zipkin-server-*-exec.jar")
        options = [f"--armeria.ports[0].{name}={value}" for name, value in port.items()]
        return [require_program("java"), *_JAVA, "-jar", str(jar), *options]


def make_java(name: str, *options: str) -> list[str]:
    """The command before the name of the class."""
    return [require_program("java"), *_JAVA, *options, "-cp", f"{find_jars(name)}/*"]


def find_jars(name: str) -> Path:
    """The folder with what Maven has fetched; from its own cache where it has that."""
    folder = JARS / name
    stamp, wanted = folder / "lib" / ".installed", folder / "pom.xml"
    if not stamp.exists() or stamp.stat().st_mtime < wanted.stat().st_mtime:
        maven = require_program("mvn")
        subprocess.run([maven, "-B", "-q", "prepare-package"], cwd=folder, check=True, timeout=300)
        stamp.touch()
    return folder / "lib"


@contextmanager
def running(kind: type[Broker]) -> Iterator[Broker]:
    """In a temporary folder, killed and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="baton-broker-"))
    broker: Broker | None = None
    try:
        broker = kind(folder)
        broker.start()
        yield broker
    finally:
        if broker is not None:
            broker.close()
        shutil.rmtree(folder, ignore_errors=True)
