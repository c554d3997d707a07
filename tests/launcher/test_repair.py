"""Damaged files of the store: what can be read is brought back, and what is lost is said."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import redis
from click.testing import CliRunner

from baton.cli import main
from baton.launcher.append_only import read_commands
from baton.launcher.errors import CannotStart
from baton.launcher.folder import DataFolder
from baton.launcher.repair import repair
from baton.store.server import ServerFailed, start_server
from tests.docs.pages import find_block

INSTANCE = "0123456789abcdef-{:02d}"
CHANGES = 20
WRITE = "redis.call('SET', KEYS[1], ARGV[1]) redis.call('HSET', 'all', KEYS[1], 'a' .. string.char(13, 10) .. '*1')"


def fill(data: Path) -> Path:
    """A store with changes of many instances, each one transaction; returns the part that grows."""
    valkey = data / "valkey"
    server = start_server(valkey, valkey / "s.sock")
    try:
        client: Any = redis.Redis(unix_socket_path=str(server.socket))
        for number in range(CHANGES):
            client.eval(WRITE, 1, f"{{p01}}:i:{INSTANCE.format(number)}", f"value {number}")
    finally:
        server.stop()
    (part,) = (valkey / "appendonlydir").glob("*.incr.aof")
    return part


def read(data: Path) -> dict[str, str]:
    valkey = data / "valkey"
    server = start_server(valkey, valkey / "s.sock")
    try:
        client: Any = redis.Redis(unix_socket_path=str(server.socket), decode_responses=True)
        found = {key: client.get(key) for key in client.keys("{p01}*")}
        assert set(client.hkeys("all")) == set(found)
        return found
    finally:
        server.stop()


def flip(part: Path, place: int) -> None:
    content = bytearray(part.read_bytes())
    content[place] ^= 0x11
    part.write_bytes(content)


def test_one_flipped_byte_costs_one_change_and_all_others_come_back(tmp_path: Path) -> None:
    part = fill(tmp_path)
    before = part.read_bytes()
    flip(part, before.index(b"$7\r\nvalue 7") + 1)
    with pytest.raises(ServerFailed):
        read(tmp_path)

    report = repair(tmp_path)

    assert [(lost.file, lost.instances) for lost in report.lost] == [(part.name, (INSTANCE.format(7),))]
    assert report.backup is not None
    damaged = (report.backup / "appendonlydir" / part.name).read_bytes()
    assert len(damaged) == len(before)
    assert damaged != before
    assert read(tmp_path).keys() == {f"{{p01}}:i:{INSTANCE.format(n)}" for n in range(CHANGES) if n != 7}


def test_a_command_that_the_server_does_not_know_is_left_out_with_its_transaction(tmp_path: Path) -> None:
    part = fill(tmp_path)
    flip(part, part.read_bytes().index(b"value 3") - 60)
    content = part.read_bytes().replace(b"HSET", b"HSXT", 1)
    part.write_bytes(content)

    report = repair(tmp_path)

    assert 1 <= len(report.lost) <= 3
    assert len(read(tmp_path)) >= CHANGES - 3


def test_looking_changes_nothing(tmp_path: Path) -> None:
    part = fill(tmp_path)
    flip(part, part.read_bytes().index(b"MULTI") - 2)
    before = part.read_bytes()

    report = repair(tmp_path, only_look=True)

    assert len(report.lost) == 1
    assert part.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if "repair" in path.name] == []


def test_what_is_whole_stays_as_it_is(tmp_path: Path) -> None:
    part = fill(tmp_path)
    before = part.read_bytes()

    assert repair(tmp_path).lost == ()

    assert part.read_bytes().startswith(before)
    assert len(read(tmp_path)) == CHANGES


@pytest.mark.parametrize("seed", range(20))
def test_wherever_a_byte_is_changed_whole_transactions_are_kept_and_at_most_three_are_lost(seed: int) -> None:
    one = b"*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$2\r\nk%d\r\n$4\r\n*1\r\n\r\n*1\r\n$4\r\nEXEC\r\n"
    whole = b"".join(one % number for number in range(9))
    chance = random.Random(seed)
    content = bytearray(whole)
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)

    reading = read_commands(bytes(content))

    kept = b"".join(bytes(content[start:end]) for start, end in reading.kept)
    assert kept.count(b"MULTI") == kept.count(b"EXEC") or not reading.lost
    assert sum(lost.end - lost.start for lost in reading.lost) <= 3 * len(one % 0)
    spans = sorted([*reading.kept, *((lost.start, lost.end) for lost in reading.lost)])
    assert [start for start, _ in spans[1:]] == [end for _, end in spans[:-1]]
    assert (spans[0][0], spans[-1][1]) == (0, len(content))


def test_a_folder_that_is_in_use_or_holds_no_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="not there"):
        repair(tmp_path)
    fill(tmp_path)
    held = DataFolder(tmp_path)
    assert held.lock_fd > 0
    with pytest.raises(CannotStart, match="in use"):
        repair(tmp_path)


def test_the_commands_of_the_page_say_what_is_lost(tmp_path: Path) -> None:
    part = fill(tmp_path)
    flip(part, part.read_bytes().index(b"$7\r\nvalue 7") + 1)

    commands = find_block("docs/how-to/repair.md", "baton repair").commands
    look, mend = [command.replace("--data data", f"--data {tmp_path}").split()[1:] for command in commands]
    looked = CliRunner().invoke(main, look)
    done = CliRunner().invoke(main, mend)

    assert (looked.exit_code, done.exit_code) == (0, 0)
    assert INSTANCE.format(7) in looked.output
    assert "Nothing has been changed" in looked.output
    assert "The files as they were" in done.output
