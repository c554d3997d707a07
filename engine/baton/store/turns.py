"""Submit, take, commit, release: the only way the state of an instance changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, cast

import msgpack

from baton.model.headers import HEADER, STATUS, read_header
from baton.model.records import InstanceHeader, Lock
from baton.model.times import Millis
from baton.model.turn_result import TurnResult
from baton.store import codec, keys
from baton.store.blobs import BlobCodec
from baton.store.captured import Capture
from baton.store.commit_payload import make_commit_payload
from baton.store.envelopes import decode_answer, decode_or_explain, encode_queued
from baton.store.operations import apply_ops
from baton.store.ports import (
    Arg,
    Backend,
    Claimed,
    Committed,
    Fenced,
    Stale,
    Submission,
    Submitted,
    Taken,
    iterate_pairs,
    take_answered,
)
from baton.store.variable_entries import IndexedVariables

Call: TypeAlias = "tuple[list[str], list[Arg]]"

NOTHING = Capture()
BATCH = 200
"""Commands that one turn applies at most."""
_OWN = ord("~")
"""How the fields of a state hash begin that are the store's own."""


class Turns:
    """Leases, mailboxes and commits of instances. All times are arguments."""

    def __init__(
        self,
        backend: Backend,
        blobs: BlobCodec,
        *,
        live_length: int = 10_000,
        capture: Capture = NOTHING,
        indexed: IndexedVariables | None = None,
    ) -> None:
        self._backend, self._blobs, self._capture, self._indexed = backend, blobs, capture, indexed
        self._live_length = live_length

    def submit(self, ask: Submission) -> Submitted | None:
        """Put a command into the mailbox and take the turn if it is free; None if there is no such instance.

        The same command id again has no effect: it finds the answer, or waits for it as the first does.
        """
        return _read_submitted(self._blobs, ask, self._backend.run("submit", *_make_submit_call(self._blobs, ask)))

    def submit_each(self, asks: Sequence[Submission]) -> list[Submitted | None]:
        """As ``submit``, of many commands in one round trip where that can be."""
        replies = self._backend.run_each("submit", [_make_submit_call(self._blobs, ask) for ask in asks])
        return [_read_submitted(self._blobs, ask, reply) for ask, reply in zip(asks, replies, strict=True)]

    def take(
        self,
        instance_id: str,
        *,
        now: Millis,
        owner: str,
        lease_ms: int,
        known_version: str = "",
        only_if_due: bool = False,
    ) -> Taken | None:
        """Take the turn, or None: another holds it, nothing is due, or there is no such instance."""
        reply = self._backend.run(
            "take",
            _make_keys(instance_id),
            [instance_id, now, owner, now + lease_ms, known_version, BATCH, int(only_if_due)],
        )
        return _read_taken(self._blobs, instance_id, owner, reply) if reply[0] == b"TAKEN" else None

    def commit(
        self,
        taken: Taken,
        decision: TurnResult,
        *,
        now: Millis,
        lease_ms: int,
        more: bool = True,
        fresh: bool = False,
        unique: bool = False,
    ) -> Committed:
        """Write all that the turn decided. With ``more`` the next turn is taken at once if commands wait.

        ``fresh``: of an instance that is to exist only from now on (``Taken.fresh``); Fenced if anything is known of
        it or of its command. ``unique``: Claimed if a running instance of the process has claimed the business key;
        its instance must be in the same partition. Repeating a commit whose answer was lost has no second effect.
        Raises Fenced, Stale, Claimed.
        """
        call = self._make_commit_call(taken, decision, now, lease_ms, more=more, fresh=fresh, unique=unique)
        return _read_committed(self._blobs, taken, self._backend.run("commit", *call))

    def commit_each(
        self, turns: Sequence[tuple[Taken, TurnResult]], *, now: Millis, lease_ms: int
    ) -> list[Committed | Fenced | Stale]:
        """As ``commit`` with ``more``, of many instances in one round trip where that can be; each for itself."""
        calls = [self._make_commit_call(taken, decision, now, lease_ms, more=True) for taken, decision in turns]
        found: list[Committed | Fenced | Stale] = []
        for (taken, _), reply in zip(turns, self._backend.run_each("commit", calls), strict=True):
            try:
                found.append(_read_committed(self._blobs, taken, reply))
            except (Fenced, Stale) as lost:
                found.append(lost)
        return found

    def _make_commit_call(
        self,
        taken: Taken,
        decision: TurnResult,
        now: Millis,
        lease_ms: int,
        *,
        more: bool,
        fresh: bool = False,
        unique: bool = False,
    ) -> Call:
        payload = make_commit_payload(
            self._blobs,
            taken,
            decision,
            now=now,
            lease_ms=lease_ms,
            live_length=self._live_length,
            batch=BATCH,
            more=more,
            fresh=fresh,
            unique=unique,
            capture=self._capture,
            indexed=self._indexed,
        )
        instance_id = taken.instance_id
        names = [*_make_keys(instance_id), keys.name_history(instance_id), keys.name_live(keys.find_tag(instance_id))]
        return names, [codec.pack(payload, for_script=True)]

    def release(self, taken: Taken, *, again_at: Millis) -> None:
        """Give the turn back undecided; the agenda brings the instance up again at the moment given."""
        self._backend.run("release", _make_keys(taken.instance_id), [taken.instance_id, taken.lease, again_at])

    def forgive(self, instance_id: str) -> None:
        """Forget the leases that expired since the last commit: nothing that was decided took too long."""
        name = keys.name_state(instance_id)
        apply_ops(self._backend, name, [["HDEL", name, "~n"]])

    def list_due(self, now: Millis, limit: int, partitions: Sequence[int]) -> tuple[list[str], Millis | None]:
        """Instances that need attention now, and when the next one will; of those parts of the store that answer.

        Raises StoreUnavailable when none does.
        """
        groups = self._backend.group_by_slot([keys.make_tag(p) for p in partitions])
        calls = [([keys.name_agenda(p) for p in prefixes], [now, limit]) for prefixes in groups]
        replies = take_answered(self._backend.ask_each("due", calls))
        found = [cast("bytes", id_).decode() for due, _ in replies for id_ in due]
        return found[:limit], min((int(float(later)) for _, later in replies if later), default=None)

    def record_progress(self, now: Millis) -> None:
        """Everything due at that moment has been executed, or is being executed."""
        apply_ops(self._backend, keys.PROGRESS, [["SET", keys.PROGRESS, now]])

    def read_progress(self) -> Millis | None:
        """The moment that was recorded last by any process; None before the first."""
        found = self._backend.read([("GET", keys.PROGRESS)])[0]
        return None if found is None else int(found)

    def get_answer(self, instance_id: str, command_id: str) -> Submitted | None:
        """The answer of a command if it is there; ``Submitted()`` while it waits; None if unknown or forgotten."""
        blob = self._backend.read([("GET", keys.name_answer(instance_id, command_id))])[0]
        if blob is None:
            return None
        return Submitted(answer=decode_answer(self._blobs, blob, instance_id, command_id)) if blob else Submitted()


