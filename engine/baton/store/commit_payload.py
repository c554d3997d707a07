"""The result of a turn as the commit script wants it: encoded fields, index operations, answers. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from baton.model.commands import Answer
from baton.model.headers import HEADER, STATUS
from baton.model.records import ExternalTask, InstanceHeader, InstanceState
from baton.model.rows import to_row
from baton.model.times import Millis
from baton.model.turn_result import RecordChange, TurnResult
from baton.store import channels, keys, places
from baton.store.blobs import BlobCodec
from baton.store.captured import Capture
from baton.store.ended_called import make_ended_ops
from baton.store.envelopes import encode_answer
from baton.store.index_ops import (
    NEVER,
    get_lockable_at,
    get_number,
    make_called_ops,
    make_header_ops,
    make_record_ops,
    make_timeout_ops,
)
from baton.store.operations import Op
from baton.store.ports import Queued, Taken
from baton.store.variable_entries import IndexedVariables


def make_commit_payload(
    blobs: BlobCodec,
    taken: Taken,
    turn_result: TurnResult,
    *,
    now: Millis,
    lease_ms: int,
    live_length: int,
    batch: int,
    more: bool,
    fresh: bool,
    unique: bool,
    capture: Capture,
    indexed: IndexedVariables | None = None,
) -> dict[str, Any]:
    """The map that ``commit.lua`` reads.

    ``claim`` is in it only where the business key must be unique, ``unleased`` only of a turn without a lease, ``plan``
    only where variables are indexed.
    """
    prefix = keys.find_tag(turn_result.instance_id)
    released = frozenset(turn_result.guards)
    events = [to_row(event) for event in turn_result.events]
    values = {**turn_result.put, places.HISTORY: events} if events else turn_result.put
    fields = blobs.encode_fields(turn_result.instance_id, values)
    chunk = fields.pop(places.HISTORY, "")
    return {
        **({"claim": _make_claim(prefix, turn_result.header)} if unique else {}),
        **({"unleased": {"version": taken.version, "worker": taken.relies_on}} if taken.relies_on else {}),
        **({"plan": indexed.plan} if indexed is not None else {}),
        "fresh": int(fresh),
        "id": turn_result.instance_id,
        "lease": taken.lease,
        "owner": taken.owner,
        "now": now,
        "till": now + lease_ms,
        "guards": [[get_number(task), fence or 0] for task, fence in turn_result.guards.items()],
        "put": list(chain.from_iterable(fields.items())),
        "header": fields[HEADER] if events else "",
        "status": fields.get(STATUS, "") if events else "",
        "drop": sorted(turn_result.drop),
        "chunk": chunk,
        **(_seal_live_header(blobs, turn_result) if events and blobs.is_sealing else {}),
        "live_length": live_length,
        "ops": [
            *make_header_ops(prefix, turn_result),
            *make_record_ops(prefix, turn_result.records, released, now),
            *(make_timeout_ops(prefix, turn_result) if turn_result.timeouts else ()),
            *(
                make_called_ops(prefix, turn_result.called_begun, turn_result.called_over)
                if turn_result.called_begun or turn_result.called_over
                else ()
            ),
            *(make_ended_ops(turn_result.instance_id, turn_result.called_ended) if turn_result.called_ended else ()),
            *(indexed.make_commit_ops(prefix, turn_result) if indexed is not None else ()),
            *(_make_outbox_ops(blobs, prefix, turn_result, now) if turn_result.outgoing else ()),
            *(capture.make_ops(blobs, prefix, turn_result, now) if capture.messages or capture.life_cycle else ()),
        ]
        if turn_result.started
        else [["DEL", keys.name_state(turn_result.instance_id)]],
        "answers": [_encode_answer(blobs, turn_result, queued, taken.owner) for queued in taken.commands],
        "wake": [
            *(channels.name_topic_channel(topic) for topic in _list_lockable_topics(turn_result.records, now)),
            *([channels.OUTBOX_CHANNEL] if turn_result.outgoing else ()),
        ],
        "consumed": len(taken.commands),
        "lost": turn_result.lost_turns,
        "due": "" if turn_result.next_due is None else str(turn_result.next_due),
        "watches": int(turn_result.watches_attempts),
        "more": 1 if more else 0,
        "batch": batch,
    }


def _seal_live_header(blobs: BlobCodec, turn_result: TurnResult) -> dict[str, Any]:
    """What the live stream says of the instance, bound to its place there; the status only if it has one."""
    place, rows = places.name_live(turn_result.instance_id), turn_result.put
    status = blobs.encode(rows[STATUS], place=place) if STATUS in rows else ""
    return {"header": blobs.encode(rows[HEADER], place=place), "status": status}


def _make_claim(prefix: str, header: InstanceHeader) -> dict[str, Any]:
    """Its business key, which no other running instance of the process and tenant in its partition may have claimed."""
    running = [state for state in InstanceState if not state.is_ended]
    return {
        "key": keys.name_unique_business_keys(prefix, header.definition_key, header.tenant_id),
        "name": header.business_key,
        "running": [keys.name_by_state(prefix, state.value) for state in running],
    }


def _encode_answer(blobs: BlobCodec, turn_result: TurnResult, queued: Queued, owner: str) -> list[Any]:
    """Answer key, blob, time to live, channel, message; the process that commits needs no hint."""
    command_id, here = queued.envelope.id, owner.partition(".")[0]
    blob = encode_answer(blobs, turn_result.answers.get(command_id) or Answer(), turn_result.instance_id, command_id)
    channel = channels.name_answers_channel(queued.reply_to) if queued.reply_to not in ("", here) else ""
    return [keys.name_answer(turn_result.instance_id, command_id), blob, queued.keep_ms, channel, command_id]


def _list_lockable_topics(changes: Iterable[RecordChange], now: Millis) -> list[str]:
    """Topics in which a task can be locked right after this commit."""
    found: list[str] = []
    for change in changes:
        task = change.after
        if not isinstance(task, ExternalTask) or task.topic in found:
            continue
        if get_lockable_at(task) != NEVER and task.not_before <= now:
            found.append(task.topic)
    return found


def _make_outbox_ops(blobs: BlobCodec, prefix: str, turn_result: TurnResult, now: Millis) -> list[Op]:
    ops: list[Op] = []
    for outgoing in turn_result.outgoing:
        body = blobs.encode([to_row(outgoing), now, 0], place=places.name_outgoing(outgoing.id))
        ops.append(["HSET", keys.name_outbox_bodies(prefix), outgoing.id, body])
        ops.append(["ZADD", keys.name_outbox(prefix), str(now), outgoing.id])
    return ops
