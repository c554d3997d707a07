"""Operations on keys of one slot, applied together or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from baton.store import codec
from baton.store.ports import Arg, Backend

Op: TypeAlias = "list[str | bytes | int]"
"""A Redis command, or ``index`` and a function of ``index_ops`` in ``prelude.lua`` with its arguments."""
Ops: TypeAlias = "Sequence[Sequence[str | bytes | int]]"


def apply_ops(
    backend: Backend,
    slot_key: str,
    ops: Ops,
    expect: Sequence[Sequence[str | bytes]] = (),
    fewer: Sequence[tuple[str, int]] = (),
) -> bool:
    """Run operations on keys of one slot atomically, if what is expected (key, field, value) still holds.

    ``fewer``: hashes, each with the number of fields that it must be below.
    """
    ask = {"expect": list(expect), "fewer": [list(bound) for bound in fewer], "ops": list(ops)}
    reply = backend.run("apply", [slot_key], [codec.pack(ask, for_script=True)])
    return reply[0] == b"OK"


def apply_each(backend: Backend, asks: Sequence[tuple[str, Ops, Sequence[Sequence[str | bytes]]]]) -> list[bool]:
    """As ``apply_ops``, of many in one round trip where that can be: slot key, operations, what is expected of each."""
    calls: list[tuple[list[str], list[Arg]]] = [
        ([slot_key], [codec.pack({"expect": list(expect), "ops": list(ops)}, for_script=True)])
        for slot_key, ops, expect in asks
    ]
    return [reply[0] == b"OK" for reply in backend.run_each("apply", calls)] if calls else []
