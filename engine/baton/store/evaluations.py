"""Evaluations of decisions that no process has asked for: those of an instance are part of its history.

========================  ======  ====================================================================================
key                       type    holds
========================  ======  ====================================================================================
{defs}:evaluations        hash    id -> blob of the evaluation
{defs}:evaluationsat      zset    the same ids, scored by the moment of the evaluation
{defs}:evaluationsend     zset    those of the ids that are removed at a moment, scored by it
========================  ======  ====================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from typing import TypeAlias

from baton.model.immutable import immutable
from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.model.values import Value
from baton.store.blobs import BlobCodec
from baton.store.keys import DEFS
from baton.store.operations import Op, apply_ops
from baton.store.ports import Backend

EVALUATIONS = f"{DEFS}:evaluations"
_AT = f"{DEFS}:evaluationsat"
_END = f"{DEFS}:evaluationsend"
_PAGE = 500


@immutable
class Evaluation:
    """``decisions``: what was evaluated, the decision that was asked for last; None for one that was deleted.

    ``by``: who has asked; None where nobody signs in. ``removal_at``: when it is removed; None: never by itself.
    """

    id: str
    definition_id: str
    key: str
    at: Millis
    by: str | None = None
    tenant_id: str | None = None
    removal_at: Millis | None = None
    decisions: list[Value] = field(default_factory=list[Value])


_Change: TypeAlias = "Callable[[Evaluation], Evaluation | None]"


class Evaluations:
    """All keys are in one slot."""

    def __init__(self, backend: Backend, blobs: BlobCodec) -> None:
        self._backend, self._blobs = backend, blobs

    def add(self, evaluation: Evaluation, most: int) -> None:
        """Keep it; of more than ``most`` the oldest go."""
        ops = self._make_put_ops(evaluation)
        there = self._backend.read([("ZCARD", _AT)])[0] + 1
        if there > most:
            oldest = self._backend.read([("ZRANGE", _AT, 0, there - most - 1)])[0]
            ops += _make_removal_ops([id_.decode() for id_ in oldest])
        apply_ops(self._backend, EVALUATIONS, ops)

    def get(self, evaluation_id: str) -> Evaluation | None:
        """Raises Damaged."""
        return next(iter(self._read([evaluation_id])), None)

    def iterate(self) -> Iterator[Evaluation]:
        """All, the newest first. Raises Damaged."""
        first = 0
        while True:
            found = self._backend.read([("ZREVRANGE", _AT, first, first + _PAGE - 1)])[0]
            yield from self._read([id_.decode() for id_ in found])
            if len(found) < _PAGE:
                return
            first += _PAGE

    def delete_decision(self, evaluation_id: str, index: int) -> bool:
        """Forget one decision of an evaluation, and with the last of them the evaluation; False if it is not there."""

        def change(found: Evaluation) -> Evaluation | None:
            if not 0 <= index < len(found.decisions) or found.decisions[index] is None:
                return None
            left: list[Value] = [None if at == index else row for at, row in enumerate(found.decisions)]
            return replace(found, decisions=left)

        return self._change(evaluation_id, change)

    def set_removal(self, evaluation_id: str, moment: Millis | None) -> bool:
        """False if it is not there."""
        return self._change(evaluation_id, lambda found: replace(found, removal_at=moment))

    def forget_expired(self, now: Millis, limit: int) -> int:
        """Remove those whose moment has come; returns how many."""
        found = self._backend.read([("ZRANGEBYSCORE", _END, "-inf", now, "LIMIT", 0, limit)])[0]
        if found:
            apply_ops(self._backend, EVALUATIONS, _make_removal_ops([id_.decode() for id_ in found]))
        return len(found)

    def _change(self, evaluation_id: str, change: _Change) -> bool:
        while True:
            blob: bytes | None = self._backend.read([("HGET", EVALUATIONS, evaluation_id)])[0]
            changed = None if blob is None else change(from_row(Evaluation, self._blobs.decode(blob)))
            if blob is None or changed is None:
                return False
            left = any(row is not None for row in changed.decisions)
            ops = self._make_put_ops(changed) if left else _make_removal_ops([evaluation_id])
            if apply_ops(self._backend, EVALUATIONS, ops, [[EVALUATIONS, evaluation_id, blob]]):
                return True

    def _read(self, ids: Sequence[str]) -> list[Evaluation]:
        blobs: list[bytes | None] = self._backend.read([("HMGET", EVALUATIONS, *ids)])[0] if ids else []
        return [from_row(Evaluation, self._blobs.decode(blob)) for blob in blobs if blob is not None]

    def _make_put_ops(self, evaluation: Evaluation) -> list[Op]:
        id_, moment = evaluation.id, evaluation.removal_at
        return [
            ["HSET", EVALUATIONS, id_, self._blobs.encode(to_row(evaluation))],
            ["ZADD", _AT, evaluation.at, id_],
            ["ZREM", _END, id_] if moment is None else ["ZADD", _END, moment, id_],
        ]


def _make_removal_ops(ids: Sequence[str]) -> list[Op]:
    return [["HDEL", EVALUATIONS, *ids], ["ZREM", _AT, *ids], ["ZREM", _END, *ids]]
