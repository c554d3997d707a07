"""Operations on keys of one slot, applied together or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from baton.store import codec
from baton.store.ports import Backend

Op: TypeAlias = "list[str | bytes | int]"
"""A Redis command, or ``index`` and a function of ``index_ops`` in ``prelude.lua`` with its arguments."""


def apply_ops(
    backend: Backend,
    slot_key: str,
    ops: Sequence[Sequence[str | bytes | int]],
    expect: Sequence[Sequence[str | bytes]] = (),
    fewer: Sequence[tuple[str, int]] = (),
) -> bool:
    """Run operations on keys of one slot atomically, if what is expected (key, field, value) still holds.

    ``fewer``: hashes, each with the number of fields that it must be below.
    """
    ask = {"expect": list(expect), "fewer": [list(bound) for bound in fewer], "ops": list(ops)}
    reply = backend.run("apply", [slot_key], [codec.pack(ask, for_script=True)])
    return reply[0] == b"OK"
