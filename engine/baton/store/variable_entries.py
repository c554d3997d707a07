"""Which entries the index of variables has of an instance. Pure.

An entry is a hint: the mark of a value is a short hash, and what is found by it is compared with the real value. Values
that are equal have the same mark.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import chain

import structlog

from baton.model.turn_result import TurnResult
from baton.model.values import Value
from baton.store import codec, keys, places
from baton.store.blobs import BlobCodec
from baton.store.operations import Op
from baton.store.variable_keys import MARK, name_variable

log = structlog.get_logger("baton.indexing")
_VERSION = b"1"
"""Of the form of marks: another version is another plan."""
_BYTES = 6
OWN = "v0/"
"""How the fields of a state begin that hold the instance's own variables."""


class IndexedVariables:
    """``names``: what is indexed. ``key``: what values are hashed with, so that marks tell nothing of them; empty where
    the store is not sealed.
    """

    def __init__(self, names: Iterable[str], key: bytes = b"") -> None:
        self.names, self._key = tuple(sorted(set(names))), key
        self.plan = self._hash("\0".join(self.names).encode(), b"plan") if self.names else ""
        """The same in all processes that index the same names in the same way; empty without names."""

    def make_mark(self, value: Value) -> str | None:
        """None for a value that is not indexed: a list, an object, a file."""
        found = _normalize(value)
        return None if found is None else self._hash(found, b"value")

    def make_marks(self, values: Mapping[str, Value]) -> dict[str, str]:
        """Those of the indexed names among an instance's own variables."""
        marks = {name: self.make_mark(values[name]) for name in self.names if name in values}
        return {name: mark for name, mark in marks.items() if mark is not None}

    def compute_marks(self, instance_id: str, fields: Mapping[str, bytes], blobs: BlobCodec) -> dict[str, str]:
        """As ``make_marks``, from the fields of a state as they are stored. What lists cannot read has none."""
        found: dict[str, Value] = {}
        for name in self.names:
            field = f"{OWN}{name}"
            try:
                if field in fields:
                    found[name] = blobs.decode(fields[field], places.name_field(instance_id, field))
            except codec.Damaged as error:
                log.warning("not indexed", action="instance.unreadable", instance=instance_id, reason=str(error))
        return self.make_marks(found)

    def make_commit_ops(self, prefix: str, turn_result: TurnResult) -> Iterator[Op]:
        """For what a turn has changed: the script takes out what was there before."""
        put, drop, id_ = turn_result.put, turn_result.drop, turn_result.instance_id
        for name in self.names:
            field = f"{OWN}{name}"
            if field in put:
                yield ["index", "variable", keys.name_state(id_), prefix, id_, name, self.make_mark(put[field]) or ""]
            elif field in drop:
                yield ["index", "variable", keys.name_state(id_), prefix, id_, name, ""]

    def _hash(self, text: bytes, purpose: bytes) -> str:
        digest = blake2b(_VERSION + text, digest_size=_BYTES, key=self._key, person=purpose).digest()
        return urlsafe_b64encode(digest).decode()


def _normalize(value: Value) -> bytes | None:
    """Equal where values compare equal: 42 and 42.0 do, 1 and true or "1" do not."""
    if value is None:
        return b"n"
    if isinstance(value, bool):
        return b"y%d" % value
    if isinstance(value, int):
        return b"i%x" % value
    if isinstance(value, float):
        return b"i%x" % int(value) if value.is_integer() else b"f" + float.hex(value).encode()
    if isinstance(value, str):
        return b"s" + value.encode("utf-8", "surrogatepass")
    if isinstance(value, bytes):
        return b"x" + value
    if isinstance(value, datetime) and value.tzinfo is not None:
        return b"d" + value.astimezone(UTC).isoformat().encode()
    return None


def make_indexing_op(instance_id: str, plan: str, marks: Mapping[str, str]) -> Op:
    """All that the index has of an instance is replaced; without a plan and marks it is removed."""
    prefix, state = keys.find_tag(instance_id), keys.name_state(instance_id)
    return ["index", "variables", state, prefix, instance_id, plan, *chain.from_iterable(marks.items())]


def make_forget_variables_op(instance_id: str) -> Op:
    """Before the state of an instance is removed."""
    return ["index", "forget_variables", keys.name_state(instance_id), keys.find_tag(instance_id), instance_id]


@dataclass(frozen=True, slots=True)
class Marks:
    """What the index has of one instance, by the plan that it was written with; ``EMPTY`` for most."""

    plan: str = ""
    by_name: tuple[tuple[str, str], ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.plan and not self.by_name

    def write_fields(self) -> dict[bytes, bytes]:
        """The fields of a state that say so."""
        fields = {f"{MARK}{name}".encode(): mark.encode() for name, mark in self.by_name}
        return fields if self.is_empty else {MARK.encode(): self.plan.encode(), **fields}

    def list_entries(self, prefix: str, instance_id: str) -> list[tuple[str, int, str]]:
        """Name of a sorted set, score, member."""
        return [(name_variable(prefix, name), 0, make_member(mark, instance_id)) for name, mark in self.by_name]


EMPTY = Marks()


def read_marks(state: Mapping[bytes, bytes]) -> Marks:
    """From the fields of a state as they are in the store."""
    start = MARK.encode()
    if start not in state:
        return EMPTY
    found = [(name[len(start) :].decode(), mark.decode()) for name, mark in state.items() if name.startswith(start)]
    return Marks(state[start].decode(), tuple(sorted(pair for pair in found if pair[0])))


def replace_marks(state: Mapping[bytes, bytes], marks: Marks) -> dict[bytes, bytes]:
    """The fields of a state with other marks."""
    kept = {name: blob for name, blob in state.items() if not name.startswith(MARK.encode())}
    return {**kept, **marks.write_fields()}


def make_member(mark: str, instance_id: str) -> str:
    return f"{mark}{keys.SEPARATOR}{instance_id}"


def make_mark_range(mark: str) -> tuple[str, str]:
    """The members of a set that have a mark."""
    return f"[{mark}{keys.SEPARATOR}", f"[{mark}{keys.SEPARATOR}\x7f"
