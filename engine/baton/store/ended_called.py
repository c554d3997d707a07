"""What the store has of called processes that have ended: a row for each, and its entries in sorted sets. Pure.

Rows are beside the state of the instance around them, so that its turns do not read them. They say nothing that the
names and members of sorted sets do not say, and as these they are not sealed: definition, start, end, whether it was
cancelled, token of the scope around the call, business key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from baton.model.called import CalledProcess, EndedProcess
from baton.model.records import InstanceState
from baton.model.times import Millis
from baton.store import called_keys, codec, keys
from baton.store.operations import Op

_AT_ONCE = 400
"""Members, or fields, of one command: a script takes some thousand arguments."""

Entry = tuple[str, Millis, str]
"""Name of a sorted set, score, member."""


def find_state(ended: EndedProcess) -> InstanceState:
    """As the history tells it: what was cancelled ended with its caller, or by it."""
    return InstanceState.TERMINATED if ended.cancelled else InstanceState.COMPLETED


def encode_row(ended: EndedProcess) -> bytes:
    """The row of one."""
    called = ended.called
    row = [called.definition_id, called.started_at, ended.ended_at, ended.cancelled, ended.caller, called.business_key]
    return codec.encode(row, compress=False)


def decode_row(instance_id: str, number: str, row: bytes) -> EndedProcess:
    """Raises Damaged, and ValueError for what is no such row."""
    definition_id, started_at, ended_at, cancelled, caller, business_key, *_ = codec.decode(row)
    called = CalledProcess(
        id=f"{instance_id}.{number}",
        definition_id=definition_id,
        started_at=started_at,
        business_key=business_key,
    )
    return EndedProcess(called=called, ended_at=ended_at, cancelled=cancelled, caller=caller)


def list_ended_entries(prefix: str, ended: EndedProcess) -> list[Entry]:
    """What sorted sets have of one."""
    called, state = ended.called, find_state(ended).value
    found = [
        (called_keys.name_ended_in_state(prefix, state), ended.ended_at, called.id),
        (called_keys.name_ended_in_state(prefix, state, by_start=True), called.started_at, called.id),
        (called_keys.name_ended_of(prefix, called.definition_id), ended.ended_at, called.id),
        (called_keys.name_ended_of(prefix, called.definition_id, by_start=True), called.started_at, called.id),
    ]
    if called.business_key is not None:
        member = f"{called.business_key}{keys.SEPARATOR}{called.id}"
        found.append((called_keys.name_ended_business_keys(prefix), 0, member))
    return found


def make_ended_ops(instance_id: str, ended: Iterable[EndedProcess]) -> list[Op]:
    """For called processes of an instance that have ended."""
    found = list(ended)
    return make_return_called_ops(instance_id, {get_number(each): encode_row(each) for each in found}, found)


def make_return_called_ops(instance_id: str, rows: Mapping[str, bytes], ended: Iterable[EndedProcess]) -> list[Op]:
    """Rows as they are, and the entries that they mean."""
    name = called_keys.name_ended_rows(instance_id)
    ops = _make_each("HSET", name, list(rows.items()))
    for key, entries in _group(instance_id, ended).items():
        ops += _make_each("ZADD", key, [(str(score), member) for score, member in entries])
    return ops


def make_forget_called_ops(instance_id: str, ended: Iterable[EndedProcess]) -> list[Op]:
    """Take all that an instance has called, and that has ended, out of every index, with the rows of it."""
    ops: list[Op] = []
    for key, entries in _group(instance_id, ended).items():
        ops += _make_each("ZREM", key, [(member,) for _, member in entries])
    return [*ops, ["DEL", called_keys.name_ended_rows(instance_id)]]


def get_number(ended: EndedProcess) -> str:
    """That of its token."""
    return ended.called.id.rpartition(".")[2]


def _group(instance_id: str, ended: Iterable[EndedProcess]) -> dict[str, list[tuple[Millis, str]]]:
    """Scores and members by the name of the set."""
    prefix = keys.find_tag(instance_id)
    groups: dict[str, list[tuple[Millis, str]]] = {}
    for each in ended:
        for key, score, member in list_ended_entries(prefix, each):
            groups.setdefault(key, []).append((score, member))
    return groups


def _make_each(command: str, key: str, arguments: Sequence[Sequence[str | bytes]]) -> list[Op]:
    """As many operations as it takes."""
    parts = (arguments[at : at + _AT_ONCE] for at in range(0, len(arguments), _AT_ONCE))
    return [[command, key, *chain.from_iterable(part)] for part in parts]
