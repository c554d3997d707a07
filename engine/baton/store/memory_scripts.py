"""The scripts of ``scripts/`` for the in-memory twin, step by step as in Lua."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgpack

from baton.store.tables import Tables, raw

Reply = list[Any]
Script = Callable[[Tables, Sequence[Any], Sequence[Any]], Any]


def run(tables: Tables, name: str, keys: Sequence[Any], args: Sequence[Any]) -> Any:
    return _SCRIPTS[name](tables, [raw(key) for key in keys], [raw(arg) for arg in args])


def _unpack(blob: bytes) -> Any:
    return msgpack.unpackb(blob, raw=True)


def _number_of(lease: bytes | None) -> int:
    head = (lease or b"").partition(b":")[0]
    return int(head) if head.isdigit() else 0


def _next_lease(lease: bytes | None, version: bytes | None, owner: bytes) -> bytes:
    return b"%d:%b" % (max(_number_of(lease), _number_of(version)) + 1, owner)


def _waiting(t: Tables, keys: Sequence[bytes], batch: bytes | int) -> Reply:
    return t.call("LRANGE", keys[1], 0, int(batch) - 1)


def _taken(t: Tables, keys: Sequence[bytes], lease: bytes, version: bytes, known: bytes) -> Reply:
    same = version != b"" and version == known
    state: Reply = [] if same else t.call("HGETALL", keys[0])
    return [lease, version, int(same), state, t.call("HGETALL", keys[3])]


def _grant(t: Tables, keys: Sequence[bytes], args: Sequence[bytes]) -> Reply:
    id_, now, owner, till, known, batch = args[:6]
    lease, until, version = t.call("HMGET", keys[0], "~l", "~u", "~v")
    mine = lease is not None and lease.partition(b":")[2] == owner
    if lease is not None and not mine and int(until) > int(now):
        return [b"HELD", until]
    if lease is None or not mine:
        lease = _next_lease(lease, version, owner)
    t.call("HSET", keys[0], "~l", lease, "~u", till)
    t.call("ZADD", keys[2], till, id_)
    return [b"TAKEN", _taken(t, keys, lease, version or b"", known), _waiting(t, keys, batch)]


def _submit(t: Tables, keys: Sequence[bytes], args: Sequence[bytes]) -> Reply:
    t.now = max(t.now, int(args[1]))
    known = t.call("GET", keys[4])
    if known:
        return [b"ANSWERED", known]
    if known is None:
        if args[8] == b"0" and t.call("EXISTS", keys[0], keys[1]) == 0:
            return [b"NONE"]
        t.call("SET", keys[4], b"", "PX", args[7])
        t.call("RPUSH", keys[1], args[6])
    if args[9] == b"1":
        return _grant(t, keys, args)
    lease, until = t.call("HMGET", keys[0], "~l", "~u")
    if lease is None or int(until) <= int(args[1]):
        t.call("ZADD", keys[2], args[1], args[0])
    return [b"QUEUED"]


def _take(t: Tables, keys: Sequence[bytes], args: Sequence[bytes]) -> Reply:
    t.now = max(t.now, int(args[1]))
    if t.call("EXISTS", keys[0], keys[1]) == 0:
        t.call("ZREM", keys[2], args[0])
        return [b"NONE"]
    if args[6] == b"1":
        due = t.call("ZSCORE", keys[2], args[0])
        if due is None or float(due) > int(args[1]):
            return [b"NOT_DUE"]
    return _grant(t, keys, args)


def _release(t: Tables, keys: Sequence[bytes], args: Sequence[bytes]) -> Reply:
    if t.call("HGET", keys[0], "~l") != args[1]:
        return [b"FENCED"]
    t.call("HSET", keys[0], "~u", 0)
    t.call("ZADD", keys[2], args[2], args[0])
    return [b"OK"]


def _lock_row(t: Tables, locks: bytes, number: Any) -> Reply | None:
    row = t.call("HGET", locks, number)
    return None if row is None else list(_unpack(row))


def _apply(t: Tables, locks: bytes | None, ops: Sequence[Sequence[Any]]) -> None:
    for op in ops:
        if op[0] == b"word":
            _WORDS[op[1]](t, locks, op)
        else:
            t.call(op[0].decode(), *op[1:])


def _named(t: Tables, _: bytes | None, op: Sequence[Any]) -> None:
    t.call("ZADD", *op[5:8])
    t.call("ZADD", *op[2:5])


def _unnamed(t: Tables, _: bytes | None, op: Sequence[Any]) -> None:
    t.call("ZREM", op[4], op[5])
    if t.call("EXISTS", op[4]) == 0:
        t.call("ZREM", op[2], op[3])


def _task(t: Tables, locks: bytes | None, op: Sequence[Any]) -> None:
    number, release, score, now, queue, registry, name, priority, member = op[2:11]
    row = _lock_row(t, locks or b"", number)
    if row is not None:
        if release == 1:
            row[1], row[2] = 0, b""
        elif row[1] > int(now) and score != b"inf":
            score = raw(max(row[1], int(score)))
        row[3] = queue
        t.call("HSET", locks, number, msgpack.packb(row))
    _named(t, locks, [b"", b"", registry, priority, name, queue, score, member])


_WORDS: dict[bytes, Callable[[Tables, bytes | None, Sequence[Any]], None]] = {
    b"named": _named,
    b"unnamed": _unnamed,
    b"task": _task,
}


def _commit(t: Tables, keys: Sequence[bytes], args: Sequence[bytes]) -> Reply:
    turn = {name.decode(): value for name, value in _unpack(args[0]).items()}
    t.now = max(t.now, turn["now"])
    lease, version = t.call("HMGET", keys[0], "~l", "~v")
    if lease != turn["lease"] and (turn["fresh"] == 0 or version is not None or _known_already(t, keys, turn)):
        return [b"ALREADY" if version == turn["lease"] else b"FENCED"]
    if (holder := _claimed(t, turn)) is not None:
        return [b"CLAIMED", holder]
    for number, expected in turn["guards"]:
        if _fence(_lock_row(t, keys[3], number), expected) != expected:
            t.call("HSET", keys[0], "~u", 0)
            t.call("ZADD", keys[2], turn["now"], turn["id"])
            return [b"STALE", number]
    _write(t, keys, turn)
    return _settle(t, keys, turn)


def _claimed(t: Tables, turn: dict[str, Any]) -> bytes | None:
    """The running instance that has the business key; otherwise it is this one's now."""
    if "claim" not in turn:
        return None
    key, name, running = (turn["claim"][part] for part in (b"key", b"name", b"running"))
    holder = t.call("HGET", key, name)
    if holder not in (None, turn["id"]) and any(t.call("ZSCORE", one, holder) is not None for one in running):
        return holder
    t.call("HSET", key, name, turn["id"])
    return None


