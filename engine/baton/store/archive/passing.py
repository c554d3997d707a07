"""What passes between the store and the archive: how one instance is read, and what scripts are asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from baton.model.headers import HEADER, STATUS
from baton.model.records import InstanceHeader
from baton.store import called_keys, codec, keys, task_keys
from baton.store.archive.index import ArchivedRow, Stage
from baton.store.archive.replies import Contents
from baton.store.archive.segments import Place
from baton.store.ended_called import make_forget_called_ops, make_return_called_ops
from baton.store.index_ops import make_forget_ops, make_return_ops
from baton.store.operations import Op
from baton.store.ports import Arg, Read, iterate_pairs
from baton.store.variable_entries import read_marks

COMMANDS = 8
"""That read one instance."""


def make_row(header: InstanceHeader, contents: Contents, place: Place) -> ArchivedRow:
    """Of an instance that is to be moved."""
    return ArchivedRow(
        id=header.id,
        stage=Stage.MOVING,
        place=place,
        beside=contents.has_things_beside,
        definition_id=header.definition_id,
        state=header.state,
        started_at=header.started_at,
        ended_at=header.ended_at or header.started_at,
        undone=header.undone,
        business_key=header.business_key,
        removal=None if contents.removal is None else contents.removal.decode(),
        version=contents.state[keys.VERSION.encode()],
        header=contents.state[HEADER.encode()],
        status=contents.state.get(STATUS.encode()),
        called=contents.called,
        marks=read_marks(contents.state),
    )


def replace_blobs(row: ArchivedRow, contents: Contents, place: Place) -> ArchivedRow:
    """The row of an instance whose segment was written again."""
    header, status = contents.state[HEADER.encode()], contents.state.get(STATUS.encode())
    return replace(row, place=place, header=header, status=status)


def name_keys(instance_id: str) -> list[str]:
    """The keys of the scripts."""
    prefix = keys.find_tag(instance_id)
    return [
        keys.name_state(instance_id),
        keys.name_history(instance_id),
        keys.name_comments(instance_id),
        task_keys.name_attachments(instance_id),
        task_keys.name_attachment_contents(instance_id),
        keys.name_mailbox(instance_id),
        keys.name_agenda(prefix),
        keys.name_retention(prefix),
    ]


def make_reads(instance_id: str) -> list[Read]:
    """The commands that read one instance, whose replies ``make_contents`` takes."""
    state, history, comments, attachments, attached, mailbox, _, removals = name_keys(instance_id)
    hashes: list[Read] = [("HGETALL", name) for name in (state, comments, attachments, attached)]
    others: list[Read] = [("LRANGE", history, 0, -1), ("ZSCORE", removals, instance_id), ("LLEN", mailbox)]
    return [*hashes, *others, ("HGETALL", called_keys.name_ended_rows(instance_id))]


def make_contents(replies: Sequence[Any]) -> Contents | None:
    """None for one that is gone, or that something still happens to."""
    state, comments, attachments, attached = (dict(iterate_pairs(flat)) for flat in replies[:4])
    history, removal, waiting, called = replies[4:]
    if not state or keys.LEASE.encode() in state or keys.VERSION.encode() not in state or waiting:
        return None
    return Contents(state, history, comments, attachments, attached, removal, dict(iterate_pairs(called)))


def make_leave_ops(row: ArchivedRow) -> list[Op]:
    """Take an instance out of every index of the store, with what it has called."""
    prefix = keys.find_tag(row.id)
    ops = make_forget_ops(prefix, row.make_header())
    marks: list[Op] = [["ZREM", name, member] for name, _, member in row.marks.list_entries(prefix, row.id)]
    return [*ops, *marks, *make_forget_called_ops(row.id, row.list_called())]


def make_come_back_ops(row: ArchivedRow) -> list[Op]:
    """Put it into all of them again."""
    prefix = keys.find_tag(row.id)
    ops = make_return_ops(prefix, row.make_header())
    entries = row.marks.list_entries(prefix, row.id)
    marks: list[Op] = [["ZADD", name, str(score), member] for name, score, member in entries]
    marks.append(["index", "keep_plan", prefix, row.marks.plan])
    rows = {number.decode(): blob for number, blob in row.called.items()}
    return [*ops, *marks, *make_return_called_ops(row.id, rows, row.list_called())]


def make_call(
    row: ArchivedRow, contents: Contents, make_ops: Callable[[ArchivedRow], list[Op]]
) -> tuple[list[str], list[Arg]]:
    """Of the scripts ``archive`` and ``bring_back``."""
    ask = {
        "id": row.id,
        "hashes": [[part for pair in flat.items() for part in pair] for flat in contents.hashes],
        "history": list(contents.history),
        "removal": contents.removal or b"",
        "names": [keys.name_locks(row.id)],
        "ops": make_ops(row),
    }
    return name_keys(row.id), [codec.pack(ask, for_script=True)]
