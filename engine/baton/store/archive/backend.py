"""The store with its archive: what the store has not is read from the archive, by the same commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar, cast

import msgpack

from baton.model.headers import HEADER, STATUS
from baton.model.ids import get_instance_id
from baton.store import keys
from baton.store.archive.archive import Archive
from baton.store.archive.index import ArchivedRow, Snapshot, Stage
from baton.store.archive.moments import Moments
from baton.store.archive.ranked import ListedSet
from baton.store.archive.replies import Contents, answer_of_instance, answer_of_set
from baton.store.archive.segments import SegmentGone
from baton.store.archive_keys import ARCHIVED, PREFIXES, find_prefix
from baton.store.ports import Arg, Backend, Listener, Read, StoreUnavailable

Reply = TypeVar("Reply")

_KINDS = frozenset({"i", "h", "c", "f", "fc", "ch"})
"""Keys of one instance that the archive has, by the letters in their names."""
_RANKED = frozenset({"s", "sb", "e", "eb", "un", "ttl"})
"""Sorted sets of a partition that say something of one that is archived."""
_TOKEN = re.compile("t[1-9][0-9]*")
_TRIES = 5
_SUBMIT, _NONE = "submit", b"NONE"


class ArchivedBackend:
    """Reads as the backend inside it, and beyond it. What is written goes to the store: before it changes what is
    archived, the instance comes back (``bring_back``).
    """

    further_prefixes: Sequence[str] = PREFIXES

    def __init__(self, inner: Backend, archive: Archive) -> None:
        self._inner, self._archive = inner, archive

    @property
    def on_point(self) -> Callable[[str], None] | None:
        return self._inner.on_point

    @on_point.setter
    def on_point(self, callback: Callable[[str], None] | None) -> None:
        self._inner.on_point = callback

    # -- reading

    def read(self, commands: Sequence[Read]) -> list[Any]:
        ours = {place for place, command in enumerate(commands) if len(command) > 1 and _is_ours(command[1])}
        if not ours:
            return self._complete(commands, self._inner.read(commands))
        theirs = [command for place, command in enumerate(commands) if place not in ours]
        asked = [command for place, command in enumerate(commands) if place in ours]
        replies, answers = self._read_both(lambda: self._inner.read(theirs), asked)
        found, others = iter(answers), iter(self._complete(theirs, replies))
        return [next(found) if place in ours else next(others) for place in range(len(commands))]

    def _read_both(self, read_store: Callable[[], Reply], asked: Sequence[Read]) -> tuple[Reply, list[Any]]:
        """What the store says and what the archive says of sorted sets, so that what moves meanwhile is in one of them.

        Where something has moved in between both are read again, a few times.
        """
        index = self._archive.index
        if not self._archive.is_there():
            return read_store(), [answer_of_set(command, ListedSet(())) for command in asked]
        tries = 0
        while True:
            tries += 1
            with index.read() as snapshot:
                changes = snapshot.read_fact("changes")
                moving = snapshot.list_stage(Stage.MOVING, Stage.RETURNING)
                there = self._list_stored(moving)
                replies = read_store()
                answers = _answer_sets(snapshot, asked, [row for row in moving if row.id not in there])
                is_same = self._list_stored(moving) == there
            with index.read() as later:
                is_same = is_same and later.read_fact("changes") == changes
            if is_same or tries == _TRIES:
                return replies, answers

    def _list_stored(self, rows: Sequence[ArchivedRow]) -> set[str]:
        """Those that the store has."""
        found = self._inner.read([("EXISTS", keys.name_state(row.id)) for row in rows])
        return {row.id for row, there in zip(rows, found, strict=True) if there}

    def _complete(self, commands: Sequence[Read], replies: list[Any]) -> list[Any]:
        """Replies of the store; where they are empty, those of the archive."""
        if self._archive.is_known_absent():  # most have none, and all that is done asks here
            return replies
        missing: dict[int, tuple[str, str]] = {}
        for place, reply in enumerate(replies):
            if _is_empty(reply) and (target := _find_target(commands[place])) is not None:
                missing[place] = target
        if not missing or not self._archive.is_there():
            return replies
        rows = self._archive.find({instance_id for _, instance_id in missing.values()})
        if not rows:
            return replies
        completed = list(replies)
        again: list[int] = []
        for place, (kind, instance_id) in missing.items():
            row = rows.get(instance_id)
            if row is not None and row.is_here:
                completed[place] = self._answer(commands[place], kind, row)
            elif row is not None:
                again.append(place)
        # They may have come back between the two looks.
        for place, reply in zip(again, self._inner.read([commands[place] for place in again]), strict=True):
            completed[place] = reply
        return completed

    def _answer(self, command: Read, kind: str, row: ArchivedRow) -> Any:
        """From the index, if it says enough, else from the segment."""
        if kind in _RANKED:
            return _find_score(str(command[1]), row)
        if kind == "ch":
            return answer_of_instance(command, kind, Contents({}, [], called=row.called))
        if kind not in ("i", "h") and not row.beside:
            return answer_of_instance(command, kind, Contents({}, []))
        if kind == "i" and _names_fields(command, (HEADER, STATUS, keys.VERSION)):
            return answer_of_instance(command, kind, _make_outline(row))
        while True:
            with suppress(SegmentGone):
                return answer_of_instance(command, kind, self._archive.read_contents(row))
            found = self._archive.find([row.id]).get(row.id)
            if found is None or not found.is_here:
                return self._inner.read([command])[0]
            if found.place.segment == row.place.segment:
                raise StoreUnavailable(
                    f"Expected the segment {row.place.segment} in the archive {self._archive.index.folder}, but it is "
                    "not there: restore the folder from a backup",
                    retry_after=60,
                )
            row = found

    # -- writing

    def run(self, script: str, keys: Sequence[str], args: Sequence[Arg]) -> Any:
        reply = self._inner.run(script, keys, args)
        if script == _SUBMIT and reply[0] == _NONE and self._has_come_back(args):
            return self._inner.run(script, keys, args)
        return reply

    def run_each(self, script: str, calls: Sequence[tuple[Sequence[str], Sequence[Arg]]]) -> list[Any]:
        if script == "sizes":
            return self._read_sizes(calls)
        replies = self._inner.run_each(script, calls)
        if script == _SUBMIT:
            for place, (names, args) in enumerate(calls):
                if replies[place][0] == _NONE and self._has_come_back(args):
                    replies[place] = self._inner.run(script, names, args)
        return replies

    def _has_come_back(self, args: Sequence[Arg]) -> bool:
        """Of a command for an instance that is archived: it comes back, and answers as one that has ended."""
        return self._archive.bring_back(str(args[0]))

    def bring_back(self, instance_id: str) -> None:
        self._archive.bring_back(instance_id)

    def _read_sizes(self, calls: Sequence[tuple[Sequence[str], Sequence[Arg]]]) -> list[Any]:
        """Those of the archive are asked for by a call of their own (``group_by_slot``)."""
        theirs = [call for call in calls if not _is_ours(call[0][0])]
        asked = [
            [("ZCARD", f"{prefix}{ending}") for prefix in prefixes for ending in endings]
            for prefixes, endings in calls
            if _is_ours(prefixes[0])
        ]
        replies, sizes = self._read_both(
            lambda: self._inner.run_each("sizes", theirs), [command for commands in asked for command in commands]
        )
        others, found = iter(replies), iter(sizes)
        return [
            msgpack.packb([next(found) for _ in range(len(prefixes) * len(endings))])
            if _is_ours(prefixes[0])
            else next(others)
            for prefixes, endings in calls
        ]

    # -- as it is

    def ask_each(
        self, script: str, calls: Sequence[tuple[Sequence[str], Sequence[Arg]]]
    ) -> list[Any | StoreUnavailable]:
        return self._inner.ask_each(script, calls)

    def listen(self, on_message: Callable[[str, bytes], None]) -> Listener:
        return self._inner.listen(on_message)

    def wait_for_streams(
        self, positions: Mapping[str, str], timeout_ms: int
    ) -> list[tuple[str, str, dict[bytes, bytes]]]:
        return self._inner.wait_for_streams(positions, timeout_ms)

    def measure_memory(self) -> tuple[int, int]:
        return self._inner.measure_memory()

    def group_by_slot(self, prefixes: Sequence[str]) -> list[list[str]]:
        ours = [prefix for prefix in prefixes if _is_ours(prefix)]
        groups = self._inner.group_by_slot([prefix for prefix in prefixes if prefix not in ours])
        return [*groups, ours] if ours else groups

    def close(self) -> None:
        self._archive.index.close()
        self._inner.close()


def _is_ours(name: Arg) -> bool:
    return isinstance(name, str) and name.startswith(PREFIXES)


def _is_empty(reply: Any) -> bool:
    if isinstance(reply, list):
        parts = cast("list[Any]", reply)
        return parts.count(None) == len(parts)
    return reply is None or reply == 0


def _find_target(command: Read) -> tuple[str, str] | None:
    """Kind of the key and instance id, for a command on what the archive may have."""
    kind, _, rest = str(command[1]).partition("}:")[2].partition(":")
    if kind in _KINDS:
        return kind, rest
    if kind in _RANKED and command[0] == "ZSCORE":
        return kind, get_instance_id(str(command[2]))
    return None


def _names_fields(command: Read, names: Sequence[str]) -> bool:
    """Of no others, but tokens: those of an instance that has ended are gone, but for its own scope."""
    if command[0] == "EXISTS":
        return True
    others = {str(name) for name in command[2:]} - set(names)
    return command[0] in ("HGET", "HMGET", "HEXISTS") and all(map(_TOKEN.fullmatch, others))


def _make_outline(row: ArchivedRow) -> Contents:
    state = {HEADER.encode(): row.header, keys.VERSION.encode(): row.version}
    if row.status is not None:
        state[STATUS.encode()] = row.status
    return Contents(state, [])


def _find_score(name: str, row: ArchivedRow) -> bytes | None:
    prefix = keys.find_tag(row.id)
    found = {key: score for key, score, _ in row.list_entries(prefix)}
    return b"%d" % found[name] if name in found else None


def _answer_sets(snapshot: Snapshot, asked: Sequence[Read], between: Sequence[ArchivedRow]) -> list[Any]:
    return list(_iterate_answers(snapshot, asked, between))


def _iterate_answers(snapshot: Snapshot, asked: Sequence[Read], between: Sequence[ArchivedRow]) -> Iterator[Any]:
    moments = Moments(snapshot.base)
    for command in asked:
        name = str(command[1])
        prefix = find_prefix(name)
        if prefix == ARCHIVED and command[0] == "ZMSCORE":
            yield moments.read_scores(name, [str(id_) for id_ in command[2:]])
        elif prefix == ARCHIVED:
            yield answer_of_set(command, snapshot.open_set(name))
        else:
            entries = (entry for row in between for entry in row.list_entries(prefix))
            yield answer_of_set(command, ListedSet((score, member) for key, score, member in entries if key == name))
