"""What is known of one person beside the instances: messages on their way, kept answers, events, drafts, filters.

Slow: it looks through all of them, since nothing but their content says whom they are about.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from typing import Any

import orjson

from baton.store import codec, keys, places
from baton.store.blobs import BlobCodec
from baton.store.drafts import StoredDrafts
from baton.store.filters import SavedFilters
from baton.store.letters import Letters
from baton.store.operations import Op, apply_ops
from baton.store.outbox import Outbox
from baton.store.ports import Backend, Read

_SCANNED = 1_000
"""What the server reads in one round trip."""


class PersonalTraces:
    """``words``: the business key and the ids of its instances."""

    def __init__(
        self,
        backend: Backend,
        blobs: BlobCodec,
        outbox: Outbox,
        drafts: StoredDrafts,
        filters: SavedFilters,
        letters: Letters,
        partitions: range,
    ) -> None:
        self._backend, self._blobs, self._outbox, self._drafts = backend, blobs, outbox, drafts
        self._letters, self._filters = letters, filters
        self._partitions = partitions

    def remove_messages(self, business_key: str) -> int:
        """Those in the outbox, buffered or never to be sent, that have the business key."""
        found = [entry for entry in self._outbox.iterate() if entry.outgoing.business_key == business_key]
        self._outbox.confirm(*found)
        return len(found)

    def remove_answers(self, words: Collection[str]) -> int:
        """Kept for requests and commands that are repeated; others are forgotten after their time by themselves."""
        patterns = [keys.name_idempotency("*"), *(f"{keys.make_tag(p)}:a:*" for p in self._partitions)]
        found = [name for pattern in patterns for name in self._scan(pattern) if self._names_one(name, words)]
        for name in found:
            apply_ops(self._backend, name, [["DEL", name]])
        return len(found)

    def _names_one(self, name: str, words: Collection[str]) -> bool:
        blob = self._backend.read([("GET", name)])[0]
        command_id = name.partition(":a:")[2]
        # Sealed, the answer of a command can be read only as that of its instance, of which there are few.
        own = [places.name_answer(word, command_id) for word in words] if command_id else []
        return bool(blob) and any(self._is_about(blob, place, words) for place in ("", *own))

    def _is_about(self, blob: bytes, place: str, words: Collection[str]) -> bool:
        try:
            value = self._blobs.decode(blob, place)
        except codec.Damaged:
            return False
        return _holds(value, words) or (blob[:1] == codec.BOUND and bool(place))

    def remove_published(self, words: Collection[str]) -> int:
        """Events that were published."""
        return self._trim(keys.PUBLISHED, lambda fields: _holds(orjson.loads(fields[b"e"]), words))

    def remove_letters(self, words: Collection[str]) -> int:
        """Dead letters, also those that are to be sent again."""
        found = [letter for letter in self._letters.iterate() if _holds([letter.event, letter.error], words)]
        for letter in found:
            self._letters.remove(letter)
        return len(found)

    def remove_captured(self, instance_ids: Collection[str]) -> int:
        """Turns that a sink does not have yet: it gets none of them."""
        ids = {instance_id.encode() for instance_id in instance_ids}
        names = {keys.name_captured(keys.find_tag(instance_id)) for instance_id in instance_ids}
        return sum(self._trim(name, lambda fields: fields[b"i"] in ids) for name in names)

    def remove_live(self, instance_ids: Collection[str]) -> int:
        """What the live streams reach back to."""
        ids = {instance_id.encode() for instance_id in instance_ids}
        names = {keys.name_live(keys.find_tag(instance_id)) for instance_id in instance_ids}
        return sum(self._trim(name, lambda fields: fields[b"i"] in ids) for name in names)

    def list_drafts(self, words: Collection[str]) -> list[str]:
        """Names of drafts with a version that holds one of the words: a person has to look at them."""
        return sorted(
            draft.name
            for draft in self._drafts.list()
            if any(self._draft_holds(draft.id, version.number, words) for version in draft.versions)
        )

    def list_filters(self, words: Collection[str]) -> list[str]:
        """Names of saved filters that hold one of the words: a person has to look at them."""
        return sorted(
            saved.name for saved in self._filters.list() if _holds([saved.name, saved.query, saved.properties], words)
        )

    def _draft_holds(self, draft_id: str, number: int, words: Collection[str]) -> bool:
        content = self._drafts.read_content(draft_id, number)
        return content is not None and _holds([content.bpmn, *(file.content for file in content.files)], words)

    def _trim(self, stream: str, is_wanted: Callable[[dict[bytes, bytes]], bool]) -> int:
        found: list[str] = []
        start = "-"
        while True:
            entries = self._backend.read([("XRANGE", stream, start, "+", "COUNT", _SCANNED)])[0]
            for id_, flat in entries:
                if is_wanted(dict(zip(flat[::2], flat[1::2], strict=True))):
                    found.append(id_.decode())
            if len(entries) < _SCANNED:
                break
            start = "(" + entries[-1][0].decode()
        if found:
            ops: list[Op] = [["XDEL", stream, *found]]
            apply_ops(self._backend, stream, ops)
        return len(found)

    def _scan(self, pattern: str) -> Iterator[str]:
        cursor, found = b"0", set[str]()
        while True:
            command: Read = ("SCAN", cursor, "MATCH", pattern, "COUNT", _SCANNED)
            ((cursor, names),) = self._backend.read([command])
            found.update(name.decode() for name in names)
            if cursor == b"0":
                return iter(found)


def _holds(value: Any, words: Collection[str]) -> bool:
    """Whether a text in the value has one of the words in it, as it is or as JSON writes it."""
    forms = {form for word in words for form in (word, json.dumps(word)[1:-1])}
    return any(form in text for text in _iterate_texts(value) for form in forms)


def _iterate_texts(value: Any) -> Iterator[str]:
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, bytes):
            yield item.decode(errors="replace")
        elif isinstance(item, dict):
            pending += [*item, *item.values()]
        elif isinstance(item, (list, tuple)):
            pending += item
