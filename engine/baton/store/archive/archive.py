"""Moving ended instances into the archive, bringing them back, deleting them there.

Each change takes the turn of the index (``ArchiveIndex.change``), so that no two processes move one instance. A move
has three steps, of which each is durable before the next:

1. the segment is written, and the index says ``MOVING``: the store has the instance;
2. the store removes what is exactly as it was read;
3. the index says ``MOVED``.

A process that dies in between leaves an instance in the store, in the archive, or in both; ``settle`` finishes it.
Reads find it in the store first, and count it in the archive only where the store has it not.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import structlog

from baton.model.records import InstanceHeader, InstanceState
from baton.model.times import Millis
from baton.store import keys
from baton.store.approvals import make_removal
from baton.store.archive.candidates import Candidates
from baton.store.archive.index import ArchivedRow, ArchiveIndex, Change, Stage
from baton.store.archive.passing import (
    COMMANDS,
    make_call,
    make_come_back_ops,
    make_contents,
    make_leave_ops,
    make_reads,
    make_row,
    name_keys,
    replace_blobs,
)
from baton.store.archive.replies import Contents
from baton.store.archive.resealing import SealedSegments, seal_contents
from baton.store.archive.segments import SegmentGone, Segments, read_segment, write_segment
from baton.store.archive.variables import ArchivedVariables
from baton.store.archive_files import hold_mover_lock
from baton.store.archive_keys import ARCHIVE, BACK
from baton.store.blobs import BlobCodec
from baton.store.called import read_all_ended
from baton.store.ended_called import make_forget_called_ops
from baton.store.index_ops import make_forget_ops
from baton.store.operations import Op, apply_ops
from baton.store.ports import Backend, StoreUnavailable
from baton.store.rebuilding import UNREADABLE
from baton.store.scanning import Span, scan
from baton.store.turns import decode_header, open_fields
from baton.store.variable_entries import make_forget_variables_op, replace_marks

log = structlog.get_logger("baton.archive")

_KEPT_MS = 3_600_000
"""So long what has come back stays in the index, unseen: the store may lose what it was given last."""
MOST = 512
_TOUCHED_AT_ONCE = 20
CHECK_S = 10.0


class Archive:
    """Of one folder and one store."""

    def __init__(
        self,
        folder: Path,
        backend: Backend,
        blobs: BlobCodec,
        partitions: Sequence[int],
        clock: Callable[[], Millis],
    ) -> None:
        self.index, self._segments = ArchiveIndex(folder), Segments(folder)
        self.variables = ArchivedVariables(self.index, blobs)
        self._backend, self._blobs, self._clock = backend, blobs, clock
        self._checked_at = -CHECK_S
        self.candidates = Candidates(backend)
        prefixes = [keys.make_tag(partition) for partition in partitions]
        ended = [state for state in InstanceState if state.is_ended]
        self._names = tuple(keys.name_by_state(prefix, state.value) for prefix in prefixes for state in ended)

    # -- reading

    def is_there(self) -> bool:
        """Whether anything was ever archived.

        Raises StoreUnavailable where the store has an archive, and this folder is not it: less would be shown than
        there is. It is looked for when it was not for a while.
        """
        now = time.monotonic()
        if now - self._checked_at >= CHECK_S:
            wanted, found = self._backend.read([("GET", ARCHIVE)])[0], self.index.read_id()
            if wanted is not None and wanted.decode() != found:
                raise StoreUnavailable(
                    f"Expected the archive of this store in {self.index.folder}, but "
                    f"{'there is none' if found is None else 'another is there'}: set BATON_ARCHIVE_DIR to the folder "
                    "that it is in",
                    retry_after=60,
                )
            self._checked_at = now
        return self.index.is_there

    def is_known_absent(self) -> bool:
        """Whether nothing was archived, and that is right: the store was asked a moment ago."""
        return not self.index.is_there and time.monotonic() - self._checked_at < CHECK_S

    def find(self, ids: Collection[str]) -> dict[str, ArchivedRow]:
        """What the index has of instances, in whatever stage."""
        if not self.index.is_there:
            return {}
        with self.index.read() as snapshot:
            return snapshot.find(ids)

    def read_contents(self, row: ArchivedRow) -> Contents:
        """Raises SegmentGone when it was just written elsewhere."""
        return self._segments.read(row.place)

    # -- moving

    def hold_mover_lock(self) -> AbstractContextManager[bool]:
        """Whether nobody else moves instances meanwhile, in whatever process: False for all but one."""
        self.index.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return hold_mover_lock(self.index.folder)

    def move_old(self, until: Millis, now: Millis, most: int = MOST) -> int:
        """Move instances that have ended until a moment, the oldest first, by the one mover; returns how many.

        One that cannot be read, that something still happens to, or that came back since, stays for an hour at least.
        """
        instances: list[tuple[InstanceHeader, Contents]] = []
        size = 0
        for part in scan(self._backend.read, Span(self._names, high=until)):
            for some in self.candidates.choose([id_ for _, id_ in part], now):
                for id_, contents in zip(some, self.read_stored(some), strict=True):
                    header = None if contents is None else self._read_header(id_, contents, until)
                    if contents is None or header is None:
                        self.candidates.postpone(id_, now)
                    else:
                        instances.append((header, contents))
                        size += contents.size
                if len(instances) >= most or size >= self.candidates.most_bytes:
                    return self._move_all(instances, now)
        return self._move_all(instances, now)

    def _move_all(self, instances: Sequence[tuple[InstanceHeader, Contents]], now: Millis) -> int:
        if not instances:
            return 0
        moved = set(self.move(instances, now))
        for header, _ in instances:
            if header.id not in moved:
                self.candidates.postpone(header.id, now)
        return len(moved)

    def read_stored(self, ids: Sequence[str]) -> list[Contents | None]:
        """What the store has of ended instances; None for one that is gone, or that something still happens to."""
        replies = self._backend.read([command for id_ in ids for command in make_reads(id_)])
        return [make_contents(replies[at * COMMANDS : (at + 1) * COMMANDS]) for at in range(len(ids))]

    def _read_header(self, instance_id: str, contents: Contents, until: Millis) -> InstanceHeader | None:
        """None for one that is not to be moved."""
        if int(contents.state.get(BACK.encode(), b"0")) > until:
            return None
        try:
            flat = [part for pair in contents.state.items() for part in pair]
            header = decode_header(open_fields(self._blobs, instance_id, flat))
        except UNREADABLE as error:
            log.warning("not archived", action="archive.unreadable", instance=instance_id, reason=str(error))
            return None
        return header if header.state.is_ended else None

    def move(self, instances: Sequence[tuple[InstanceHeader, Contents]], now: Millis) -> list[str]:
        """Move ended instances, as they were read, by the one mover; returns the ids of those that are moved.

        One that changes meanwhile stays in the store.
        """
        name = f"{now}-{uuid.uuid4().hex}.parquet"
        self._claim()
        places = write_segment(self.index.folder, name, [(header.id, contents) for header, contents in instances])
        rows = [make_row(header, contents, place) for (header, contents), place in zip(instances, places, strict=True)]
        with self.index.change() as change:
            stored = self._list_stored([row.id for row in rows])
            before = {row.place.segment for row in change.find(list(stored)).values()}
            change.add_segment(name, now, len(rows))
            change.put(row for row in rows if row.id in stored)
        with self.index.change() as change:
            there = change.find([row.id for row in rows])
            mine = [row for row in rows if row.id in there and there[row.id] == row]
            contents_by_id = {header.id: contents for header, contents in instances}
            moved = self._finish_moving(change, mine, contents_by_id)
        left_over = before if len(moved) == len(instances) else {*before, name}
        for segment in sorted(left_over):
            self.write_again(segment, now)
        return moved

    def _claim(self) -> None:
        """The store remembers which archive it has."""
        id_ = self.index.make(lambda: uuid.uuid4().hex)
        apply_ops(self._backend, ARCHIVE, [["SET", ARCHIVE, id_]])

    def _finish_moving(
        self, change: Change, rows: Sequence[ArchivedRow], contents_by_id: Mapping[str, Contents]
    ) -> list[str]:
        calls = [make_call(row, contents_by_id[row.id], make_leave_ops) for row in rows]
        replies = self._backend.run_each("archive", calls) if calls else []
        gone = [row for row, reply in zip(rows, replies, strict=True) if reply[0] == b"OK"]
        moved = {row.id for row in gone}
        change.set_stage(gone, Stage.MOVED)
        change.remove([row.id for row in rows if row.id not in moved])
        return [row.id for row in gone]

    def _list_stored(self, ids: Sequence[str]) -> set[str]:
        found = self._backend.read([("EXISTS", keys.name_state(id_)) for id_ in ids])
        return {id_ for id_, there in zip(ids, found, strict=True) if there}

    # -- back, and away

    def bring_back(self, instance_id: str) -> bool:
        """An instance that is archived comes back into the store; False if it is not archived."""
        row = self.find([instance_id]).get(instance_id)
        if row is None or not row.is_here:
            return False
        with self.index.change() as change:
            while (row := change.find([instance_id]).get(instance_id)) is not None and row.is_here:
                if row.stage is Stage.RETURNING:
                    self._finish_returning(change, row)
                else:
                    change.set_stage([row], Stage.RETURNING)
                    change.commit()
        log.info("brought back", action="archive.brought_back", instance=instance_id)
        return row is not None and row.stage is Stage.RETURNED

    def _finish_returning(self, change: Change, row: ArchivedRow) -> None:
        contents = self.read_contents(row)
        state = {**replace_marks(contents.state, row.marks), BACK.encode(): b"%d" % self._clock()}
        self._backend.run("bring_back", *make_call(row, replace(contents, state=state), make_come_back_ops))
        change.set_stage([row], Stage.RETURNED)

    def forget(self, instance_id: str, remove: Callable[[], None]) -> None:
        """Delete an instance: ``remove`` does it in the store, and raises Conflict if it must stay."""
        if not self.index.is_there:
            remove()
            return
        with self.index.change() as change:
            before = change.find([instance_id]).get(instance_id)
            row = before
            while row is not None and row.stage not in (Stage.MOVED, Stage.GOING):
                change.set_stage([row], Stage.GOING)
                change.commit()
                row = change.find([instance_id]).get(instance_id)
            try:
                remove()
            except BaseException:
                if before is not None and row is not None and row.stage is Stage.GOING:
                    change.set_stage([row], before.stage)
                    change.commit()
                raise
            change.remove([instance_id])

    # -- after a death, and from time to time

    def settle(self) -> int:
        """Finish what a process has begun that died, by the one mover; returns how many instances that were.

        What had come back and is not in the store is archived still: the store has lost its last second, or both come
        from a backup.
        """
        if not self.index.is_there:
            return 0
        with self.index.change() as change:
            change.complete()
            open_rows = change.list_stage(Stage.MOVING, Stage.RETURNING, Stage.RETURNED, Stage.GOING)
            stored = self._list_stored([row.id for row in open_rows])
            self._settle_moving(change, [row for row in open_rows if row.stage is Stage.MOVING], stored)
            back = [row for row in open_rows if row.stage in (Stage.RETURNING, Stage.RETURNED)]
            lost = [row for row in back if row.id not in stored]
            change.set_stage(lost, Stage.MOVED)
            change.set_stage([row for row in back if row.id in stored], Stage.RETURNED)
            self._remove_going(change, [row for row in open_rows if row.stage is Stage.GOING])
            twice = self._list_twice(change)
            change.remove(twice)
        return len(open_rows) + len(twice)

    def tidy(self, now: Millis) -> int:
        """Forget what came back long ago, and write segments again of which something is gone, first those of which
        half is, by the one mover; returns how many segments that were."""
        if not self.index.is_there:
            return 0
        with self.index.change() as change:
            rows = change.list_stage(Stage.RETURNED)
            moments = self._backend.read([("HGET", keys.name_state(row.id), BACK) for row in rows])
            old = [row for row, at in zip(rows, moments, strict=True) if at is not None and int(at) < now - _KEPT_MS]
            change.remove([row.id for row in old])
            segments = change.list_segments()
        worn = [name for name, _, instances, gone in segments if gone and 2 * gone >= instances]
        touched = [name for name, _, _, gone in segments if gone and name not in worn][:_TOUCHED_AT_ONCE]
        for name in (*worn, *touched):
            self.write_again(name, now)
        self._remove_unknown({name for name, _, _, _ in segments}, now)
        return len(worn) + len(touched)

    def write_again(
        self, name: str, now: Millis, seal_again: Callable[[str, Contents], Contents] | None = None
    ) -> None:
        """Write a segment again without what is gone, durably, and with what ``seal_again`` makes of the rest."""
        with self.index.change() as change:
            rows = {row.id: row for row in change.list_of_segment(name)}
            if rows:
                left = [found for found in read_segment(self.index.folder, name) if found[0] in rows]
                if seal_again is not None:
                    left = [(instance_id, seal_again(instance_id, contents)) for instance_id, contents in left]
                fresh = f"{now}-{uuid.uuid4().hex}.parquet"
                places = write_segment(self.index.folder, fresh, left)
                change.add_segment(fresh, now, len(left))
                change.put(
                    replace_blobs(rows[instance_id], contents, place)
                    for (instance_id, contents), place in zip(left, places, strict=True)
                )
            change.remove_segment(name)
        (self.index.folder / name).unlink(missing_ok=True)

    def erase(self, ids: Collection[str], forget: Callable[[], None]) -> None:
        """Delete instances by ``forget``, and at once all that files have of them."""
        segments = sorted({row.place.segment for row in self.find(ids).values()})
        forget()
        for name in segments:
            self.write_again(name, self._clock())
        if segments:
            self.index.flush()

    def seal_again(self, first: int, most: int, blobs: BlobCodec, report: SealedSegments) -> int | None:
        """Have segments from number ``first`` on, at most ``most``, sealed with the first key; returns where to go on.

        A segment that was written again has the last number from then on. None at the end.
        """
        at = first
        for _ in range(most):
            with self.index.read() as snapshot:
                names = sorted(name for name, _, _, _ in snapshot.list_segments())
                if at >= len(names):
                    return None
                is_old = any(blobs.is_old(row.header) for row in snapshot.list_of_segment(names[at]))
            if is_old:
                self.write_again(names[at], self._clock(), lambda id_, found: seal_contents(blobs, id_, found, report))
            else:
                at += 1
        return at

    def _remove_unknown(self, known: Collection[str], now: Millis) -> None:
        """Files that a process has left that died before the index had them."""
        for path in (*self.index.folder.glob("*.parquet"), *self.index.folder.glob("*.parquet.unfinished")):
            if path.name not in known and path.stat().st_mtime * 1000 < now - _KEPT_MS:
                path.unlink(missing_ok=True)

    def _settle_moving(self, change: Change, rows: Sequence[ArchivedRow], stored: Collection[str]) -> None:
        change.set_stage([row for row in rows if row.id not in stored], Stage.MOVED)
        left = [row for row in rows if row.id in stored]
        try:
            self._finish_moving(change, left, {row.id: self.read_contents(row) for row in left})
        except SegmentGone:
            change.remove([row.id for row in left])

    def _remove_going(self, change: Change, rows: Sequence[ArchivedRow]) -> None:
        for row in rows:
            names = [*name_keys(row.id)[:5], keys.name_locks(row.id)]
            prefix = keys.find_tag(row.id)
            ops: list[Op] = [
                make_forget_variables_op(row.id),
                ["DEL", *names],
                *make_forget_ops(prefix, row.make_header()),
                [*make_removal(row.id)],
            ]
            ops += make_forget_called_ops(row.id, read_all_ended(self._backend, row.id))
            ops.append(["ZREM", keys.name_retention(prefix), row.id])
            apply_ops(self._backend, names[0], ops)
        change.remove([row.id for row in rows])

    def _list_twice(self, change: Change) -> list[str]:
        """Of the instances that moved last, those that the store has again: it has lost its last second, or comes from
        a backup. They stay there."""
        segments = change.list_segments()
        newest = max((made_at for _, made_at, _, _ in segments), default=0)
        rows = [
            row.id
            for name, made_at, _, _ in segments
            if made_at > newest - _KEPT_MS
            for row in change.list_of_segment(name)
            if row.stage is Stage.MOVED
        ]
        return list(self._list_stored(rows))


def read_system_time() -> Millis:
    return time.time_ns() // 1_000_000
