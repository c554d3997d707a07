"""Segments: Parquet files, each with some hundred instances as the store had them. A segment is never changed.

pyarrow takes 40 MB of memory: it is imported when the first segment is written or read.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from baton.model.errors import Overloaded
from baton.store.archive.replies import Contents

_GROUP_ROWS, _GROUP_BYTES = 64, 1_000_000
"""Instances that are read together: to read one, its group is read."""
_KEPT_BYTES = 16_000_000
"""Of groups that were read last."""
_HASHES = ("state", "comments", "attachments", "attached")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the contents of an instance are: in which segment, in which of its groups, and there."""

    segment: str
    group: int
    row: int


class SegmentGone(Exception):
    """A segment is not there: it was replaced a moment ago, or the folder is damaged."""


def load_parquet() -> Any:
    """The module ``pyarrow.parquet``. Raises ImportError with what to do."""
    try:
        return import_module("pyarrow.parquet")
    except ImportError as error:
        raise ImportError(
            "Expected pyarrow, which reads and writes archives, but it is not installed: pip install "
            "'baton-bpmn[archive]'"
        ) from error


def write_segment(folder: Path, name: str, instances: Sequence[tuple[str, Contents]]) -> list[Place]:
    """Durable when it returns, or not there; gives the places in the order of the instances."""
    parquet = load_parquet()
    schema = _make_schema()
    places: list[Place] = []
    unfinished = folder / f"{name}.unfinished"
    with open(unfinished, "wb", opener=_open_for_owner) as output:
        with parquet.ParquetWriter(output, schema, compression="zstd") as writer:
            for number, group in enumerate(_split(instances)):
                writer.write_table(_make_table(schema, group))
                places += [Place(name, number, row) for row in range(len(group))]
        output.flush()
        os.fsync(output.fileno())
    unfinished.rename(folder / name)
    flush_folder(folder)
    return places


def flush_folder(folder: Path) -> None:
    """Make durable which files it has."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _open_for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _split(instances: Sequence[tuple[str, Contents]]) -> list[list[tuple[str, Contents]]]:
    groups: list[list[tuple[str, Contents]]] = []
    size = 0
    for instance in instances:
        if not groups or len(groups[-1]) >= _GROUP_ROWS or size + instance[1].size > _GROUP_BYTES:
            groups.append([])
            size = 0
        groups[-1].append(instance)
        size += instance[1].size
    return groups


def _make_schema() -> Any:
    arrow: Any = import_module("pyarrow")
    pairs, binary = arrow.map_(arrow.binary(), arrow.binary()), arrow.binary()
    fields = [("id", arrow.string()), *((name, pairs) for name in _HASHES)]
    return arrow.schema([*fields, ("history", arrow.list_(binary)), ("removal", binary)])


def _make_table(schema: Any, group: Sequence[tuple[str, Contents]]) -> Any:
    arrow: Any = import_module("pyarrow")
    columns: dict[str, list[Any]] = {"id": [instance_id for instance_id, _ in group]}
    for at, name in enumerate(_HASHES):
        columns[name] = [list(contents.hashes[at].items()) for _, contents in group]
    columns["history"] = [list(contents.history) for _, contents in group]
    columns["removal"] = [contents.removal for _, contents in group]
    return arrow.table(columns, schema=schema)


def read_segment(folder: Path, name: str) -> list[tuple[str, Contents]]:
    """All instances that it was written with, in their order. Raises SegmentGone."""
    with _open(folder, name) as file:
        return [row for number in range(file.num_row_groups) for row in _read_group(file, number)]


def _open(folder: Path, name: str) -> Any:
    try:
        return load_parquet().ParquetFile(folder / name)
    except FileNotFoundError:
        raise SegmentGone(name) from None


def _read_group(file: Any, number: int) -> list[tuple[str, Contents]]:
    columns: dict[str, list[Any]] = file.read_row_group(number).to_pydict()
    hashes = zip(*(map(_make_hash, columns[name]) for name in _HASHES), strict=True)
    return [
        (instance_id, Contents(state, history, comments, attachments, attached, removal))
        for instance_id, (state, comments, attachments, attached), history, removal in zip(
            columns["id"], hashes, columns["history"], columns["removal"], strict=True
        )
    ]


def _make_hash(pairs: Sequence[tuple[bytes, bytes]]) -> Mapping[bytes, bytes]:
    return dict(pairs)


class Segments:
    """Reads contents by their places, and keeps the groups that were read last. Safe for threads."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock = folder, threading.Lock()
        self._kept: OrderedDict[tuple[str, int], tuple[list[Contents], int]] = OrderedDict()
        self._bytes = 0

    def read(self, place: Place) -> Contents:
        """Raises SegmentGone, and Overloaded where pyarrow is not installed."""
        key = (place.segment, place.group)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
        if found is None:
            found = self._load(place)
            self._keep(key, found)
        return found[0][place.row]

    def _load(self, place: Place) -> tuple[list[Contents], int]:
        try:
            with _open(self._folder, place.segment) as file:
                group = [contents for _, contents in _read_group(file, place.group)]
        except ImportError as error:
            raise Overloaded(str(error), retry_after=60) from error
        return group, sum(contents.size for contents in group)

    def _keep(self, key: tuple[str, int], found: tuple[list[Contents], int]) -> None:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = found
                self._bytes += found[1]
            while self._bytes > _KEPT_BYTES and len(self._kept) > 1:
                _, (_, size) = self._kept.popitem(last=False)
                self._bytes -= size
