"""The processes of a running Baton, one function each."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Mapping, Sequence

from baton.launcher import samples
from baton.launcher.errors import CannotStart
from baton.launcher.exposure import Exposure
from baton.launcher.folder import DataFolder
from baton.launcher.supervisor import ChildSpec

WORKERS_GRACE = 30
"""Seconds for tasks that own workers are at when everything stops."""
GRACE = 3
"""Seconds for requests that are being answered when the web stops; long polls and streams end at once."""


def make_environment(redis_url: str, bind: str, folder: DataFolder) -> dict[str, str]:
    """What the processes read to find each other."""
    return {"BATON_REDIS_URL": redis_url, "BATON_BIND": bind, "BATON_DATA": str(folder.path)}


def make_counting_environment(folder: DataFolder) -> dict[str, str]:
    """Where processes that answer requests count them together; not for workers, which may count with that library."""
    metrics = str(folder.make_metrics())
    return {"BATON_METRICS_FOLDER": metrics, "PROMETHEUS_MULTIPROC_DIR": metrics}


def make_web(host: str, port: int, count: int, exposure: Exposure, env: Mapping[str, str]) -> ChildSpec:
    """gunicorn with gevent workers: thousands of streams and long polls each."""
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    options = {
        "bind": bind,
        "workers": str(count),
        "worker-class": "baton.launcher.webserver.Worker",
        "worker-connections": "10000",
        "graceful-timeout": str(GRACE),
        "timeout": "60",
        "keep-alive": "75",
        "logger-class": "baton.launcher.webserver.Logger",
        "log-level": "warning",
        **_make_tls_options(exposure),
    }
    settings = [f"--{key}={value}" for key, value in options.items()]
    command = _make_command("baton.launcher.web", "gunicorn", *settings, "baton.launcher.wsgi:make_app()")
    return ChildSpec(name="web", command=command, phase=1, grace=GRACE + 2, env=env)


def _make_command(module: str, *arguments: str) -> list[str]:
    """``main`` of a module in a process of its own."""
    return [sys.executable, "-m", "baton.loading", module, *arguments]


def _make_tls_options(exposure: Exposure) -> dict[str, str]:
    if exposure.tls_cert is None:
        return {}
    options = {"config": "python:baton.launcher.tls", "certfile": str(exposure.tls_cert)}
    if exposure.tls_key is not None:
        options["keyfile"] = str(exposure.tls_key)
    if exposure.tls_client_ca is not None:
        # Browsers without a certificate come in too, and sign in.
        options |= {"ca-certs": str(exposure.tls_client_ca), "cert-reqs": str(int(ssl.CERT_OPTIONAL))}
    return options


def make_loops(number: int, env: Mapping[str, str]) -> ChildSpec:
    """Timers, recovery, messages out, the watchdog."""
    name = f"loops-{number}"
    return ChildSpec(name=name, command=_make_command("baton.launcher.loops", name), phase=2, grace=5, env=env)


def make_streams(number: int, listener: socket.socket, env: Mapping[str, str]) -> ChildSpec:
    """Live streams that web processes hand over; started with the first of them."""
    fileno = listener.fileno()
    return ChildSpec(
        name=f"streams-{number}",
        command=_make_command("baton.launcher.streaming", str(number), str(fileno)),
        phase=1,
        grace=GRACE + 2,
        env=env,
        keep_fds=(fileno,),
        listener=listener,
    )


def make_connector(url: str, env: Mapping[str, str]) -> ChildSpec:
    """Calls over HTTP."""
    command = _make_command("baton.launcher.connecting", "connector", url)
    return ChildSpec(name="connector", command=command, phase=3, grace=11, env=env)


def make_demo_workers(url: str, env: Mapping[str, str]) -> ChildSpec:
    modules = [str(path) for path in samples.list_workers()]
    return make_workers("demo-workers", url, modules, env, grace=2)


def make_participants(env: Mapping[str, str]) -> ChildSpec:
    """The programs on the bus of the samples."""
    command = _make_command("baton.launcher.participants", "participants")
    return ChildSpec(name="participants", command=command, phase=3, grace=1, env=env)


def make_queues(env: Mapping[str, str]) -> None:
    """The queues of their bus, before anything is sent there. Raises CannotStart."""
    command = _make_command("baton.launcher.participants", "prepare")
    done = subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, check=False)
    if done.returncode:
        why = done.stderr.strip().rpartition("\n")[2]
        raise CannotStart(f"Expected the bus of the samples (--samples-bus) to answer, but: {why}")


def make_workers(name: str, url: str, modules: Sequence[str], env: Mapping[str, str], grace: int) -> ChildSpec:
    """One process for all ``modules``. What runs when it is stopped gets ``grace`` seconds to finish."""
    command = [sys.executable, "-m", "baton.cli", "worker", "--grace", str(grace), "--url", url, *modules]
    return ChildSpec(name=name, command=command, phase=3, grace=grace + 1, env=env)