def _known_already(t: Tables, keys: Sequence[bytes], turn: dict[str, Any]) -> bool:
    places = [*keys[:2], *(answer[0] for answer in turn["answers"])]
    return any(t.call("EXISTS", place) for place in places)


def _fence(row: Reply | None, expected: int) -> int:
    if row is None or (expected == 0 and row[2] == b""):
        return 0
    return row[0]


def _write(t: Tables, keys: Sequence[bytes], turn: dict[str, Any]) -> None:
    if turn["drop"]:
        t.call("HDEL", keys[0], *turn["drop"])
    t.call("HSET", keys[0], *turn["put"], "~v", turn["lease"])
    if turn["chunk"] != b"":
        t.call("RPUSH", keys[4], turn["chunk"])
        body = ("i", turn["id"], "e", turn["chunk"], "h", turn["header"])
        t.call("XADD", keys[5], "MAXLEN", "~", turn["live_length"], "*", *body)
    _apply(t, keys[3], turn["ops"])
    t.call("LTRIM", keys[1], turn["consumed"], -1)
    for key, blob, keep, channel, message in turn["answers"]:
        t.call("SET", key, blob, "PX", keep)
        if channel != b"":
            t.call("PUBLISH", channel, message)
    for channel in turn["wake"]:
        t.call("PUBLISH", channel, turn["id"])


