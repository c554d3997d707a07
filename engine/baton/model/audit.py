"""Who did what: entries of the audit, each with the hash of the one before it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from enum import StrEnum

import msgpack

from baton.model.immutable import immutable
from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.model.values import Value

BEGINNING = ""
"""Stands for the hash before the first entry of a chain."""


class AuditOutcome(StrEnum):
    ORDERED = "ordered"
    """Written before it is done; if it comes to nothing, an entry that names this one follows."""
    REFUSED = "refused"
    FAILED = "failed"
    """By a fault, of Baton or of what it needs."""


@immutable
class AuditEvent:
    """What somebody did, before it has a place in a chain.

    ``actor_kind``: person, key, anybody or process; ``action``: the id of the operation; ``target``: what it was done
    to, by its path; ``instance_id``: the process instance that it concerns.
    """

    at: Millis
    actor_kind: str
    actor: str
    action: str
    target: str = ""
    address: str = ""
    instance_id: str | None = None
    outcome: AuditOutcome = AuditOutcome.ORDERED
    follows: str | None = None
    """The id of the entry that came to nothing."""


@immutable
class AuditValues:
    """What lies beside an entry and may be erased. ``before``, ``after``: the state and what was ordered, as JSON."""

    salt: bytes
    before: str | None = None
    after: str | None = None
    reason: str = ""

    def digest(self) -> str:
        """SHA-256 of the salt and the values, as hexadecimal digits."""
        return _hash(to_row(self))


@immutable
class AuditEntry:
    """``number`` counts from 1 without gaps within a partition; ``digest``: of its values."""

    partition: int
    number: int
    previous: str
    digest: str
    event: AuditEvent

    @property
    def id(self) -> str:
        return f"{self.partition}-{self.number}"

    def to_row(self) -> list[Value]:
        return [self.partition, self.number, self.previous, self.digest, *to_row(self.event)]

    @classmethod
    def from_row(cls, row: list[Value]) -> AuditEntry:
        """Raises ValueError or TypeError for what is not the row of an entry."""
        partition, number, previous, digest, *event = row
        if not (isinstance(partition, int) and isinstance(number, int)):
            raise ValueError("its numbers are no numbers")
        return cls(
            partition=partition,
            number=number,
            previous=str(previous),
            digest=str(digest),
            event=from_row(AuditEvent, event),
        )

    def hash(self) -> str:
        """What the next entry names as ``previous``: SHA-256 as hexadecimal digits."""
        return _hash(self.to_row())


@immutable
class ChainHead:
    """The newest entry of a chain."""

    partition: int
    number: int
    hash: str
    at: Millis = 0


@immutable
class AuditAnchor:
    """The heads of all chains at a moment, itself an entry of one chain. ``heads``: partition, number, hash."""

    number: int
    at: Millis
    previous: str
    heads: tuple[tuple[int, int, str], ...]

    def hash(self) -> str:
        return _hash(to_row(self))


@immutable
class AuditDamage:
    """Where the audit was touched. ``number``: of the entry, or of the anchor if ``partition`` is None."""

    partition: int | None
    number: int
    message: str


def _hash(row: Sequence[Value]) -> str:
    return hashlib.sha256(msgpack.packb(row)).hexdigest()
