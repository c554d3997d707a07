"""Short ways to say what the contract tests need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from baton.model.called import EndedProcess
from baton.model.commands import Answer, Command, Envelope, StartInstance
from baton.model.events import Event, EventType
from baton.model.records import ExternalTask, InstanceHeader, InstanceState, Record
from baton.model.rows import to_row
from baton.model.turn_result import Outgoing, RecordChange, TurnResult
from baton.store.lists import FIELDS
from baton.store.ports import Queued, Submission, Submitted, Taken
from baton.store.store import Store

ID = "0123456789abcdef-01"
OTHER = "0123456789abcdeg-02"
LEASE = 10_000


def queued(command_id: str, command: Command | None = None, **more: Any) -> Queued:
    command = command or StartInstance(definition_id="p:1:d")
    return Queued(envelope=Envelope(id=command_id, command=command, submitted_at=1), **more)


def asking(instance_id: str, queued: Queued, **more: Any) -> Submission:
    return Submission(instance_id=instance_id, queued=queued, **more)


def submit(store: Store, command_id: str = "c1", *, now: int = 1000, owner: str = "a", **more: Any) -> Submitted:
    instance_id = more.pop("instance_id", ID)
    create = more.pop("create", True)
    found = store.turns.submit(
        asking(instance_id, queued(command_id), now=now, owner=owner, lease_ms=LEASE, create=create, **more)
    )
    assert found is not None
    return found


def taken(store: Store, command_id: str = "c1", **more: Any) -> Taken:
    found = submit(store, command_id, **more).taken
    assert found is not None
    return found


def header(instance_id: str = ID, **more: Any) -> InstanceHeader:
    plain = InstanceHeader(
        id=instance_id, definition_id="p:1:d", definition_key="p", state=InstanceState.ACTIVE, started_at=1000
    )
    return replace(plain, **more)


def task(instance_id: str = ID, number: int = 7, **more: Any) -> ExternalTask:
    plain = ExternalTask(
        id=f"{instance_id}.{number}",
        instance_id=instance_id,
        definition_id="p:1:d",
        definition_key="p",
        element="charge",
        token=3,
        topic="charge-card",
        created_at=1000,
        not_before=1000,
    )
    return replace(plain, **more)


def created(*records: Record) -> tuple[RecordChange, ...]:
    return tuple(RecordChange(before=None, after=record) for record in records)


def removed(*records: Record) -> tuple[RecordChange, ...]:
    return tuple(RecordChange(before=record, after=None) for record in records)


def changed(before: Record, after: Record) -> tuple[RecordChange, ...]:
    return (RecordChange(before=before, after=after),)


def decision(
    *,
    before: InstanceHeader | None = None,
    after: InstanceHeader | None = None,
    put: Mapping[str, Any] | None = None,
    drop: Iterable[str] = (),
    records: tuple[RecordChange, ...] = (),
    answers: Mapping[str, Answer] | None = None,
    outgoing: tuple[Outgoing, ...] = (),
    guards: Mapping[str, int | None] | None = None,
    next_due: int | None = None,
    events: int = 1,
    called_ended: tuple[EndedProcess, ...] = (),
) -> TurnResult:
    after = after or header()
    fields: dict[str, Any] = {"h": to_row(after), **(put or {})}
    gone = set(drop)
    for change in records:
        record = change.after or change.before
        assert record is not None
        name = FIELDS[type(record)] + record.id.rpartition(".")[2]
        if change.after is None:
            gone.add(name)
        else:
            fields[name] = to_row(change.after)
    return TurnResult(
        instance_id=after.id,
        put=fields,
        drop=frozenset(gone),
        events=tuple(Event(position=n, at=1000, type=EventType.ELEMENT_ENTERED) for n in range(1, events + 1)),
        answers=answers or {},
        records=records,
        header_before=before,
        header=after,
        outgoing=outgoing,
        guards=guards or {},
        next_due=next_due,
        called_ended=called_ended,
    )


def begin(store: Store, *records: Record, instance_id: str = ID, **more: Any) -> InstanceHeader:
    """An instance that has started and holds the records open."""
    after = more.pop("after", header(instance_id))
    turn = taken(store, f"start-{instance_id}", instance_id=instance_id)
    done = decision(after=after, records=created(*records), **more)
    store.turns.commit(turn, done, now=1000, lease_ms=LEASE)
    return after
