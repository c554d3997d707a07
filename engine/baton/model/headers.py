"""A header as stored: the row that all releases read, and beside it what only later ones know.

A row that is longer than a release knows cannot be read by it, and processes of two releases may work on one store. So
what was added is in a field of its own, with the position it belongs to: after a turn of an earlier release, which
leaves that field as it was, it no longer counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from baton.model.records import InstanceHeader
from baton.model.rows import from_row, to_row
from baton.model.values import Value

HEADER, STATUS = "h", "s"
TRACE = "w"
"""The field with the ``traceparent`` that the instance began with; not there if it began with none."""
_IN_THE_ROW = 16
"""Fields of ``InstanceHeader`` that its row may have."""


def write_header(header: InstanceHeader) -> dict[str, Value]:
    """The fields to store: the status only where it says something."""
    row: Value = to_row(header)[:_IN_THE_ROW]
    if header.waiting is None and not header.undone:
        return {HEADER: row}
    return {HEADER: row, STATUS: [header.position, header.waiting, header.undone]}


def read_header(fields: Mapping[str, Any]) -> InstanceHeader:
    """The header of decoded fields. Raises ValueError, KeyError and their kin for what is none."""
    header = from_row(InstanceHeader, fields[HEADER])
    status = fields.get(STATUS)
    if status is None or status[0] != header.position:
        return header
    return replace(header, waiting=status[1], undone=status[2])
