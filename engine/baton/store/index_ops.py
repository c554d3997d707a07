"""Which index entries a change of an instance or a record removes and adds, as operations for the scripts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, TypeAlias

from baton.model.called import CalledProcess
from baton.model.ids import parse_record_id
from baton.model.records import (
    CHANGEABLE,
    ExternalTask,
    Incident,
    InstanceHeader,
    Job,
    Subscription,
    SubscriptionKind,
    UserTask,
)
from baton.model.standalone import KEY as STANDALONE
from baton.model.standalone import NUMBER
from baton.model.times import Millis
from baton.model.turn_result import RecordChange, TurnResult
from baton.store import called_keys, keys, task_keys
from baton.store.operations import Op
from baton.store.urgency import compute_urgency

NEVER = "inf"
"""The score of a task that no worker may lock until an operator has changed it."""


def get_number(task_id: str) -> str:
    return task_id.rpartition(".")[2]


def get_lockable_at(task: ExternalTask) -> str:
    """The score of a task in its queue while nobody holds it."""
    return NEVER if task.suspended or task.retries == 0 else str(task.not_before)


# -- the instance's own indexes


def make_header_ops(prefix: str, turn_result: TurnResult) -> list[Op]:
    """Also counts the start and the end of an instance (see ``rates``); a turn may do both."""
    before, after = turn_result.header_before, turn_result.header
    ops: list[Op] = []
    counts = after.definition_key != STANDALONE
    if before is None and counts:
        ops.append(["index", "count_start", prefix, str(after.started_at)])
    if counts and after.ended_at is not None and (before is None or before.ended_at is None):
        took = max(0, after.ended_at - after.started_at)
        ops.append(["index", "count_end", prefix, str(after.ended_at), str(took)])
    moves = before is None or (before.state, before.definition_id) != (after.state, after.definition_id)
    if before is not None and moves:
        ops.extend(["ZREM", key, before.id] for key, _ in _list_index_entries(prefix, before))
    if moves:
        ops.extend(["ZADD", key, str(score), after.id] for key, score in _list_index_entries(prefix, after))
    if after.undone != (before is not None and before.undone):
        undone = keys.name_undone(prefix)
        ops.append(["ZADD", undone, str(after.started_at), after.id] if after.undone else ["ZREM", undone, after.id])
    if before is not None and before.business_key is not None and before.business_key != after.business_key:
        ops.append(["ZREM", *_make_business_key_entry(prefix, before)])
    if after.business_key is not None and (before is None or before.business_key != after.business_key):
        key, member = _make_business_key_entry(prefix, after)
        ops.append(["ZADD", key, "0", member])
    return ops


def _list_index_entries(prefix: str, header: InstanceHeader) -> list[tuple[str, Millis]]:
    if header.definition_key == STANDALONE:
        return _list_standalone_entries(prefix, header)
    state = keys.name_by_state(prefix, header.state.value)
    if header.state.is_ended:
        ended = header.ended_at or header.started_at
        return [
            (state, ended),
            (keys.name_ended(prefix, header.definition_id), ended),
            (keys.name_by_state(prefix, header.state.value, by_start=True), header.started_at),
            (keys.name_ended(prefix, header.definition_id, by_start=True), header.started_at),
        ]
    return [(state, header.started_at), (keys.name_unfinished(prefix, header.definition_id), header.started_at)]


def _list_standalone_entries(prefix: str, header: InstanceHeader) -> list[tuple[str, Millis]]:
    """Those of its process alone: in none of the sets by state it is in no list of instances, and counted nowhere."""
    if not header.state.is_ended:
        return [(keys.name_unfinished(prefix, header.definition_id), header.started_at)]
    return [
        (keys.name_ended(prefix, header.definition_id), header.ended_at or header.started_at),
        (keys.name_ended(prefix, header.definition_id, by_start=True), header.started_at),
    ]


def make_indexing_ops(prefix: str, header: InstanceHeader) -> list[Op]:
    """Adds what earlier releases have not written, if the instance is still there as the header says."""
    entries = _list_index_entries(prefix, header) if header.state.is_ended else []
    entries += [(keys.name_undone(prefix), header.started_at)] if header.undone else []
    there = keys.name_by_state(prefix, header.state.value)
    return [["index", "add_if_there", there, header.id, key, str(score)] for key, score in entries]


def _make_business_key_entry(prefix: str, header: InstanceHeader) -> tuple[str, str]:
    return keys.name_business_keys(prefix), f"{header.business_key}{keys.SEPARATOR}{header.id}"


def list_entries(prefix: str, header: InstanceHeader) -> list[tuple[str, Millis, str]]:
    """What the indexes of instances have of one: the name of a sorted set, score, member."""
    found = [(key, score, header.id) for key, score in _list_index_entries(prefix, header)]
    if header.undone:
        found.append((keys.name_undone(prefix), header.started_at, header.id))
    if header.business_key is not None:
        key, member = _make_business_key_entry(prefix, header)
        found.append((key, 0, member))
    return found


def make_forget_ops(prefix: str, header: InstanceHeader) -> list[Op]:
    """Take an instance out of every index of instances."""
    return [["ZREM", key, member] for key, _, member in list_entries(prefix, header)]


def make_return_ops(prefix: str, header: InstanceHeader) -> list[Op]:
    """Put an instance that has ended into every index of instances again."""
    return [["ZADD", key, str(score), member] for key, score, member in list_entries(prefix, header)]


# -- the indexes of what it has called


def make_called_ops(prefix: str, begun: Iterable[CalledProcess], over: Iterable[CalledProcess] = ()) -> list[Op]:
    """For called processes that have begun, and for those that are over."""
    gone: list[Op] = [["ZREM", key, member] for each in over for key, _, member in _list_called_entries(prefix, each)]
    there = [entry for each in begun for entry in _list_called_entries(prefix, each)]
    return [*gone, *(["ZADD", key, str(score), member] for key, score, member in there)]


def _list_called_entries(prefix: str, called: CalledProcess) -> list[tuple[str, Millis, str]]:
    found = [
        (called_keys.name_called(prefix), called.started_at, called.id),
        (called_keys.name_called(prefix, called.definition_id), called.started_at, called.id),
    ]
    if called.business_key is not None:
        member = f"{called.business_key}{keys.SEPARATOR}{called.id}"
        found.append((called_keys.name_called_business_keys(prefix), 0, member))
    return found


# -- the indexes of what it holds open


def make_timeout_ops(prefix: str, turn_result: TurnResult) -> list[Op]:
    """What an attempt at a task may take goes beside its lock, where the script that locks it finds it."""
    tasks = {c.after.id: c.after for c in turn_result.records if isinstance(c.after, ExternalTask)}
    return [
        [
            "index",
            "limit",
            get_number(id_),
            keys.name_queue(prefix, keys.join_queue_name(tasks[id_].topic, tasks[id_].priority)),
            timeout,
        ]
        for id_, timeout in turn_result.timeouts.items()
    ]


def make_record_ops(prefix: str, changes: Iterable[RecordChange], released: frozenset[str], now: Millis) -> list[Op]:
    ops: list[Op] = []
    for change in changes:
        record = change.after or change.before
        if isinstance(record, ExternalTask):
            ops += _make_task_ops(prefix, change, released, now)
        elif record is not None:
            list_entries = _ENTRIES[type(record)]
            gone = list_entries(prefix, change.before) if change.before is not None else []
            there = list_entries(prefix, change.after) if change.after is not None else []
            ops += [_make_remove(entry) for entry in gone if entry not in there]
            ops += [_make_add(entry) for entry in there if entry not in gone]
            if isinstance(record, UserTask):
                ops += _make_task_change_ops(prefix, change, now)
    return ops


def _make_task_ops(prefix: str, change: RecordChange, released: frozenset[str], now: Millis) -> list[Op]:
    before, after = change.before, change.after
    ops: list[Op] = []
    if isinstance(before, ExternalTask) and not (isinstance(after, ExternalTask) and _share_queue(before, after)):
        name = keys.join_queue_name(before.topic, before.priority)
        ops.append(["index", "unregister", keys.name_topics(prefix), name, keys.name_queue(prefix, name), before.id])
    if isinstance(after, ExternalTask):
        name, release = keys.join_queue_name(after.topic, after.priority), 1 if after.id in released else 0
        place = [keys.name_queue(prefix, name), keys.name_topics(prefix), name, str(after.priority), after.id]
        ops.append(["index", "schedule", get_number(after.id), release, get_lockable_at(after), str(now), *place])
    elif before is not None:
        ops.append(["index", "end_task", get_number(before.id)])
    return ops


def _share_queue(one: ExternalTask, other: ExternalTask) -> bool:
    return (one.topic, one.priority) == (other.topic, other.priority)


IndexEntry: TypeAlias = "tuple[str, str, str, str]"
"""Registry name ("" for none), key, score, member."""


def _make_add(entry: IndexEntry) -> Op:
    name, key, score, member = entry
    if name:
        return ["index", "register", key.partition(":")[0] + ":w", "0", name, key, score, member]
    return ["ZADD", key, score, member]


def _make_remove(entry: IndexEntry) -> Op:
    name, key, _, member = entry
    if name:
        return ["index", "unregister", key.partition(":")[0] + ":w", name, key, member]
    return ["ZREM", key, member]


def _list_user_task_entries(prefix: str, task: UserTask) -> list[IndexEntry]:
    score = str(task.created_at)
    found: list[IndexEntry] = [
        ("", keys.name_user_tasks(prefix), score, task.id),
        ("", task_keys.name_urgent_tasks(prefix), str(compute_urgency(task)), task.id),
    ]
    if task.follow_up is not None:
        found.append(("", task_keys.name_put_off_tasks(prefix), str(task.follow_up), task.id))
    if task.assignee is not None:
        found.append(("", keys.name_user_tasks_of_assignee(prefix, task.assignee), score, task.id))
    found += [("", keys.name_user_tasks_of_group(prefix, group), score, task.id) for group in task.candidate_groups]
    found += [("", keys.name_user_tasks_of_candidate(prefix, user), score, task.id) for user in task.candidate_users]
    return found


_get_attributes = attrgetter(*CHANGEABLE)


def _make_task_change_ops(prefix: str, change: RecordChange, now: Millis) -> list[Op]:
    """When a task was last changed: in what people give it, or in its variables (then its row is the same)."""
    before, after, name = change.before, change.after, task_keys.name_changed_tasks(prefix)
    if before is not None and after is None:
        return [["ZREM", name, before.id]]
    if before is None or after is None:
        return []
    is_changed = before == after or _get_attributes(before) != _get_attributes(after)
    return [["ZADD", name, str(now), after.id]] if is_changed else []


def make_task_change_op(instance_id: str, task_id: str, now: Millis) -> Op:
    """For what is kept beside a task, by the id that is shown of it; one that has ended is left alone."""
    prefix = keys.find_tag(instance_id)
    record_id = task_id if parse_record_id(task_id) is not None else f"{instance_id}.{NUMBER}"
    return [
        "index",
        "add_if_there",
        keys.name_user_tasks(prefix),
        record_id,
        task_keys.name_changed_tasks(prefix),
        str(now),
    ]


def _list_incident_entries(prefix: str, incident: Incident) -> list[IndexEntry]:
    return [("", keys.name_incidents(prefix), str(incident.created_at), incident.id)]


def _list_subscription_entries(prefix: str, wait: Subscription) -> list[IndexEntry]:
    name = keys.join_wait_name(wait.kind.value, wait.name)
    key = keys.name_waiting(prefix, name)
    found = [(name, key, "0", make_business_key_start(wait.business_key) + wait.id)]
    if wait.kind is SubscriptionKind.MESSAGE and wait.correlation_key is not None:
        found.append((name, key, "0", make_correlation_key_start(wait.correlation_key) + wait.id))
    return found


def make_business_key_start(business_key: str | None) -> str:
    """What the members of a subscription index begin with; distinguishes no key from an empty one."""
    return f"b{'' if business_key is None else '=' + business_key}{keys.SEPARATOR}"


def make_correlation_key_start(correlation_key: str) -> str:
    return f"c{correlation_key}{keys.SEPARATOR}"


def make_member_range(start: str) -> tuple[str, str]:
    """The range of all members that begin so (its last character is never the highest)."""
    return "[" + start, "(" + start[:-1] + chr(ord(start[-1]) + 1)


_ENTRIES: dict[type, Callable[[str, Any], list[IndexEntry]]] = {
    UserTask: _list_user_task_entries,
    Job: lambda prefix, job: [("", keys.name_jobs(prefix), str(job.due), job.id)],
    Incident: _list_incident_entries,
    Subscription: _list_subscription_entries,
}
