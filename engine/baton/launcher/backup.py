"""``baton backup``: the files of the embedded store in one file, taken while Baton runs, and checked when restored.

A gzipped tar archive: the parts of the append-only file, their manifest, the archive of ended instances if there is
one, and last ``backup.json``, which names the
format, the version of Baton, and each file with its size and SHA-256. Without it an archive is incomplete.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from baton import __version__
from baton.launcher.errors import CannotStart
from baton.service import Settings
from baton.store.archive_files import INDEX, hold_mover_lock, save_index

FORMAT = 1
PARTS = "appendonlydir"
ARCHIVE = "archive"
CONTENTS = "backup.json"
TRIES = 20
"""A new set of parts that begins during the copy makes it begin again; that happens each time the store has doubled."""
OWN_STORE = (
    "A Valkey or Redis of your own is backed up by its own means (docs/how-to/back-up-and-restore.md): a single server "
    "with `valkey-cli --rdb FILE`, a Cluster with that for each primary, a service with its snapshots."
)


@dataclass(frozen=True, slots=True)
class Backup:
    """``size`` in bytes and ``sha256`` are those of the file."""

    file: Path
    size: int
    sha256: str


def make_backup(data: Path, file: Path) -> Backup:
    """Copy what is in the data folder, of a Baton that runs or not. Raises CannotStart; then no file is left."""
    valkey = data / "valkey"
    if not (valkey / PARTS).is_dir():
        raise CannotStart(f"Expected {valkey / PARTS} with the files of the store, but it is not there. {OWN_STORE}")
    if file.exists():
        raise CannotStart(f"Expected a new file, but {file} is there. Name another, or remove it.")
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        with _hold_archive(find_archive(data)) as archived:
            sha256 = _write_whole(valkey, archived, unfinished)
        unfinished.rename(file)
        return Backup(file, file.stat().st_size, sha256)
    except OSError as error:
        raise CannotStart(f"Expected to write the backup {file}, but: {error.strerror or error}.") from None
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


def find_archive(data: Path) -> Path:
    """The folder of the archive that belongs to a data folder, if there is one."""
    return Settings.from_environment().archive_dir or data / ARCHIVE


@contextmanager
def _hold_archive(folder: Path) -> Generator[Path | None]:
    """The folder, into which nothing is moved meanwhile; None without an archive.

    What leaves it, while the files of the store are copied, stays in its index for a while: so nothing is in neither.
    """
    if not (folder / INDEX).exists():
        yield None
        return
    with hold_mover_lock(folder, wait=True):
        yield folder


def _write_whole(valkey: Path, archived: Path | None, target: Path) -> str:
    for _ in range(TRIES):
        manifest = _find_manifest(valkey)
        content = manifest.read_bytes()
        with suppress(FileNotFoundError):  # a part of the set before, which the next manifest does not name
            sha256 = _write(valkey, manifest, content, archived, target)
            if manifest.read_bytes() == content:
                return sha256
    raise CannotStart("Expected the set of files to stay the same during the copy, but it changed again and again.")


def _write(valkey: Path, manifest: Path, content: bytes, archived: Path | None, target: Path) -> str:
    lines = [line for line in content.decode().splitlines() if line.split()[-1:] not in ([], ["h"])]  # h: to be removed
    files: dict[str, dict[str, Any]] = {}
    with open(target, "wb", opener=_open_for_owner) as raw:
        output = _Hashing(raw)
        with tarfile.open(fileobj=output, mode="w|gz") as archive:
            for name in (line.split()[1] for line in lines):
                files[name] = _add_file(archive, valkey / PARTS / name, PARTS)
            text = "".join(f"{line}\n" for line in lines).encode()
            files[manifest.name] = _add(archive, f"{PARTS}/{manifest.name}", io.BytesIO(text), len(text))
            if archived is not None:
                files |= _add_archive(archive, archived, target.with_name(f"{target.name}.index"))
            described = json.dumps(_describe(files), indent=2).encode()
            _add(archive, CONTENTS, io.BytesIO(described), len(described))
        raw.flush()
        os.fsync(raw.fileno())
    return output.digest.hexdigest()


def _open_for_owner(path: str, flags: int) -> int:
    """Nobody else reads it, also not while it is being written."""
    return os.open(path, flags, 0o600)


def _describe(files: dict[str, dict[str, Any]]) -> dict[str, Any]:
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    return {"format": FORMAT, "baton": __version__, "made": moment, "files": files}


def _add_archive(archive: tarfile.TarFile, folder: Path, copied: Path) -> dict[str, dict[str, Any]]:
    """Raises FileNotFoundError if a segment was written again meanwhile."""
    try:
        with open(copied, "wb", opener=_open_for_owner):
            segments = save_index(folder, copied)
        files = {name: _add_file(archive, folder / name, ARCHIVE) for name in segments}
        with copied.open("rb") as stream:
            files[INDEX] = _add(archive, f"{ARCHIVE}/{INDEX}", stream, copied.stat().st_size)
        return files
    finally:
        copied.unlink(missing_ok=True)


def _add_file(archive: tarfile.TarFile, path: Path, folder: str) -> dict[str, Any]:
    """As much as there is at this moment: the last part grows meanwhile."""
    with path.open("rb") as stream:
        return _add(archive, f"{folder}/{path.name}", stream, os.fstat(stream.fileno()).st_size)


def _add(archive: tarfile.TarFile, name: str, stream: IO[bytes], size: int) -> dict[str, Any]:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    reader = _Hashing(stream)
    archive.addfile(info, reader)
    return {"size": size, "sha256": reader.digest.hexdigest()}


class _Hashing(io.RawIOBase):
    """What is read or written goes into ``digest`` too."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.digest.update(data)
        return data

    def write(self, data: Any) -> int:
        self.digest.update(data)
        return self._stream.write(data)


def _find_manifest(valkey: Path) -> Path:
    found: Sequence[Path] = sorted((valkey / PARTS).glob("*.manifest"))
    if len(found) != 1:
        raise CannotStart(f"Expected one manifest in {valkey / PARTS}, but found {len(found)}: see `baton repair`.")
    return found[0]
