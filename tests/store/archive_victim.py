"""The process that dies while it archives: ``python -m tests.store.archive_victim URL`` forks a victim for each line
``folder number``, or ``folder number steps``.

A victim moves instances, brings one back, deletes two, and writes segments again, or does the steps that are given as
JSON; it is killed (a real SIGKILL) at the place of that number: before and after each script, and before each file of
the folder that it opens, renames or removes. The answer, once it is gone, is a line: how far it came, and whether it
died.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from baton.store.archive.archive import Archive
from baton.store.archive.segments import load_parquet
from baton.store.store import Store, open_store
from tests.store.archiving import comment, make_id

FILES = frozenset({"open", "os.rename", "os.remove"})
COMMENTED, DELETED = make_id(1), (make_id(2), make_id(6))


def act(store: Store, archive: Archive) -> None:
    with archive.hold_mover_lock():
        archive.settle()
        archive.move_old(2_003, 200_000, most=4)
        archive.move_old(100_000, 200_001, most=4)
        comment(store, COMMENTED)
        for id_ in DELETED:
            for header in store.lists.get_headers([id_]):
                store.forget(header)
        archive.move_old(1 << 50, 1 << 50, most=4)
        for name, _, _, _ in list_segments(archive):
            archive.write_again(name, 300_000)


def follow(store: Store, archive: Archive, steps: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Each step is ``move``, ``back`` or ``rewrite``, and the instances that it is about."""
    with archive.hold_mover_lock():
        archive.settle()
        for at, (what, ids) in enumerate(steps):
            if what == "move":
                found = dict(zip(ids, archive.read_stored(ids), strict=True))
                headers = store.lists.get_headers([id_ for id_ in ids if found[id_] is not None])
                ended = [each for each in headers if each.state.is_ended]
                instances = [(each, contents) for each in ended if (contents := found[each.id]) is not None]
                archive.move(instances, 200_000 + at)
            for id_ in ids if what == "back" else ():
                archive.bring_back(id_)
            for name, _, _, _ in list_segments(archive) if what == "rewrite" and archive.index.is_there else ():
                archive.write_again(name, 300_000 + at)


def list_segments(archive: Archive) -> list[tuple[str, int, int, int]]:
    with archive.index.read() as snapshot:
        return snapshot.list_segments()


def die_at(url: str, folder: Path, number: int, steps: str, out: int) -> None:
    store = open_store(url, partitions=4, archive=folder)
    reached = 0

    def watch(point: str) -> None:
        nonlocal reached
        reached += 1
        if reached == number:
            os.write(out, f"died at {point}".encode())
            os.kill(os.getpid(), signal.SIGKILL)

    def watch_files(event: str, args: tuple[Any, ...]) -> None:
        if event in FILES and str(folder) in str(args[0]):
            watch(f"{event} {Path(str(args[0])).suffix}")

    store.backend.on_point = watch
    sys.addaudithook(watch_files)
    assert store.archive is not None
    if steps:
        follow(store, store.archive, json.loads(steps))
    else:
        act(store, store.archive)
    os.write(out, f"lived {reached}".encode())


def main(url: str) -> None:
    load_parquet()  # else each victim would
    out = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for line in sys.stdin:
        folder, number, steps = f"{line.strip()}  ".split(" ", 2)
        if (child := os.fork()) == 0:
            die_at(url, Path(folder), int(number), steps.strip(), out)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status and not os.WIFSIGNALED(status):
            os.write(out, b"failed")
        os.write(out, b"\n")


if __name__ == "__main__":
    main(sys.argv[1])
