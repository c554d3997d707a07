"""The data folder: one Baton at a time, and a sentence for everything that is wrong with it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from baton.launcher import folder as folder_module
from baton.launcher.errors import CannotStart
from baton.launcher.external_redis import check_reachable
from baton.launcher.folder import DataFolder
from baton.launcher.serve import find_port
from baton.launcher.valkey import make_child


def test_the_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "deep" / "data")
    assert folder.path.stat().st_mode & 0o777 == 0o700
    os.close(folder.lock_fd)


def test_a_second_baton_on_the_same_folder_is_refused_with_the_number_of_the_first(tmp_path: Path) -> None:
    first = DataFolder(tmp_path)
    with pytest.raises(CannotStart, match=rf"in use by another Baton \(process {os.getpid()}\)"):
        DataFolder(tmp_path)
    os.close(first.lock_fd)
    os.close(DataFolder(tmp_path).lock_fd)


def test_the_lock_lasts_as_long_as_a_child_that_inherited_it(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    command = [sys.executable, "-c", "input()"]
    valkey = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=(folder.lock_fd,))
    os.close(folder.lock_fd)
    (tmp_path / "baton.lock").write_text("4194305\n")  # the supervisor that wrote its id is gone
    with pytest.raises(CannotStart, match="in use by another Baton"):
        DataFolder(tmp_path, patience=0.1)
    valkey.communicate(b"\n")
    os.close(DataFolder(tmp_path).lock_fd)


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(CannotStart, match="to be a folder, but"):
        DataFolder(tmp_path / "data")
    with pytest.raises(CannotStart, match="Name another"):
        DataFolder(tmp_path / "data" / "below")


def test_a_full_disk_is_said_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "LEAST_FREE", 1 << 60)
    with pytest.raises(CannotStart, match="free on the disk"):
        DataFolder(tmp_path)


def test_a_socket_whose_path_is_too_long_for_the_system_goes_to_a_private_folder(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / ("x" * 90))
    assert len(str(folder.socket)) < 100
    assert folder.socket.parent.stat().st_mode & 0o777 == 0o700
    folder.socket.parent.rmdir()
    os.close(folder.lock_fd)


def test_valkey_is_durable_private_and_keeps_the_lock(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    spec = make_child(folder)
    line = " ".join(spec.command)
    assert "--appendonly yes --appendfsync always" in line
    assert "--maxmemory-policy noeviction" in line
    assert "--port 0" in line
    assert "--unixsocketperm 700" in line
    assert spec.keep_fds == (folder.lock_fd,)
    os.close(folder.lock_fd)


@pytest.mark.parametrize(
    "url",
    [
        "redis://user:secret@127.0.0.1:1/0",
        "unix:///no/such/socket",
        "sentinel://user:secret@127.0.0.1:1,127.0.0.1:2/main",
        "cluster+redis://user:secret@127.0.0.1:1,127.0.0.1:2",
        "cluster+redis://user:secret@127.0.0.1:1,[::1]:2,[::1]",
        "redis://user:secret@[::1/0",
    ],
)
def test_a_server_that_is_not_there_is_said_without_its_password(url: str) -> None:
    with pytest.raises(CannotStart, match="Expected a Valkey or Redis at") as caught:
        check_reachable(url)
    assert "secret" not in str(caught.value)


def test_a_taken_port_names_the_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("baton.launcher.serve.PORT_PATIENCE", 0.0)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CannotStart, match="Name another with --port"):
            find_port("127.0.0.1", taken.getsockname()[1])


def test_port_0_is_a_free_port_that_is_known() -> None:
    port = find_port("127.0.0.1", 0)
    assert port > 0
    assert find_port("127.0.0.1", port) == port


def test_of_several_servers_one_must_be_there() -> None:
    with socket.socket() as there:
        there.bind(("127.0.0.1", 0))
        there.listen()
        check_reachable(f"sentinel://127.0.0.1:1,127.0.0.1:{there.getsockname()[1]}/main")
