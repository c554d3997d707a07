"""Writes tables as Parquet files, in groups of rows and parts of bounded size. ``load_arrow`` imports pyarrow."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import click

from baton.cli.export_folder import flush
from baton.cli.export_tables import Column, Fields

ROWS_TOGETHER, BYTES_TOGETHER = 5_000, 8_000_000
"""Of one group of rows: so much is held in memory for each table."""
BYTES_OF_PART = 256_000_000
_BYTES_OF_VALUE = 8


def load_arrow() -> Any:
    """The module ``pyarrow``, with ``pyarrow.parquet``. Raises UsageError with what to do."""
    try:
        import_module("pyarrow.parquet")
    except ImportError:
        raise click.UsageError(
            "Expected pyarrow, which writes Parquet files, but it is not installed: pip install 'baton-bpmn[archive]'"
        ) from None
    return import_module("pyarrow")


class TableWriter:
    """Writes one table into a new folder, whose files are whole and durable when the writer is closed.

    A table without rows has one file too, from which its columns can be read.
    """

    def __init__(
        self,
        folder: Path,
        columns: Mapping[str, Column],
        *,
        rows_together: int = ROWS_TOGETHER,
        bytes_together: int = BYTES_TOGETHER,
        bytes_of_part: int = BYTES_OF_PART,
    ) -> None:
        self.rows = 0
        self._arrow = load_arrow()
        self._folder, self._columns = folder, columns
        self._rows_together, self._bytes_together, self._bytes_of_part = rows_together, bytes_together, bytes_of_part
        self._schema = self._arrow.schema([(name, self._find_type(column)) for name, column in columns.items()])
        self._pending: list[list[Any]] = []
        self._size, self._parts = 0, 0
        self._part = folder
        self._writer: Any = None
        folder.mkdir()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._write_group()
        if error is None or self._writer is not None:
            self._close_part()

    def add(self, fields: Fields) -> None:
        """Add the row that is read from an object of the API's answer."""
        row = [_clean(column.read(fields)) for column in self._columns.values()]
        self._pending.append(row)
        self.rows += 1
        self._size += sum(len(value) if isinstance(value, str) else _BYTES_OF_VALUE for value in row)
        if len(self._pending) >= self._rows_together or self._size >= self._bytes_together:
            self._write_group()

    def _write_group(self) -> None:
        if not self._pending:
            return
        values = zip(*self._pending, strict=True)
        table = self._arrow.table(dict(zip(self._columns, map(list, values), strict=True)), schema=self._schema)
        self._pending, self._size = [], 0
        self._open_part()
        self._writer.write_table(table)
        if self._part.stat().st_size >= self._bytes_of_part:
            self._close_part()

    def _open_part(self) -> None:
        if self._writer is None:
            self._part = self._folder / f"part-{self._parts:05d}.parquet"
            self._writer = self._arrow.parquet.ParquetWriter(self._part, self._schema, compression="zstd")
            self._parts += 1

    def _close_part(self) -> None:
        if self._parts == 0:
            self._open_part()
        if self._writer is not None:
            self._writer.close()
            self._writer = None
            flush(self._part)

    def _find_type(self, column: Column) -> Any:
        if column.kind == "timestamp":
            return self._arrow.timestamp("ms", tz="UTC")
        return {"string": self._arrow.string, "int64": self._arrow.int64, "bool": self._arrow.bool_}[column.kind]()


def _clean(value: Any) -> Any:
    """JSON can have halves of characters, which no UTF-8 has: they become question marks."""
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-8", "replace").decode()
    return value
