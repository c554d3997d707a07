"""The store: turns, tasks, lists, history, library, outbox, the live stream."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from baton.model.records import InstanceHeader
from baton.model.times import Millis
from baton.store import keys, task_keys
from baton.store.approvals import Approvals, make_removal
from baton.store.archive.archive import Archive, read_system_time
from baton.store.archive.backend import ArchivedBackend
from baton.store.attachments import Attachments
from baton.store.audit import StoredAudit
from baton.store.batches import StoredBatches
from baton.store.blobs import BlobCodec
from baton.store.called import CalledProcesses, read_all_ended
from baton.store.captured import Capture, CapturedTurns
from baton.store.cleanup import Cleanup
from baton.store.cluster_store import ClusterBackend
from baton.store.comments import Comments
from baton.store.drafts import StoredDrafts
from baton.store.ended_called import make_forget_called_ops
from baton.store.evaluations import Evaluations
from baton.store.fetches import Fetches
from baton.store.filters import SavedFilters
from baton.store.history import StoredHistory
from baton.store.holds import Holds, make_held
from baton.store.identities import Identities
from baton.store.index_ops import make_forget_ops
from baton.store.indexing import Indexing
from baton.store.letters import Letters
from baton.store.library import Library
from baton.store.limits import Limits
from baton.store.lists import Lists
from baton.store.operations import apply_ops
from baton.store.outbox import Outbox
from baton.store.personal import PersonalTraces
from baton.store.ports import Backend, LiveEntry, Read
from baton.store.rates import Rates
from baton.store.recorded_results import RecordedResults
from baton.store.redis_store import RedisBackend
from baton.store.removals import Removals, make_removal_time_op
from baton.store.sealing import Sealing
from baton.store.tallies import StoredTallies
from baton.store.task_changes import TaskChanges
from baton.store.tasks import Tasks
from baton.store.traces import TraceRemover
from baton.store.turns import NOTHING, Turns
from baton.store.urgent_tasks import UrgentTasks
from baton.store.variable_entries import IndexedVariables, make_forget_variables_op
from baton.store.variable_index import VariableIndex


class Store:
    """Everything durable, on one backend. ``blobs``: with the keys that it is sealed with, if any.

    ``archive``: where ended instances go, if the backend reads it too. ``alone``: no release before 0.3 is at work on
    it. ``indexed_variables``: names of variables that instances are found by.
    """

    def __init__(
        self,
        backend: Backend,
        blobs: BlobCodec,
        partitions: int = 64,
        *,
        live_length: int = 10_000,
        capture: Capture = NOTHING,
        archive: Archive | None = None,
        alone: bool = False,
        indexed_variables: Sequence[str] = (),
    ) -> None:
        key = blobs.make_key("variables")
        indexed = IndexedVariables(indexed_variables, key) if indexed_variables else None
        self.backend, self.blobs, self.archive = backend, blobs, archive
        self.partitions = range(partitions)
        self.turns = Turns(backend, blobs, live_length=live_length, capture=capture, indexed=indexed)
        self.tasks = Tasks(backend, blobs)
        self.results = RecordedResults(backend, blobs)
        self.comments = Comments(backend, blobs)
        self.evaluations = Evaluations(backend, blobs)
        self.removals = Removals(backend, self.partitions)
        self.cleanup = Cleanup(backend)
        self.attachments = Attachments(backend, blobs)
        self.lists = Lists(backend, blobs, self.partitions)
        self.called = CalledProcesses(backend, blobs, self.lists, self.partitions)
        self.indexing = Indexing(backend, self.lists, self.partitions)
        self.variables = VariableIndex(backend, blobs, indexed, self.partitions, archive)
        self.urgent_tasks = UrgentTasks(backend, self.lists, self.partitions, alone=alone)
        self.task_changes = TaskChanges(backend, self.partitions)
        self.history = StoredHistory(backend, blobs)
        self.library = Library(backend, blobs)
        self.drafts = StoredDrafts(backend, blobs)
        self.filters = SavedFilters(backend, blobs)
        self.limits = Limits(backend, blobs)
        self.fetches = Fetches(backend)
        self.rates = Rates(backend, self.partitions)
        self.tallies = StoredTallies(backend)
        self.identities = Identities(backend, blobs)
        self.audit = StoredAudit(backend, blobs, self.partitions)
        self.holds = Holds(backend, blobs, self.partitions)
        self.approvals = Approvals(backend, blobs, self.partitions)
        self.outbox = Outbox(backend, blobs, self.partitions)
        self.captured = CapturedTurns(backend, blobs, self.partitions)
        self.letters = Letters(backend, blobs)
        self.batches = StoredBatches(backend, blobs)
        self.personal = PersonalTraces(
            backend, blobs, self.outbox, self.drafts, self.filters, self.letters, self.partitions
        )
        self.sealing = Sealing(backend, blobs, self.partitions, archive)
        self._traces = TraceRemover(backend)

    def forget(self, header: InstanceHeader) -> None:
        """Remove an ended instance with its history and its index entries, archived or not.

        Raises Conflict for one under hold.
        """
        if self.archive is None:
            self._remove(header)
        else:
            self.archive.forget(header.id, lambda: self._remove(header))

    def erase(self, headers: Sequence[InstanceHeader]) -> None:
        """As ``forget``, of several, and at once from all files of the archive."""

        def forget_each() -> None:
            for header in headers:
                self.forget(header)

        if self.archive is None:
            forget_each()
        else:
            self.archive.erase([header.id for header in headers], forget_each)

    def _remove(self, header: InstanceHeader) -> None:
        prefix = keys.find_tag(header.id)
        names = [
            keys.name_state(header.id),
            keys.name_locks(header.id),
            keys.name_history(header.id),
            keys.name_mailbox(header.id),
            keys.name_comments(header.id),
            task_keys.name_attachments(header.id),
            task_keys.name_attachment_contents(header.id),
        ]
        ops = [
            make_forget_variables_op(header.id),
            ["DEL", *names],
            *make_forget_ops(prefix, header),
            ["ZREM", keys.name_agenda(prefix), header.id],
        ]
        ops += make_forget_called_ops(header.id, read_all_ended(self.backend, header.id))
        ops += [make_removal(header.id), make_removal_time_op(header.id)]
        if not apply_ops(self.backend, keys.name_state(header.id), ops, [self.holds.make_expectation(header.id)]):
            raise make_held(header.id)
        if header.business_key is not None:
            # Only if a later instance has not claimed the key since.
            unique = keys.name_unique_business_keys(prefix, header.definition_key, header.tenant_id)
            gone = [["HDEL", unique, header.business_key]]
            apply_ops(self.backend, unique, gone, [[unique, header.business_key, header.id]])

    def forget_traces(self, instance_id: str) -> bool:
        """Remove what is left of an instance whose state is gone; False when there is nothing.

        Raises Conflict for one under hold.
        """
        if self.holds.list_held([instance_id]):
            raise make_held(instance_id)
        return self._traces.remove(instance_id)

    def forget_record_entries(self, instance_id: str) -> None:
        """Take what an instance holds open out of the indexes, whatever its rows say."""
        self._traces.remove_record_entries(instance_id)

    # -- the live stream

    def read_live_positions(self) -> dict[int, str]:
        """The id of the newest entry of every partition: a reader that begins there misses nothing that follows."""
        reads: list[Read] = [
            ("XREVRANGE", keys.name_live(keys.make_tag(p)), "+", "-", "COUNT", 1) for p in self.partitions
        ]
        replies = self.backend.read(reads)
        return {p: found[0][0].decode() if found else "0-0" for p, found in zip(self.partitions, replies, strict=True)}

    def wait_for_live_entries(self, positions: Mapping[int, str], timeout_ms: int) -> list[LiveEntry]:
        """Committed turns behind the positions; waits up to the timeout for one."""
        by_key = {keys.name_live(keys.make_tag(p)): id_ for p, id_ in positions.items()}
        numbers = {keys.name_live(keys.make_tag(p)): p for p in positions}
        return [
            _make_entry(numbers[key], id_, body) for key, id_, body in self.backend.wait_for_streams(by_key, timeout_ms)
        ]

    def read_live_entries(self, partition: int, after: str, limit: int) -> tuple[list[LiveEntry], bool]:
        """Entries of a partition behind an id, and whether the stream still reaches back to it."""
        key = keys.name_live(keys.make_tag(partition))
        first, found = self.backend.read(
            [("XRANGE", key, "-", "+", "COUNT", 1), ("XRANGE", key, "(" + after, "+", "COUNT", limit)]
        )
        whole = not first or _moment(first[0][0].decode()) <= _moment(after)
        entries = [_entry(partition, id_.decode(), flat) for id_, flat in found]
        return entries, whole

    def close(self) -> None:
        self.backend.close()


def open_store(
    url: str,
    partitions: int = 64,
    *,
    live_length: int = 10_000,
    replicas: int = 0,
    encryption_keys: str = "",
    compact_history: bool = False,
    capture: Capture = NOTHING,
    archive: Path | None = None,
    indexed_variables: Sequence[str] = (),
    clock: Callable[[], Millis] = read_system_time,
) -> Store:
    """The store behind a URL (see ``connecting``). Raises ValueError for keys that are none (see ``blobs``).

    ``archive``: the folder of ended instances that have left the store, whether it is there yet or not; ``clock`` tells
    when some come back.
    """
    kind = ClusterBackend if url.startswith("cluster+") else RedisBackend
    backend: Backend = kind(url, replicas=replicas)
    blobs = BlobCodec.from_text(encryption_keys, compact_history=compact_history)
    folder = None if archive is None else Archive(archive, backend, blobs, range(partitions), clock)
    return Store(
        backend if folder is None else ArchivedBackend(backend, folder),
        blobs,
        partitions,
        live_length=live_length,
        capture=capture,
        archive=folder,
        alone=compact_history,
        indexed_variables=indexed_variables,
    )


def _entry(partition: int, id_: str, flat: Sequence[bytes]) -> LiveEntry:
    return _make_entry(partition, id_, dict(zip(flat[::2], flat[1::2], strict=True)))


def _make_entry(partition: int, id_: str, body: Mapping[bytes, bytes]) -> LiveEntry:
    return LiveEntry(
        partition=partition,
        id=id_,
        instance_id=body[b"i"].decode(),
        chunk=body[b"e"],
        header=body[b"h"],
        status=body.get(b"s"),
    )


def _moment(stream_id: str) -> tuple[int, int]:
    first, _, second = stream_id.partition("-")
    return int(first), int(second or 0)
