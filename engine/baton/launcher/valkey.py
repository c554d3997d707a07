"""The embedded server as a supervised child, and when it is ready."""

from __future__ import annotations

import socket
from pathlib import Path

from baton.launcher.errors import CannotStart
from baton.launcher.folder import DataFolder
from baton.launcher.supervisor import ChildSpec
from baton.store.server import ServerFailed, make_server_arguments, make_server_environment


def make_child(folder: DataFolder) -> ChildSpec:
    """Durable, on a private socket. It inherits the folder's lock, so that the lock lasts as long as it does."""
    try:
        command = make_server_arguments(folder.valkey, folder.socket, extra=("--databases", "1", "--logfile", ""))
    except ServerFailed as error:
        raise CannotStart(str(error)) from None
    return ChildSpec(
        name="valkey",
        command=command,
        phase=0,
        grace=10.0,
        env=make_server_environment(),
        keep_fds=(folder.lock_fd,),
        hint=f"Its files are in {folder.valkey}. If they are damaged: baton repair --data {folder.path}",
    )


def is_ready(path: Path) -> bool:
    """Whether the server has loaded its data and answers."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1.0)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False