def _settle(t: Tables, keys: Sequence[bytes], turn: dict[str, Any]) -> Reply:
    if t.call("LLEN", keys[1]) == 0:
        t.call("HDEL", keys[0], "~l", "~u")
        if turn["due"] == b"":
            t.call("ZREM", keys[2], turn["id"])
        else:
            t.call("ZADD", keys[2], turn["due"], turn["id"])
        return [b"OK"]
    if turn["more"] == 0:
        t.call("HDEL", keys[0], "~l", "~u")
        t.call("ZADD", keys[2], turn["now"], turn["id"])
        return [b"OK"]
    lease = _next_lease(turn["lease"], None, turn["owner"])
    t.call("HSET", keys[0], "~l", lease, "~u", turn["till"])
    t.call("ZADD", keys[2], turn["till"], turn["id"])
    return [b"MORE", [lease, turn["lease"], 1, [], t.call("HGETALL", keys[3])], _waiting(t, keys, turn["batch"])]


def _due(t: Tables, keys: Sequence[bytes], args: Sequence[bytes]) -> Reply:
    due: list[bytes] = []
    upcoming = b""
    for agenda in keys:
        left = int(args[1]) - len(due)
        if left > 0:
            due += t.call("ZRANGEBYSCORE", agenda, "-inf", args[0], "LIMIT", 0, left)
        later = t.call("ZRANGEBYSCORE", agenda, b"(" + args[0], "+inf", "WITHSCORES", "LIMIT", 0, 1)
        if later and (upcoming == b"" or float(later[1]) < float(upcoming)):
            upcoming = later[1]
    return [due, upcoming]


def _claim(t: Tables, keys: Sequence[bytes], args: Sequence[bytes]) -> Reply:
    found: Reply = []
    for outbox, bodies in zip(keys[::2], keys[1::2], strict=True):
        left = int(args[2]) - len(found)
        if left <= 0:
            break
        for id_ in t.call("ZRANGEBYSCORE", outbox, "-inf", args[0], "LIMIT", 0, left):
            body = t.call("HGET", bodies, id_)
            if body is None:
                t.call("ZREM", outbox, id_)
            else:
                t.call("ZADD", outbox, args[1], id_)
                found.append([outbox, id_, body])
    return found


def _apply_script(t: Tables, _: Sequence[bytes], args: Sequence[bytes]) -> Reply:
    ask = _unpack(args[0])
    for key, name, value in ask[b"expect"]:
        found = t.call("GET", key) if name == b"" else t.call("HGET", key, name)
        if (found or b"") != value:
            return [b"CHANGED"]
    _apply(t, None, ask[b"ops"])
    return [b"OK"]


def _advance(t: Tables, keys: Sequence[bytes], args: Sequence[bytes]) -> Reply:
    due = t.call("ZRANGEBYSCORE", keys[0], "-inf", args[0], "WITHSCORES", "LIMIT", 0, args[2])
    found: Reply = []
    for member, score in zip(due[::2], due[1::2], strict=True):
        t.call("ZADD", keys[0], args[1], member)
        found.append([member, score, t.call("HGET", keys[1], member) or b""])
    return found


def _hold(t: Tables, keys: Sequence[bytes], args: Sequence[bytes]) -> Reply:
    what, member, number, now, worker, till, queue = args
    if t.call("HEXISTS", keys[0], b"x" + number) == 0:
        return [b"NONE"]
    row = _lock_row(t, keys[1], number) or [0, 0, b"", queue]
    held = row[2] != b"" and row[1] > int(now)

    def set_(until: int, by: bytes) -> Reply:
        row[1], row[2] = until, by
        t.call("HSET", keys[1], number, msgpack.packb(row))
        score = t.call("ZSCORE", row[3], member)
        if score is not None and score != b"inf":
            t.call("ZADD", row[3], max(until, 0), member)
        return [b"OK"]

    if what == b"unlock":
        return set_(int(now), b"")
    if what == b"extend":
        if row[2] == b"":
            return [b"FREE"]
        if row[2] != worker:
            return [b"OTHER", row[2]]
        return set_(int(till), worker) if held else [b"EXPIRED"]
    if held and row[2] != worker:
        return [b"OTHER", row[2]]
    if t.call("ZSCORE", queue, member) == b"inf":
        return [b"OPERATOR"]
    row[0], row[3] = row[0] + 1, queue
    return set_(int(till), worker)


