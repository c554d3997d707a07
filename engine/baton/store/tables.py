"""The data structures of the in-memory twin: the few commands that the store uses, answering as a server does, raw."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable
from typing import Any


def raw(value: Any) -> bytes:
    """An argument as a server sees it."""
    if isinstance(value, bytes):
        return value
    return value.encode() if isinstance(value, str) else str(value).encode()


class SortedSet:
    """Members by score, then by bytes."""

    def __init__(self) -> None:
        self.scores: dict[bytes, float] = {}
        self.order: list[tuple[float, bytes]] = []

    def add(self, score: float, member: bytes) -> None:
        self.remove(member)
        self.scores[member] = score
        insort(self.order, (score, member))

    def remove(self, member: bytes) -> bool:
        score = self.scores.pop(member, None)
        if score is None:
            return False
        del self.order[bisect_left(self.order, (score, member))]
        return True


def bound(text: bytes) -> tuple[float, bool]:
    """A score bound: the number, and whether it is itself excluded."""
    return (float(text[1:]), True) if text.startswith(b"(") else (float(text), False)


def score_text(score: float) -> bytes:
    if score in (float("inf"), float("-inf")):
        return b"inf" if score > 0 else b"-inf"
    return str(int(score)).encode() if score == int(score) else repr(score).encode()


class Tables:
    """Keys and what they hold. Not safe for threads: the backend holds a lock."""

    def __init__(self) -> None:
        self.data: dict[bytes, Any] = {}
        self.expiry: dict[bytes, int] = {}
        self.published: list[tuple[bytes, bytes]] = []
        self.now = 0
        self._sequence = 0

    def call(self, *args: Any) -> Any:
        name, *rest = args
        handler: Callable[..., Any] = getattr(self, "do_" + str(name).lower())
        return handler(*(raw(one) for one in rest))

    def _get(self, key: bytes, kind: type[Any]) -> Any:
        if self.expiry.get(key, self.now + 1) <= self.now:
            self.do_del(key)
        return self.data.get(key) if key in self.data else kind()

    def _own(self, key: bytes, kind: type[Any]) -> Any:
        found = self._get(key, kind)
        self.data[key] = found
        return found

    def _tidy(self, key: bytes) -> None:
        found = self.data.get(key)
        if (isinstance(found, SortedSet) and not found.scores) or found in ({}, []):
            del self.data[key]

    # -- keys and strings

    def do_exists(self, *names: bytes) -> int:
        return sum(1 for key in names if self._get(key, bytes) != b"" or key in self.data)

    def do_del(self, *names: bytes) -> int:
        for key in names:
            self.expiry.pop(key, None)
        return sum(1 for key in names if self.data.pop(key, None) is not None)

    def do_get(self, key: bytes) -> bytes | None:
        self._get(key, bytes)
        return self.data.get(key)

    def do_set(self, key: bytes, value: bytes, *options: bytes) -> None:
        self.data[key] = value
        self.expiry.pop(key, None)
        if options and options[0].upper() == b"PX":
            self.expiry[key] = self.now + int(options[1])

    def do_incr(self, key: bytes) -> int:
        value = int(self.data.get(key, b"0")) + 1
        self.data[key] = str(value).encode()
        return value

    def do_decrby(self, key: bytes, amount: bytes) -> int:
        value = int(self.data.get(key, b"0")) - int(amount)
        self.data[key] = str(value).encode()
        return value

    def do_publish(self, channel: bytes, message: bytes) -> int:
        self.published.append((channel, message))
        return 0

    # -- hashes

    def do_hget(self, key: bytes, name: bytes) -> bytes | None:
        return self._get(key, dict).get(name)

    def do_hmget(self, key: bytes, *names: bytes) -> list[bytes | None]:
        found = self._get(key, dict)
        return [found.get(name) for name in names]

    def do_hgetall(self, key: bytes) -> list[bytes]:
        return [part for pair in self._get(key, dict).items() for part in pair]

    def do_hkeys(self, key: bytes) -> list[bytes]:
        return list(self._get(key, dict))

    def do_hlen(self, key: bytes) -> int:
        return len(self._get(key, dict))

    def do_hexists(self, key: bytes, name: bytes) -> int:
        return int(name in self._get(key, dict))

    def do_hset(self, key: bytes, *flat: bytes) -> int:
        own = self._own(key, dict)
        own.update(zip(flat[::2], flat[1::2], strict=True))
        return len(flat) // 2

    def do_hdel(self, key: bytes, *names: bytes) -> int:
        found = self._get(key, dict)
        gone = sum(1 for name in names if found.pop(name, None) is not None)
        self._tidy(key)
        return gone

    # -- lists

    def do_rpush(self, key: bytes, *values: bytes) -> int:
        own = self._own(key, list)
        own.extend(values)
        return len(own)

    def do_llen(self, key: bytes) -> int:
        return len(self._get(key, list))

    def do_lrange(self, key: bytes, first: bytes, last: bytes) -> list[bytes]:
        return _slice(self._get(key, list), int(first), int(last))

    def do_ltrim(self, key: bytes, first: bytes, last: bytes) -> None:
        if key in self.data:
            self.data[key] = _slice(self.data[key], int(first), int(last))
            self._tidy(key)

    # -- sorted sets

    def do_zadd(self, key: bytes, *args: bytes) -> int:
        *flags, score, member = args
        before = self._get(key, SortedSet).scores.get(member)
        if (b"XX" in flags and before is None) or (b"LT" in flags and before is not None and before <= float(score)):
            return 0
        self._own(key, SortedSet).add(float(score), member)
        return 1

    def do_zrem(self, key: bytes, *members: bytes) -> int:
        found = self._get(key, SortedSet)
        gone = sum(1 for member in members if found.remove(member))
        self._tidy(key)
        return gone

    def do_zscore(self, key: bytes, member: bytes) -> bytes | None:
        score = self._get(key, SortedSet).scores.get(member)
        return None if score is None else score_text(score)

    def do_zcard(self, key: bytes) -> int:
        return len(self._get(key, SortedSet).scores)

    def do_zcount(self, key: bytes, low: bytes, high: bytes) -> int:
        return len(self._by_score(key, low, high))

    def do_zrange(self, key: bytes, first: bytes, last: bytes, *options: bytes) -> list[bytes]:
        order = self._get(key, SortedSet).order
        if b"REV" in options:
            order = order[::-1]
        return _scored(_slice(order, int(first), int(last)), options)

    def do_zrangebyscore(self, key: bytes, low: bytes, high: bytes, *options: bytes) -> list[bytes]:
        return _scored(_limited(self._by_score(key, low, high), options), options)

    def do_zrevrangebyscore(self, key: bytes, high: bytes, low: bytes, *options: bytes) -> list[bytes]:
        return _scored(_limited(self._by_score(key, low, high)[::-1], options), options)

    def do_zrangebylex(self, key: bytes, low: bytes, high: bytes, *options: bytes) -> list[bytes]:
        found = [(0.0, m) for m in sorted(self._get(key, SortedSet).scores) if _above(m, low) and _below(m, high)]
        return [member for _, member in _limited(found, options)]

    def _by_score(self, key: bytes, low: bytes, high: bytes) -> list[tuple[float, bytes]]:
        (lowest, no_low), (highest, no_high) = bound(low), bound(high)
        order = self._get(key, SortedSet).order
        return [
            (score, member)
            for score, member in order
            if (score > lowest if no_low else score >= lowest) and (score < highest if no_high else score <= highest)
        ]

    # -- streams: a list of (id, fields)

    def do_xadd(self, key: bytes, *args: bytes) -> bytes:
        own = self._own(key, list)
        limit = 0
        if args[0] == b"MAXLEN":
            limit, args = int(args[2]), args[3:]
        self._sequence += 1
        id_ = f"{self.now}-{self._sequence}".encode()
        own.append((id_, list(args[1:])))
        if limit and len(own) > limit:
            del own[: len(own) - limit]
        return id_

    def do_xrange(self, key: bytes, low: bytes, high: bytes, *options: bytes) -> list[Any]:
        found = [[id_, flat] for id_, flat in self._get(key, list) if _id_above(id_, low) and _id_below(id_, high)]
        return found[: int(options[1])] if options else found

    def do_xrevrange(self, key: bytes, high: bytes, low: bytes, *options: bytes) -> list[Any]:
        found = [[id_, flat] for id_, flat in self._get(key, list) if _id_above(id_, low) and _id_below(id_, high)]
        return found[::-1][: int(options[1])] if options else found[::-1]


def _slice(items: list[Any], first: int, last: int) -> list[Any]:
    size = len(items)
    start = max(size + first, 0) if first < 0 else first
    stop = size + last if last < 0 else last
    return items[start : stop + 1]


def _limited(found: list[tuple[float, bytes]], options: tuple[bytes, ...]) -> list[tuple[float, bytes]]:
    if b"LIMIT" not in options:
        return found
    place = options.index(b"LIMIT")
    offset, count = int(options[place + 1]), int(options[place + 2])
    return found[offset : offset + count] if count >= 0 else found[offset:]


def _scored(found: list[tuple[float, bytes]], options: tuple[bytes, ...]) -> list[bytes]:
    if b"WITHSCORES" in options:
        return [part for score, member in found for part in (member, score_text(score))]
    return [member for _, member in found]


def _above(member: bytes, low: bytes) -> bool:
    if low == b"-":
        return True
    return member >= low[1:] if low[:1] == b"[" else member > low[1:]


def _below(member: bytes, high: bytes) -> bool:
    if high == b"+":
        return True
    return member <= high[1:] if high[:1] == b"[" else member < high[1:]


def _stream_id(text: bytes) -> tuple[int, int]:
    first, _, second = text.partition(b"-")
    return int(first), int(second or 0)


def _id_above(id_: bytes, low: bytes) -> bool:
    if low == b"-":
        return True
    if low.startswith(b"("):
        return _stream_id(id_) > _stream_id(low[1:])
    return _stream_id(id_) >= _stream_id(low)


def _id_below(id_: bytes, high: bytes) -> bool:
    return high == b"+" or _stream_id(id_) <= _stream_id(high)
