"""Instances of an archive come into the index of variables, segment by segment."""

from __future__ import annotations

from collections.abc import Mapping

from baton.store.archive.index import ArchiveIndex, Stage
from baton.store.archive.marks import PLAN, remove_all_marks, set_plan, write_marks
from baton.store.archive.ranked import Entry, add_members, remove_members, remove_sets
from baton.store.archive.segments import SegmentGone, read_segment
from baton.store.archive_keys import ARCHIVED
from baton.store.blobs import BlobCodec
from baton.store.variable_entries import IndexedVariables, Marks
from baton.store.variable_keys import name_variable

_SHOWN = (Stage.MOVING, Stage.MOVED, Stage.RETURNING)


class ArchivedVariables:
    def __init__(self, index: ArchiveIndex, blobs: BlobCodec) -> None:
        self._index, self._blobs = index, blobs
        self._last = ""
        """The segment that was looked at last."""

    def read_plan(self) -> str | None:
        """By which plan all that is archived is indexed; None while it is not."""
        with self._index.read() as snapshot:
            return snapshot.read_fact(PLAN)

    def complete_step(self, indexed: IndexedVariables) -> bool:
        """The next segment; False behind the last one, where it is all indexed, or what came in between is left.

        Nobody else waits for the turn to change the archive while a segment is read.
        """
        with self._index.read() as snapshot:
            names = sorted(name for name, _, _, _ in snapshot.list_segments() if name > self._last)
            for name in names:
                rows = snapshot.list_of_segment(name)
                wanted = {row.id for row in rows if row.stage is Stage.MOVED and row.marks.plan != indexed.plan}
                if wanted:
                    break
                self._last = name
            else:
                wanted, name = set[str](), ""
        if not wanted:
            self._last = ""
            with self._index.change() as change:
                set_plan(change.base, indexed.plan, [int(stage) for stage in _SHOWN])
            return False
        self._index_segment(name, wanted, indexed)
        self._last = name
        return True

    def _index_segment(self, name: str, wanted: set[str], indexed: IndexedVariables) -> None:
        found: dict[str, Marks] = {}
        try:
            for id_, contents in read_segment(self._index.folder, name):
                if id_ in wanted:
                    fields = {field.decode(): blob for field, blob in contents.state.items()}
                    marks = indexed.compute_marks(id_, fields, self._blobs)
                    found[id_] = Marks(indexed.plan, tuple(sorted(marks.items())))
        except (SegmentGone, FileNotFoundError):
            return  # written again meanwhile under another name, which comes later
        self._set_marks(found)

    def _set_marks(self, marks: Mapping[str, Marks]) -> None:
        with self._index.change() as change:
            for id_, row in change.find(list(marks)).items():
                if row.stage is Stage.MOVED:
                    remove_members(change.base, _list_entries(id_, row.marks))
                    write_marks(change.base, id_, marks[id_])
                    add_members(change.base, _list_entries(id_, marks[id_]))

    def remove(self) -> None:
        """All that the index of variables has of what is archived."""
        with self._index.change() as change:
            remove_all_marks(change.base)
            remove_sets(change.base, name_variable(ARCHIVED, ""))


def _list_entries(instance_id: str, marks: Marks) -> list[Entry]:
    return [(name, score, member.encode()) for name, score, member in marks.list_entries(ARCHIVED, instance_id)]
