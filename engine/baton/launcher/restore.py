"""``baton restore``: what ``baton backup`` has written, checked and put into a data folder."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tarfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from packaging.version import InvalidVersion, Version

from baton import __version__
from baton.launcher.backup import ARCHIVE, CONTENTS, FORMAT, PARTS, find_archive
from baton.launcher.errors import CannotStart
from baton.launcher.folder import DataFolder
from baton.store.server import ServerFailed, start_server

LOAD_SECONDS = 3_600.0
_PART = re.compile(rf"({PARTS}|{ARCHIVE})/[A-Za-z0-9_.-]+")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Restored:
    """What the backup says of itself: the version of Baton that made it, and when."""

    version: str
    made: str


def restore_backup(file: Path, data: Path) -> Restored:
    """Into a folder without data. Raises CannotStart: the folder is as before then."""
    if any((data / "valkey").glob("*")):
        raise CannotStart(f"Expected a folder without data, but {data} has some. Name another with --data.")
    archive = find_archive(data)
    if any(archive.glob("*")):
        raise CannotStart(
            f"Expected no archive where the one of the backup goes, but {archive} has files: remove them."
        )
    was_there = data.exists()
    folder = DataFolder(data)
    fresh = folder.path / "valkey.restoring"
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        contents = _unpack(file, fresh)
        _try_to_load(fresh, folder)
        with suppress(FileNotFoundError):
            (folder.path / "valkey").rmdir()
        _place_archive(fresh / ARCHIVE, archive)
        fresh.rename(folder.path / "valkey")
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        if not was_there:
            shutil.rmtree(data, ignore_errors=True)
        raise
    finally:
        os.close(folder.lock_fd)
    return Restored(str(contents["baton"]), str(contents["made"]))


def _place_archive(unpacked: Path, archive: Path) -> None:
    if any(unpacked.glob("*")):
        archive.mkdir(mode=0o700, parents=True, exist_ok=True)
        archive.chmod(0o700)
        for path in unpacked.iterdir():
            shutil.move(path, archive / path.name)
    unpacked.rmdir()


def _unpack(file: Path, target: Path) -> Mapping[str, Any]:
    for folder in (PARTS, ARCHIVE):
        (target / folder).mkdir(parents=True, mode=0o700)
    try:
        with tarfile.open(file, "r|gz") as archive:
            found, contents = _unpack_members(archive, target)
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise CannotStart(f"Expected a whole backup in {file}, but it is cut off or damaged: {error}.") from None
    except OSError as error:
        raise CannotStart(f"Expected to read the backup {file}, but: {error.strerror or error}.") from None
    _check_contents(file, contents)
    for name, wanted in contents["files"].items():
        if found.get(name) != (wanted["size"], wanted["sha256"]):
            raise CannotStart(f"Expected the backup {file} as it was made, but {name} in it is missing or damaged.")
    return contents


def _unpack_members(archive: tarfile.TarFile, target: Path) -> tuple[dict[str, tuple[int, str]], dict[str, Any]]:
    found: dict[str, tuple[int, str]] = {}
    contents: dict[str, Any] = {}
    for member in archive:
        stream = archive.extractfile(member)
        if stream is None:
            continue
        if member.name == CONTENTS:
            contents = _read_contents(stream)
        elif _PART.fullmatch(member.name):
            found[Path(member.name).name] = _copy(stream, target / member.name)
    return found, contents


def _read_contents(stream: IO[bytes]) -> dict[str, Any]:
    try:
        found = json.load(stream)
    except ValueError:
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _copy(stream: IO[bytes], target: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with target.open("wb") as output:
        target.chmod(0o600)
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            size += output.write(chunk)
        output.flush()
        os.fsync(output.fileno())
    return size, digest.hexdigest()


def _check_contents(file: Path, contents: Mapping[str, Any]) -> None:
    if not {"format", "baton", "made", "files"} <= set(contents):
        raise CannotStart(f"Expected a file that `baton backup` has made, but {file} has no {CONTENTS} in it.")
    version = str(contents["baton"])
    try:
        is_newer = contents["format"] > FORMAT or Version(version) > Version(__version__)
    except (InvalidVersion, TypeError):
        is_newer = True
    if is_newer:
        raise CannotStart(
            f"Expected a backup of Baton {__version__} or an earlier one, but {file} is of {version}: install that "
            "version and restore with it."
        )


def _try_to_load(valkey: Path, folder: DataFolder) -> None:
    log = valkey / "server.log"
    try:
        start_server(valkey, folder.socket, timeout=LOAD_SECONDS).stop(60)
    except ServerFailed as error:
        raise CannotStart(f"Expected the store to load what is in the backup, but it does not: {error}") from None
    with suppress(FileNotFoundError):
        log.unlink()
