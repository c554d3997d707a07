"""A decision as the commit script wants it: encoded fields, index operations, answers. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from baton.model.commands import Answer
from baton.model.records import (
    ExternalTask,
    Incident,
    InstanceHeader,
    InstanceState,
    Job,
    Subscription,
    SubscriptionKind,
    UserTask,
)
from baton.model.rows import to_row
from baton.model.times import Millis
from baton.model.turn_result import RecordChange, TurnResult
from baton.store import codec, keys, places
from baton.store.envelopes import encode_answer
from baton.store.ports import Queued, Taken

Op: TypeAlias = "list[str | bytes | int]"
NEVER = "inf"
"""The score of a task that no worker may lock until an operator has changed it."""


def commit_payload(
    taken: Taken,
    decision: TurnResult,
    *,
    now: Millis,
    lease_ms: int,
    live_length: int,
    batch: int,
    more: bool,
    fresh: bool,
    unique: bool,
) -> dict[str, Any]:
    """The map that ``commit.lua`` reads; ``claim`` is in it only where the business key must be unique."""
    prefix = keys.partition_tag(decision.instance_id)
    released = frozenset(decision.guards)
    events = [to_row(event) for event in decision.events]
    return {
        **({"claim": _claim(prefix, decision.header)} if unique else {}),
        "fresh": int(fresh),
        "id": decision.instance_id,
        "lease": taken.lease,
        "owner": taken.owner,
        "now": now,
        "till": now + lease_ms,
        "guards": [[number_of(task), fence or 0] for task, fence in decision.guards.items()],
        "put": [
            part
            for name, value in decision.put.items()
            for part in (name, codec.encode(value, place=place_of(decision.instance_id, name)))
        ],
        "drop": sorted(decision.drop),
        "chunk": codec.encode(events, place=places.history(decision.instance_id)) if events else "",
        "header": codec.encode(to_row(decision.header), place=places.live(decision.instance_id)) if events else "",
        "live_length": live_length,
        "ops": [
            *header_ops(prefix, decision),
            *record_ops(prefix, decision.records, released, now),
            *sends(prefix, decision, now),
        ],
        "answers": list(answers(decision, taken.commands, taken.owner.partition(".")[0])),
        "wake": [keys.topic_channel(topic) for topic in lockable_topics(decision.records, now)],
        "consumed": len(taken.commands),
        "due": "" if decision.next_due is None else str(decision.next_due),
        "more": 1 if more else 0,
        "batch": batch,
    }


def _claim(prefix: str, header: InstanceHeader) -> dict[str, Any]:
    """Its business key, which no other running instance of the process in its partition may have claimed."""
    running = [state for state in InstanceState if not state.is_ended]
    return {
        "key": keys.unique_business_keys(prefix, header.definition_key),
        "name": header.business_key,
        "running": [keys.by_state(prefix, state.value) for state in running],
    }


def place_of(instance_id: str, name: str) -> str:
    """Where a field of a state belongs, for the seal of its blob."""
    return f"{instance_id}/{name}"


def number_of(task_id: str) -> str:
    return task_id.rpartition(".")[2]


def answers(decision: TurnResult, commands: Iterable[Queued], here: str) -> Iterable[list[Any]]:
    """Answer key, blob, time to live, channel, message; the process that commits needs no hint."""
    for queued in commands:
        command_id = queued.envelope.id
        blob = encode_answer(decision.answers.get(command_id) or Answer(), decision.instance_id, command_id)
        channel = keys.answers_channel(queued.reply_to) if queued.reply_to not in ("", here) else ""
        yield [keys.answer(decision.instance_id, command_id), blob, queued.keep_ms, channel, command_id]


def lockable_topics(changes: Iterable[RecordChange], now: Millis) -> list[str]:
    """Topics in which a task can be locked right after this commit."""
    found: list[str] = []
    for change in changes:
        task = change.after
        if isinstance(task, ExternalTask) and _lockable_now(task, now) and task.topic not in found:
            found.append(task.topic)
    return found


def _lockable_now(task: ExternalTask, now: Millis) -> bool:
    return _lockable_at(task) != NEVER and task.not_before <= now


def _lockable_at(task: ExternalTask) -> str:
    return NEVER if task.suspended or task.retries == 0 else str(task.not_before)


# -- the instance's own indexes


def header_ops(prefix: str, decision: TurnResult) -> list[Op]:
    before, after = decision.header_before, decision.header
    ops: list[Op] = []
    if before is not None and _placed(before) != _placed(after):
        ops.extend(["ZREM", key, before.id] for key, _ in _places(prefix, before))
    if before is None or _placed(before) != _placed(after):
        ops.extend(["ZADD", key, str(score), after.id] for key, score in _places(prefix, after))
    if before is not None and before.business_key is not None and before.business_key != after.business_key:
        ops.append(["ZREM", *_business_key(prefix, before)])
    if after.business_key is not None and (before is None or before.business_key != after.business_key):
        key, member = _business_key(prefix, after)
        ops.append(["ZADD", key, "0", member])
    return ops


def _placed(header: InstanceHeader) -> tuple[str, str]:
    return header.state.value, header.definition_id


def _places(prefix: str, header: InstanceHeader) -> list[tuple[str, Millis]]:
    state = keys.by_state(prefix, header.state.value)
    if header.state.is_ended:
        ended = header.ended_at or header.started_at
        return [(state, ended), (keys.ended_of(prefix, header.definition_id), ended)]
    return [(state, header.started_at), (keys.unfinished_of(prefix, header.definition_id), header.started_at)]


def _business_key(prefix: str, header: InstanceHeader) -> tuple[str, str]:
    return keys.business_keys(prefix), f"{header.business_key}{keys.SEPARATOR}{header.id}"


def forget_ops(prefix: str, header: InstanceHeader) -> list[Op]:
    """Take an instance out of every index of instances."""
    ops: list[Op] = [["ZREM", key, header.id] for key, _ in _places(prefix, header)]
    if header.business_key is not None:
        ops.append(["ZREM", *_business_key(prefix, header)])
    return ops


# -- the indexes of what it holds open


def record_ops(prefix: str, changes: Iterable[RecordChange], released: frozenset[str], now: Millis) -> list[Op]:
    ops: list[Op] = []
    for change in changes:
        record = change.after or change.before
        if isinstance(record, ExternalTask):
            ops += _external_task(prefix, change, released, now)
        elif record is not None:
            members = _MEMBERS[type(record)]
            gone = members(prefix, change.before) if change.before is not None else []
            there = members(prefix, change.after) if change.after is not None else []
            ops += [_remove(one) for one in gone if one not in there]
            ops += [_add(one) for one in there if one not in gone]
    return ops


def _external_task(prefix: str, change: RecordChange, released: frozenset[str], now: Millis) -> list[Op]:
    before, after = change.before, change.after
    ops: list[Op] = []
    if isinstance(before, ExternalTask) and (after is None or _queue(before) != _queue(after)):
        name = _queue(before)
        ops.append(["word", "unnamed", keys.topics(prefix), name, keys.queue(prefix, name), before.id])
    if isinstance(after, ExternalTask):
        name, release = _queue(after), 1 if after.id in released else 0
        place = [keys.queue(prefix, name), keys.topics(prefix), name, str(after.priority), after.id]
        ops.append(["word", "task", number_of(after.id), release, _lockable_at(after), str(now), *place])
    elif before is not None:
        ops.append(["HDEL", keys.locks(before.instance_id), number_of(before.id)])
    return ops


def _queue(task: Any) -> str:
    return keys.queue_name(task.topic, task.priority)


Member: TypeAlias = "tuple[str, str, str, str]"
"""Registry name ("" for none), key, score, member."""


def _add(one: Member) -> Op:
    name, key, score, member = one
    if name:
        return ["word", "named", key.partition(":")[0] + ":w", "0", name, key, score, member]
    return ["ZADD", key, score, member]


def _remove(one: Member) -> Op:
    name, key, _, member = one
    if name:
        return ["word", "unnamed", key.partition(":")[0] + ":w", name, key, member]
    return ["ZREM", key, member]


def _user_task(prefix: str, task: UserTask) -> list[Member]:
    score = str(task.created_at)
    found: list[Member] = [("", keys.user_tasks(prefix), score, task.id)]
    if task.assignee is not None:
        found.append(("", keys.user_tasks_of_assignee(prefix, task.assignee), score, task.id))
    found += [("", keys.user_tasks_of_group(prefix, group), score, task.id) for group in task.candidate_groups]
    found += [("", keys.user_tasks_of_candidate(prefix, user), score, task.id) for user in task.candidate_users]
    return found


def _job(prefix: str, job: Job) -> list[Member]:
    return [("", keys.jobs(prefix), str(job.due), job.id)]


def _incident(prefix: str, incident: Incident) -> list[Member]:
    return [("", keys.incidents(prefix), str(incident.created_at), incident.id)]


def _subscription(prefix: str, wait: Subscription) -> list[Member]:
    name = keys.wait_name(wait.kind.value, wait.name)
    key = keys.waiting(prefix, name)
    found = [(name, key, "0", by_business_key(wait.business_key) + wait.id)]
    if wait.kind is SubscriptionKind.MESSAGE and wait.correlation_key is not None:
        found.append((name, key, "0", by_correlation_key(wait.correlation_key) + wait.id))
    return found


def by_business_key(business_key: str | None) -> str:
    """What the members of a subscription index begin with; distinguishes no key from an empty one."""
    return f"b{'' if business_key is None else '=' + business_key}{keys.SEPARATOR}"


def by_correlation_key(correlation_key: str) -> str:
    return f"c{correlation_key}{keys.SEPARATOR}"


def members_from(start: str) -> tuple[str, str]:
    """The range of all members that begin so (its last character is never the highest)."""
    return "[" + start, "(" + start[:-1] + chr(ord(start[-1]) + 1)


_MEMBERS: dict[type, Callable[[str, Any], list[Member]]] = {
    UserTask: _user_task,
    Job: _job,
    Incident: _incident,
    Subscription: _subscription,
}


# -- what leaves the instance


def sends(prefix: str, decision: TurnResult, now: Millis) -> list[Op]:
    ops: list[Op] = []
    for one in decision.outgoing:
        body = codec.encode([to_row(one), now, 0], place=places.outgoing(one.id))
        ops.append(["HSET", keys.outbox_bodies(prefix), one.id, body])
        ops.append(["ZADD", keys.outbox(prefix), str(now), one.id])
    return ops
