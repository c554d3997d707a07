"""All of ``baton serve``: what runs, in which order it starts, and what is printed."""

from __future__ import annotations

import errno
import math
import os
import socket
import sys
import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import click

from baton.launcher import processes, samples, valkey
from baton.launcher.access import Access, open_access
from baton.launcher.errors import CannotStart
from baton.launcher.exposure import Exposure, read_exposure
from baton.launcher.external_redis import check_reachable
from baton.launcher.folder import DataFolder
from baton.launcher.settings import is_connector_wanted
from baton.launcher.supervisor import Supervisor
from baton.service import Settings
from baton.web import OpenApart
from baton.worker import EngineRefused, EngineUnreachable, Rest
from baton.worker.tls import TlsOptions, make_session

START_SECONDS = 60.0
STREAMS_BACKLOG = 1024
"""Streams that can be on their way to a process that is not there yet."""
PORT_PATIENCE = 3.0
"""Seconds that a Baton which was just killed gets to give back its port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to run. ``redis_url`` None: the embedded server, with its files in ``data``. ``port`` 0: a free one."""

    host: str = "127.0.0.1"
    port: int = 8080
    data: Path = Path("data")
    redis_url: str | None = None
    web_processes: int = 2
    turn_processes: int = 1
    stream_processes: int = 1
    samples: bool = True
    samples_bus: str = ""
    """The broker that is the bus of the samples; empty: the store."""
    sign_in: bool | None = None
    """Whether people and programs must say who they are; None: unless it is on loopback."""
    behind_proxy: bool = False
    tls_cert: Path | None = None
    tls_key: Path | None = None
    """Without, the key is in the file of the certificate."""
    scheme: str = "http"
    workers: tuple[str, ...] = ()
    """Python modules whose workers run too: names, or paths of files."""
    log_files: bool = True

    @property
    def url(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)
        return f"{self.scheme}://{host}:{self.port}"


def run(plan: Plan) -> None:
    """Start everything, supervise until Ctrl-C or SIGTERM, stop everything. Raises CannotStart."""
    if plan.redis_url:
        check_reachable(plan.redis_url)
    if plan.samples_bus:
        _check_bus(plan)
    exposure = read_exposure(
        f"{plan.host}:{plan.port}", plan.sign_in, plan.behind_proxy, tls_cert=plan.tls_cert, tls_key=plan.tls_key
    )
    folder = DataFolder(plan.data)
    plan = replace(plan, port=find_port(plan.host, plan.port), scheme=exposure.scheme)
    supervisor = Supervisor(_say, folder.logs if plan.log_files else None)
    try:
        access = _start(plan, folder, supervisor, exposure)
        if not supervisor.stopping:
            _welcome(plan, folder, access)
        supervisor.run()
    finally:
        if sys.stderr.isatty():
            _say("stopping …")
        supervisor.stop()


def _start(plan: Plan, folder: DataFolder, supervisor: Supervisor, exposure: Exposure) -> Access:
    redis_url = plan.redis_url or _start_valkey(folder, supervisor)
    env = processes.make_environment(redis_url, f"{plan.host}:{plan.port}", folder) | exposure.make_environment()
    settings = Settings.from_environment()
    if not plan.redis_url and settings.compact_history is None:
        # No release but this one is at work on the store of a folder.
        env |= {"BATON_COMPACT_HISTORY": "true"}
    given = settings.sinks_file
    bus = samples.make_bus_environment(redis_url, plan.samples_bus) if plan.samples and given is None else {}
    env |= bus
    if plan.samples_bus.startswith("amqp"):
        processes.make_queues(env)
    counting = processes.make_counting_environment(folder)
    if plan.stream_processes and exposure.tls_cert is None:
        env |= _add_streams(plan.stream_processes, folder, supervisor, env, counting)
    supervisor.add(processes.make_web(plan.host, plan.port, plan.web_processes, exposure, env | counting))
    for number in range(plan.turn_processes):
        supervisor.add(processes.make_loops(number, env))
    access = open_access(env, plan.port) if exposure.requires_sign_in else Access()
    env |= access.make_environment() | exposure.make_client_environment()
    make_own_session = partial(make_session, TlsOptions.from_environment(env))
    rest = Rest(f"{plan.url}/engine-rest", timeout=10, api_key=access.api_key, make_session=make_own_session)
    supervisor.wait_until(lambda: _answers(rest), f"an answer on {plan.url}", START_SECONDS)
    wants_connector = bool(bus) or is_connector_wanted()
    if wants_connector and not supervisor.stopping:
        supervisor.add(processes.make_connector(rest.url, env))
    if plan.samples and not supervisor.stopping:
        deployment = samples.SampleDeployment(rest, _say)
        supervisor.wait_until(deployment.deploy, "the samples to be deployed", math.inf)
        supervisor.add(processes.make_demo_workers(rest.url, env))
        if bus:
            supervisor.add(processes.make_participants(env))
    if plan.workers and not supervisor.stopping:
        supervisor.add(processes.make_workers("workers", rest.url, plan.workers, env, processes.WORKERS_GRACE))
    return access