def _make_keys(instance_id: str) -> list[str]:
    prefix = keys.find_tag(instance_id)
    return [
        keys.name_state(instance_id),
        keys.name_mailbox(instance_id),
        keys.name_agenda(prefix),
        keys.name_locks(instance_id),
    ]


def _make_submit_call(blobs: BlobCodec, ask: Submission) -> Call:
    queued = ask.queued
    return (
        [*_make_keys(ask.instance_id), keys.name_answer(ask.instance_id, queued.envelope.id)],
        [
            *(ask.instance_id, ask.now, ask.owner, ask.now + ask.lease_ms, ask.known_version, BATCH),
            *(encode_queued(blobs, queued, ask.instance_id), queued.keep_ms, int(ask.create), int(ask.take)),
        ],
    )


def _read_submitted(blobs: BlobCodec, ask: Submission, reply: Any) -> Submitted | None:
    word = reply[0]
    if word == b"NONE":
        return None
    if word == b"ANSWERED":
        return Submitted(answer=decode_answer(blobs, reply[1], ask.instance_id, ask.queued.envelope.id))
    if word == b"TAKEN":
        return Submitted(taken=_read_taken(blobs, ask.instance_id, ask.owner, reply))
    return Submitted(held_until=int(reply[1]) if word == b"HELD" else ask.now)


def _read_taken(blobs: BlobCodec, instance_id: str, owner: str, reply: Any) -> Taken:
    lease, version, same, state, locks, lost = reply[1]
    return Taken(
        instance_id=instance_id,
        owner=owner,
        lease=lease.decode(),
        version=version.decode(),
        fields=None if same else open_fields(blobs, instance_id, state),
        locks=read_locks(instance_id, locks) if locks else {},
        commands=tuple(decode_or_explain(blobs, blob, instance_id, number) for number, blob in enumerate(reply[2])),
        lost=int(lost),
    )


def _read_committed(blobs: BlobCodec, taken: Taken, reply: Any) -> Committed:
    word = reply[0]
    if word == b"FENCED":
        raise Fenced(f"Expected to hold {taken.instance_id} by lease {taken.lease}, but another has taken it since")
    if word == b"CLAIMED":
        raise Claimed(cast("bytes", reply[1]).decode())
    if word == b"STALE":
        raise Stale(f"Expected the lock of task {int(reply[1])} of {taken.instance_id} as it was, but it has changed")
    if word == b"MORE":
        return Committed(more=_read_taken(blobs, taken.instance_id, taken.owner, reply))
    return Committed(repeated=word == b"ALREADY")


def open_fields(blobs: BlobCodec, instance_id: str, flat: Sequence[bytes]) -> Mapping[str, bytes]:
    """The runtime's fields of a state hash, each checked to be in its place; the store's own are left out."""
    found = {name.decode(): blob for name, blob in iterate_pairs(flat) if name[0] != _OWN}
    return blobs.open_fields(instance_id, found)


def decode_header(fields: Mapping[str, bytes]) -> InstanceHeader:
    """The header of encoded fields. Raises Damaged and what ``read_header`` raises."""
    return read_header({name: codec.decode(fields[name]) for name in (HEADER, STATUS) if name in fields})


def read_locks(instance_id: str, flat: Sequence[bytes]) -> Mapping[str, Lock]:
    """Locks that have been given and not given back, ran out or not, by task id."""
    found: dict[str, Lock] = {}
    for number, row in iterate_pairs(flat):
        task_id = f"{instance_id}.{number.decode()}"
        if (lock := read_lock(task_id, row)) is not None:
            found[task_id] = lock
    return found


def read_lock(task_id: str, row: bytes | None) -> Lock | None:
    """A row of the locks hash; None if nobody holds the task."""
    if row is None:
        return None
    found = msgpack.unpackb(row, raw=True)
    fence, until, worker = found[:3]
    if not worker:
        return None
    timeout, deadline = found[4:6] if len(found) > 4 else (0, 0)
    return Lock(
        task_id=task_id,
        worker_id=worker.decode(),
        until=int(until),
        fence=int(fence),
        timeout=int(timeout),
        deadline=int(deadline) if deadline > 0 else None,
    )


def read_progress(row: bytes) -> bytes:
    """The blob in which a row of the locks hash has the progress; empty where nothing was said."""
    found = msgpack.unpackb(row, raw=True)
    return found[6] if len(found) > 6 else b""
