"""The data folder: made, checked, and held by one Baton at a time."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from pathlib import Path

from baton.launcher.errors import CannotStart

LEAST_FREE = 64 * 1024 * 1024
"""Bytes of free disk below which Baton does not start: the append-only file must be able to grow."""
LONGEST_SOCKET_PATH = 100
"""The kernel's limit is 108 bytes on Linux and 104 on macOS."""


class DataFolder:
    """``path`` with mode 0700; its lock is inherited by Valkey, so it stays held until Valkey is gone too.

    That way a Baton started right after another was killed cannot run a second server on the same files.
    """

    def __init__(self, path: Path, *, patience: float = 10.0) -> None:
        self.path = path.resolve()
        _make(self.path)
        _check_space(self.path)
        self.lock_fd = _lock(self.path / "baton.lock", patience)

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def valkey(self) -> Path:
        folder = self.path / "valkey"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def make_metrics(self) -> Path:
        """An empty folder for what is counted until the next start."""
        folder = self.path / "metrics"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        return folder

    @property
    def socket(self) -> Path:
        """Where Valkey listens."""
        return self._place_socket("valkey.sock")

    @property
    def streams_socket(self) -> Path:
        """Where live streams are handed over to the processes that serve them."""
        return self._place_socket("streams.sock")

    def _place_socket(self, called: str) -> Path:
        """In the folder, or in a private one of the temporary folder if its path is too long."""
        inside = self.path / called
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
            return inside
        name = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"baton-{os.getuid()}-{name}"
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.stat().st_uid != os.getuid() or folder.stat().st_mode & 0o077:
            raise CannotStart(f"Expected {folder} to be yours alone (mode 0700), but it is not. Remove it.")
        return folder / called


def _make(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = path / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
        path.chmod(0o700)
    except NotADirectoryError:
        raise CannotStart(f"Expected {path} to be a folder, but a part of it is a file. Name another: --data") from None
    except FileExistsError:
        raise CannotStart(f"Expected {path} to be a folder, but it is a file. Name another with --data.") from None
    except OSError as error:
        raise CannotStart(
            f"Expected to write to the data folder {path}, but: {error.strerror}. Name another with --data."
        ) from None


def _check_space(path: Path) -> None:
    free = shutil.disk_usage(path).free
    if free < LEAST_FREE:
        raise CannotStart(
            f"Expected at least {LEAST_FREE >> 20} MB free on the disk of {path}, but found {free >> 20} MB. "
            "Make room, or name another folder with --data."
        )


def _lock(path: Path, patience: float) -> int:
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            holder = os.pread(fd, 64, 0).decode(errors="replace").strip()
            if _runs(holder) or time.monotonic() > deadline:
                os.close(fd)
                raise CannotStart(
                    f"The data folder {path.parent} is in use by another Baton"
                    + (f" (process {holder})" if holder else "")
                    + ". Stop that one, or name another folder with --data."
                ) from None
            time.sleep(0.05)
    os.truncate(fd, 0)
    os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
    return fd


def _runs(pid: str) -> bool:
    """Whether the supervisor that wrote its id is still there; if not, its Valkey is about to end."""
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
