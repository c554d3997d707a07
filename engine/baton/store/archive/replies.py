"""What the archive answers to reading commands: the replies that the store would give if it had the instances."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from baton.store.archive.ranked import ListedSet, Member, RankedSet
from baton.store.ports import Read

AnySet: TypeAlias = "RankedSet | ListedSet"


@dataclass(frozen=True, slots=True)
class Contents:
    """What the store had of an instance, as it was: blobs stay sealed. ``removal``: the score of its removal time."""

    state: Mapping[bytes, bytes]
    history: Sequence[bytes]
    comments: Mapping[bytes, bytes] = field(default_factory=dict[bytes, bytes])
    attachments: Mapping[bytes, bytes] = field(default_factory=dict[bytes, bytes])
    attached: Mapping[bytes, bytes] = field(default_factory=dict[bytes, bytes])
    removal: bytes | None = None
    called: Mapping[bytes, bytes] = field(default_factory=dict[bytes, bytes])
    """Rows of the called processes that have ended: the index keeps them, segments do not."""

    @property
    def hashes(self) -> list[Mapping[bytes, bytes]]:
        return [self.state, self.comments, self.attachments, self.attached]

    @property
    def has_things_beside(self) -> bool:
        """Comments or attachments."""
        return bool(self.comments or self.attachments or self.attached)

    @property
    def size(self) -> int:
        """In bytes, about."""
        found = sum(map(len, self.history))
        return found + sum(len(name) + len(blob) for flat in self.hashes for name, blob in flat.items())

    def get_hash(self, kind: str) -> Mapping[bytes, bytes]:
        """By the letters in its name in the store."""
        whole = {"i": self.state, "c": self.comments, "f": self.attachments, "fc": self.attached, "ch": self.called}
        return whole[kind]


def answer_of_instance(command: Read, kind: str, contents: Contents) -> Any:
    """The reply to a command on a key of one instance. Raises ValueError for a command that it does not know."""
    name, values = str(command[0]), [_encode(value) for value in command[2:]]
    if kind == "h":
        return _answer_list(name, command, contents.history)
    found = contents.get_hash(kind)
    if name == "HGETALL":
        return [part for pair in found.items() for part in pair]
    if name == "HMGET":
        return [found.get(value) for value in values]
    if name == "HGET":
        return found.get(values[0])
    if name == "HKEYS":
        return list(found)
    if name == "HEXISTS":
        return int(values[0] in found)
    if name == "HLEN":
        return len(found)
    if name == "EXISTS":
        return int(bool(found))
    raise _make_unknown(command)


def _answer_list(name: str, command: Read, items: Sequence[bytes]) -> Any:
    if name == "LLEN":
        return len(items)
    if name == "EXISTS":
        return int(bool(items))
    if name != "LRANGE":
        raise _make_unknown(command)
    first, last = (place if place >= 0 else len(items) + place for place in map(int, command[2:4]))
    return list(items[max(0, first) : last + 1])


def answer_of_set(command: Read, members: AnySet) -> Any:
    """The reply to a command on a sorted set. Raises ValueError for a command that it does not know."""
    answer = _SETS.get(str(command[0]))
    if answer is None:
        raise _make_unknown(command)
    return answer(members, command[2:])


def _show(members: Sequence[Member], options: Sequence[Any]) -> list[bytes]:
    if "WITHSCORES" not in options:
        return [name for _, name in members]
    return [part for score, name in members for part in (name, b"%d" % score)]


def _read_ranks(members: AnySet, values: Sequence[Any]) -> list[bytes]:
    return _show(members.read_ranks(*_find_ranks(members, values)), values)


def _read_ranks_backwards(members: AnySet, values: Sequence[Any]) -> list[bytes]:
    first, last = _find_ranks(members, values)
    size = members.count()
    return _show(members.read_ranks(max(0, size - 1 - last), size - 1 - first)[::-1], values)


def _find_ranks(members: AnySet, values: Sequence[Any]) -> tuple[int, int]:
    first, last = int(values[0]), int(values[1])
    if first < 0 or last < 0:
        size = members.count()
        first, last = (max(0, place + size) if place < 0 else place for place in (first, last))
    return first, last


def _count(members: AnySet, values: Sequence[Any]) -> int:
    return members.count(_read_bound(values[0], 1), _read_bound(values[1], -1))


def _read_scores(members: AnySet, values: Sequence[Any]) -> list[bytes]:
    low, high = _read_bound(values[0], 1), _read_bound(values[1], -1)
    return _show(members.read_scores(low, high, _find_limit(values), reverse=False), values)


def _read_scores_backwards(members: AnySet, values: Sequence[Any]) -> list[bytes]:
    low, high = _read_bound(values[1], 1), _read_bound(values[0], -1)
    return _show(members.read_scores(low, high, _find_limit(values), reverse=True), values)


def _find_limit(values: Sequence[Any]) -> int | None:
    """``LIMIT 0 count``, if it is there."""
    return int(values[-1]) if "LIMIT" in values else None


def _read_bound(value: Any, inwards: int) -> int | None:
    text = str(value)
    if text.lstrip("(") in ("-inf", "+inf"):
        return None
    return int(text[1:]) + inwards if text.startswith("(") else int(text)


def _read_names(members: AnySet, values: Sequence[Any]) -> list[bytes]:
    return members.read_names(_encode(values[0])[1:], _encode(values[1])[1:], _find_limit(values))


def _read_scores_of(members: AnySet, values: Sequence[Any]) -> list[bytes | None]:
    found = {name: score for score, name in members.read_scores(None, None, None, reverse=False)}
    if not found:  # of what is on its way most often
        return [None] * len(values)
    return [b"%d" % found[name] if (name := _encode(value)) in found else None for value in values]


def _encode(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _make_unknown(command: Read) -> ValueError:
    return ValueError(f"Expected a command that the archive answers, but found {command[0]} on {command[1]!r}")


_SETS: dict[str, Callable[[AnySet, Sequence[Any]], Any]] = {
    "ZCARD": lambda members, _: members.count(),
    "ZCOUNT": _count,
    "ZRANGE": _read_ranks,
    "ZREVRANGE": _read_ranks_backwards,
    "ZRANGEBYSCORE": _read_scores,
    "ZREVRANGEBYSCORE": _read_scores_backwards,
    "ZRANGEBYLEX": _read_names,
    "ZMSCORE": _read_scores_of,
}