def _admit(t: Tables, keys: Sequence[bytes], args: Sequence[bytes]) -> int:
    now, granted, most, interval = (int(one) for one in args[:4])
    t.now = max(t.now, now)
    if most > 0:
        for member in t.call("ZRANGEBYSCORE", keys[0], "-inf", now):
            t.call("ZREM", keys[0], member)
        granted = min(granted, most - t.call("ZCARD", keys[0]))
    at = max(int(t.call("GET", keys[1]) or 0), now)
    if interval > 0:
        granted = min(granted, (now + max(1000, interval) - at) // interval)
    if granted <= 0:
        return 0
    if most > 0:
        for place in range(1, granted + 1):
            t.call("ZADD", keys[0], args[4], args[5] + b":%d" % place)
    if interval > 0:
        at += granted * interval
        t.call("SET", keys[1], at, "PX", at - now + 60_000)
    return granted


class _Locking:
    """``lock.lua``: lock tasks of some topics, the highest priority first."""

    def __init__(self, tables: Tables, ask: dict[bytes, Any]) -> None:
        self.t, self.ask = tables, ask
        self.tasks: Reply = []
        self.states: Reply = []
        self.seen: set[bytes] = set()

    def levels(self) -> list[int]:
        found = {0}
        for tag in self.ask[b"tags"]:
            scored = self.t.call("ZRANGE", tag + b":topics", 0, -1, "WITHSCORES")
            found.update(int(score) for score in scored[1::2])
        return sorted(found, reverse=True)

    def full(self) -> bool:
        return len(self.tasks) >= self.ask[b"max"]

    def fetch(self) -> None:
        for level in self.levels():
            for tag in self.ask[b"tags"]:
                for index, topic in enumerate(self.ask[b"topics"]):
                    if self.full():
                        return
                    self.probe(tag, tag + b":q:%d:" % level + topic[0], index)

    def probe(self, tag: bytes, queue: bytes, index: int) -> None:
        left = self.ask[b"max"] - len(self.tasks)
        for member in self.t.call("ZRANGEBYSCORE", queue, "-inf", self.ask[b"now"], "LIMIT", 0, left):
            self.take(tag, queue, member, index)

    def pick(self) -> None:
        for tag, queue, member, index in self.ask[b"only"]:
            score = self.t.call("ZSCORE", queue, member)
            if not self.full() and score is not None and float(score) <= self.ask[b"now"]:
                self.take(tag, queue, member, index - 1)

    def take(self, tag: bytes, queue: bytes, member: bytes, index: int) -> None:
        _, until, with_state = self.ask[b"topics"][index]
        id_, _, number = member.rpartition(b".")
        state, locks = tag + b":i:" + id_, tag + b":k:" + id_
        row = self.t.call("HGET", state, b"x" + number)
        if row is None:
            self.t.call("ZREM", queue, member)
            return
        lock = _lock_row(self.t, locks, number)
        fence = (lock[0] if lock else 0) + 1
        self.t.call("HSET", locks, number, msgpack.packb([fence, until, self.ask[b"worker"], queue]))
        self.t.call("ZADD", queue, until, member)
        self.tasks.append([member, fence, until, row, index])
        if with_state == 1 and id_ not in self.seen:
            self.seen.add(id_)
            self.states += [id_, self.t.call("HGETALL", state)]


def _lock(t: Tables, _: Sequence[bytes], args: Sequence[bytes]) -> Reply:
    locking = _Locking(t, _unpack(args[0]))
    if locking.ask[b"only"]:
        locking.pick()
    else:
        locking.fetch()
    return [locking.tasks, locking.states]


_SCRIPTS: dict[str, Script] = {
    "submit": _submit,
    "take": _take,
    "release": _release,
    "commit": _commit,
    "due": _due,
    "claim": _claim,
    "apply": _apply_script,
    "advance": _advance,
    "hold": _hold,
    "lock": _lock,
    "admit": _admit,
}
