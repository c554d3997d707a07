"""``baton repair``: the append-only file without what is damaged in it, so that Baton starts again."""

from __future__ import annotations

import mmap
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from baton.launcher.append_only import Content, Lost, Reading, find_instances, read_commands
from baton.launcher.errors import CannotStart
from baton.launcher.folder import DataFolder
from baton.store.server import ServerFailed, start_server

_CHUNK = 1 << 20
_LOAD_SECONDS = 3_600.0
_UNKNOWN = re.compile(r"unknown command '([^']*)'", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class LostChange:
    """A change that is left out: where it was, and the instances that are named in it."""

    file: str
    start: int
    size: int
    instances: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairReport:
    """``backup``: the copy of the files as they were; None when nothing had to be changed."""

    lost: tuple[LostChange, ...]
    backup: Path | None


def repair(path: Path, *, only_look: bool = False) -> RepairReport:
    """Leave out what cannot be loaded; with ``only_look`` only say what that would be.

    Raises CannotStart when Baton runs on the folder, there is nothing in it, or the server does not load what is left.
    """
    if not (path / "valkey" / "appendonlydir").is_dir():
        raise CannotStart(f"Expected {path}/valkey/appendonlydir with the files of the store, but it is not there.")
    folder = DataFolder(path)
    try:
        return _repair(folder.valkey, only_look=only_look)
    finally:
        os.close(folder.lock_fd)


def _repair(valkey: Path, *, only_look: bool) -> RepairReport:
    files = {file: _open(file) for file in _list_parts(valkey / "appendonlydir")}
    refused: set[bytes] = set()
    backup: Path | None = None
    while True:
        readings = {file: read_commands(data, refused) for file, data in files.items()}
        lost = tuple(_describe(files, readings))
        if only_look:
            return RepairReport(lost=lost, backup=None)
        if lost and backup is None:
            backup = _copy(valkey)
        for file, reading in readings.items():
            if reading.lost:
                _write(file, files[file], reading)
        if (name := _try_to_load(valkey)) is None:
            return RepairReport(lost=lost, backup=backup)
        if name in refused:
            raise CannotStart(f"Expected the store to load without the command {name!r}, but it does not.")
        refused.add(name)


def _open(file: Path) -> Content:
    """The content, which need not fit into memory."""
    if file.stat().st_size == 0:
        return b""
    with file.open("rb") as stream:
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)


def _list_parts(folder: Path) -> list[Path]:
    """The parts that grow, in the order of the manifest."""
    for manifest in folder.glob("*.manifest"):
        lines = [line.split() for line in manifest.read_text().splitlines()]
        return [folder / words[1] for words in lines if words[0] == "file" and words[-1] == "i"]
    raise CannotStart(f"Expected a manifest in {folder}, but there is none: restore a backup.")


def _describe(files: dict[Path, Content], readings: dict[Path, Reading]) -> Iterator[LostChange]:
    for file, reading in readings.items():
        for lost in reading.lost:
            yield _describe_one(file, files[file], lost)


def _describe_one(file: Path, data: Content, lost: Lost) -> LostChange:
    found = tuple(find_instances(data, lost))
    return LostChange(file=file.name, start=lost.start, size=lost.end - lost.start, instances=found)


def _copy(valkey: Path) -> Path:
    """The files as they were, beside them."""
    backup = valkey.with_name(f"valkey-before-repair-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    shutil.copytree(valkey, backup, ignore=shutil.ignore_patterns("*.sock"))
    return backup


def _write(file: Path, data: Content, reading: Reading) -> None:
    fresh = file.with_suffix(".repaired")
    with fresh.open("wb") as stream:
        for start, end in reading.kept:
            for first in range(start, end, _CHUNK):
                stream.write(data[first : min(end, first + _CHUNK)])
        stream.flush()
        os.fsync(stream.fileno())
    fresh.chmod(file.stat().st_mode)
    fresh.replace(file)


def _try_to_load(valkey: Path) -> bytes | None:
    """The name of a command that the server does not know; None when it has loaded everything. Raises CannotStart."""
    log = valkey / "server.log"
    with suppress(FileNotFoundError):
        log.unlink()
    try:
        start_server(valkey, valkey / "repair.sock", timeout=_LOAD_SECONDS).stop()
    except ServerFailed as error:
        unknown = _UNKNOWN.search(log.read_text(errors="replace") if log.exists() else "")
        if unknown is None:
            raise CannotStart(f"The store cannot be repaired: restore a backup. {error}") from None
        return unknown[1].upper().encode()
    return None