def _add_streams(
    count: int, folder: DataFolder, supervisor: Supervisor, env: dict[str, str], counting: dict[str, str]
) -> dict[str, str]:
    """Processes that start with the first stream for them; what the others must know to hand it over.

    ``counting``: what only they and the web read beside ``env``.
    """
    mine = env | {"BATON_STREAMS_SOCKET": str(folder.streams_socket)}
    OpenApart(folder.streams_socket).clear()
    listener = _listen(folder.streams_socket)
    for number in range(count):
        supervisor.add(processes.make_streams(number, listener, mine | counting))
    return mine


def _listen(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)  # of a Baton that was killed
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(STREAMS_BACKLOG)
    return listener


def _check_bus(plan: Plan) -> None:
    """Raises CannotStart for a bus that would not be used, or cannot be."""
    if not plan.samples:
        raise CannotStart("Expected the samples to run where they have a bus of their own, but found --no-samples")
    if Settings.from_environment().sinks_file is not None:
        raise CannotStart("Expected either --samples-bus or BATON_SINKS_FILE, but found both: leave one out")
    samples.check_bus(plan.samples_bus)


def _start_valkey(folder: DataFolder, supervisor: Supervisor) -> str:
    supervisor.add(valkey.make_child(folder))
    supervisor.wait_until(lambda: valkey.is_ready(folder.socket), "Valkey to load its data", START_SECONDS * 10)
    return f"unix://{folder.socket}"


def _answers(rest: Rest) -> bool:
    try:
        rest.get("/version")
    except (EngineUnreachable, EngineRefused):
        return False
    return True


def find_port(host: str, port: int) -> int:
    """The port to listen on: a free one for 0. Raises CannotStart if nobody could listen there."""
    deadline = time.monotonic() + PORT_PATIENCE
    while True:
        try:
            info = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(info[0], info[1]) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(info[4])
                return int(probe.getsockname()[1])
        except OSError as error:
            if isinstance(error, PermissionError) or not _in_use(error) or time.monotonic() > deadline:
                raise CannotStart(
                    f"Expected to listen on {host}:{port}, but: {error.strerror}. Name another with --port "
                    "(with make: make run PORT=8090)."
                ) from None
        time.sleep(0.1)


def _in_use(error: OSError) -> bool:
    return error.errno == errno.EADDRINUSE


def _welcome(plan: Plan, folder: DataFolder, access: Access) -> None:
    first = ("Start an order:", "definitions") if plan.samples else ("Draw a process:", "designer")
    click.echo(f"Baton is running: open  {plan.url}")
    click.echo(f"{first[0]:<17} open  {plan.url}/{first[1]}")
    if access.invitation is not None:
        link = f"{plan.url}/first-administrator?token={access.invitation}"
        click.echo(f"Nobody can sign in yet. Make the first administrator (once, within a day):  {link}")
    click.echo(f"Try the API:      open  {plan.url}/openapi   (data and logs: {_short(folder.path)}; stop: Ctrl-C)")


def _short(path: Path) -> str:
    relative = os.path.relpath(path)
    return relative if not relative.startswith("..") else str(path)


def _say(text: str) -> None:
    click.echo(f"baton: {text}", err=True)
