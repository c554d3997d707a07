"""A backup is whole or not there, and what is restored is checked before it takes its place."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from baton import __version__
from baton.cli import main
from baton.launcher import backup
from baton.launcher.folder import DataFolder
from baton.store.store import open_store
from tests.launcher.test_repair import CHANGES, fill, read
from tests.store.archiving import end


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    return result.exit_code, result.output


@pytest.fixture
def data(tmp_path: Path) -> Path:
    fill(tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def file(data: Path, tmp_path: Path) -> Path:
    code, said = run("backup", tmp_path / "a.backup", "--data", data)
    assert code == 0, said
    return tmp_path / "a.backup"


def test_what_is_backed_up_is_restored(file: Path, tmp_path: Path) -> None:
    code, said = run("restore", file, "--data", tmp_path / "restored")

    assert code == 0, said
    assert f"a backup of Baton {__version__}, made 20" in said
    assert len(read(tmp_path / "restored")) == CHANGES
    assert sorted(path.name for path in (tmp_path / "restored").iterdir()) == ["baton.lock", "valkey"]
    assert file.stat().st_mode & 0o077 == 0


def test_the_archive_is_in_the_backup_and_is_restored(data: Path, tmp_path: Path, valkey: str) -> None:
    store = open_store(valkey, partitions=4, archive=data / "archive")
    ended = end(store, 1)
    assert store.archive is not None
    with store.archive.hold_mover_lock():
        assert store.archive.move_old(100_000, 200_000) == 1
    store.close()
    assert run("backup", tmp_path / "b.backup", "--data", data)[0] == 0

    code, said = run("restore", tmp_path / "b.backup", "--data", tmp_path / "restored")

    assert code == 0, said
    restored = open_store(valkey, partitions=4, archive=tmp_path / "restored" / "archive")
    assert restored.lists.get_headers([ended.id]) == [ended]
    assert restored.history.read(ended.id)
    restored.close()
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "restored" / "archive").iterdir()} == {0}


def test_json_tells_the_checksum_of_the_file(data: Path, tmp_path: Path) -> None:
    import hashlib

    file = tmp_path / "b.backup"
    code, said = run("backup", file, "--data", data, "--json")

    assert code == 0
    assert json.loads(said) == {
        "file": str(file),
        "size": file.stat().st_size,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
    }


def test_neither_overwrites_what_is_there(file: Path, data: Path, tmp_path: Path) -> None:
    before = file.read_bytes()
    assert run("backup", file, "--data", data)[0] == 4
    code, said = run("restore", file, "--data", data)

    assert code == 4
    assert "Expected a folder without data" in said
    assert file.read_bytes() == before
    assert len(read(data)) == CHANGES


def test_nothing_is_restored_where_a_baton_runs(file: Path, tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "used")
    code, said = run("restore", file, "--data", folder.path)
    assert code == 4
    assert "in use by another Baton" in said


def rewrite(file: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    """The same archive with other contents; None leaves a file out."""
    with tarfile.open(file) as archive:
        found = {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]
    with tarfile.open(file, "w:gz") as archive:
        for name, content in found.items():
            if (changed := change(name, content)) is not None:
                info = tarfile.TarInfo(name)
                info.size = len(changed)
                archive.addfile(info, io.BytesIO(changed))


def change_contents(**fields: Any) -> Callable[[str, bytes], bytes]:
    return lambda name, content: (
        json.dumps({**json.loads(content), **fields}).encode() if name == "backup.json" else content
    )


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut off": (lambda file: file.write_bytes(file.read_bytes()[:-200]), "cut off or damaged"),
    "empty": (lambda file: file.write_bytes(b""), "cut off or damaged"),
    "not a backup": (lambda file: file.write_text("hello"), "cut off or damaged"),
    "another archive": (lambda file: rewrite(file, lambda name, _: None), "Expected a file that `baton backup` has"),
    "one byte": (
        lambda file: rewrite(file, lambda name, content: content.replace(b"value 7", b"value 8")),
        "incr.aof in it is missing or damaged",
    ),
    "a part is missing": (
        lambda file: rewrite(file, lambda name, content: None if name.endswith("incr.aof") else content),
        "incr.aof in it is missing or damaged",
    ),
    "a newer Baton": (lambda file: rewrite(file, change_contents(baton="99.0.0")), "is of 99.0.0: install that"),
    "a newer format": (lambda file: rewrite(file, change_contents(format=2)), "install that version"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_is_refused_and_leaves_nothing(file: Path, tmp_path: Path, damage: str) -> None:
    do, text = DAMAGES[damage]
    do(file)

    code, said = run("restore", file, "--data", tmp_path / "restored")

    assert code == 4, said
    assert text in said
    assert not (tmp_path / "restored").exists()


def test_a_set_of_parts_that_changes_during_the_copy_is_copied_again(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = next((data / "valkey" / "appendonlydir").glob("*.manifest"))
    content, calls = manifest.read_text(), list[int]()
    write = backup._write  # pyright: ignore[reportPrivateUsage]

    def write_and_change(*arguments: Any) -> str:
        calls.append(1)
        if len(calls) < 3:
            manifest.write_text(content + "\n" * len(calls))
        return write(*arguments)

    monkeypatch.setattr(backup, "_write", write_and_change)
    code, said = run("backup", tmp_path / "c.backup", "--data", data)

    assert (code, len(calls)) == (0, 3), said
    assert [path.name for path in tmp_path.glob("*.backup*")] == ["c.backup"]


def test_a_set_of_parts_that_never_stays_is_said_and_leaves_no_file(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = next((data / "valkey" / "appendonlydir").glob("*.manifest"))
    write = backup._write  # pyright: ignore[reportPrivateUsage]

    def write_and_change(*arguments: Any) -> str:
        manifest.write_text(manifest.read_text() + "\n")
        return write(*arguments)

    monkeypatch.setattr(backup, "_write", write_and_change)
    code, said = run("backup", tmp_path / "c.backup", "--data", data)

    assert code == 4
    assert "changed again and again" in said
    assert list(tmp_path.glob("*.backup*")) == []


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_store_of_ones_own_is_backed_up_otherwise(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    named = file if command == "restore" else tmp_path / "new"
    monkeypatch.setenv("BATON_REDIS_URL", "cluster+redis://one:6379")
    code, said = run(command, named, "--data", tmp_path / "other")
    assert code == 4
    assert "`valkey-cli --rdb FILE`, a Cluster with that for each primary" in said


def test_a_folder_without_a_store_says_what_to_do(tmp_path: Path) -> None:
    code, said = run("backup", tmp_path / "new", "--data", tmp_path)
    assert code == 4
    assert "valkey-cli --rdb FILE" in said
