"""What the store's modules hand to each other and to the service: plain frozen dataclasses and one backend protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any, Protocol, TypeAlias, cast

from baton.model.commands import Answer, Envelope
from baton.model.errors import Overloaded
from baton.model.immutable import immutable
from baton.model.records import Lock
from baton.model.times import Millis

Arg: TypeAlias = "str | bytes | int"
Read: TypeAlias = "tuple[Arg, ...]"


class Fenced(Exception):
    """Another has taken the turn since; what was decided must be thrown away."""


class Stale(Exception):
    """The lock of an external task changed while the turn was being decided; decide again on fresh state."""


class Claimed(Exception):
    """The business key of an instance to be must be unique, and a running instance has it. ``holder``: which."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


class Changed(Exception):
    """What a change of the definitions relied on is no longer so; read again."""


class StoreUnavailable(Overloaded):
    """The server does not answer, or takes no writes; whether the last one was done is unknown. Try again."""


class Unconfirmed(StoreUnavailable):
    """The change was made, but too few replicas have it: whether it lasts is unknown. Look for it, or repeat it."""


class Listener(Protocol):
    """Receives hints from other processes. ``close`` ends it."""

    def add(self, channel: str) -> None: ...
    def remove(self, channel: str) -> None: ...
    def close(self) -> None: ...


class Backend(Protocol):
    """The few things the store needs of a server; ``RedisBackend`` and ``ClusterBackend`` do them."""

    further_prefixes: Sequence[str]
    """Of names of sorted sets that list ended instances beside those of the partitions."""

    @property
    def on_point(self) -> Callable[[str], None] | None:
        """Tests only: called at every crash point."""
        ...

    @on_point.setter
    def on_point(self, callback: Callable[[str], None] | None) -> None: ...

    def read(self, commands: Sequence[Read]) -> list[Any]:
        """The raw replies (bytes, ints, flat lists) of reading commands, in one round trip where possible."""
        ...

    def run(self, script: str, keys: Sequence[str], args: Sequence[Arg]) -> Any:
        """The reply of one script; all keys are in one slot."""
        ...

    def run_each(self, script: str, calls: Sequence[tuple[Sequence[str], Sequence[Arg]]]) -> list[Any]:
        """The replies of one script run for each of the keys and arguments, in one round trip where possible."""
        ...

    def ask_each(
        self, script: str, calls: Sequence[tuple[Sequence[str], Sequence[Arg]]]
    ) -> list[Any | StoreUnavailable]:
        """As ``run_each``, of a script whose reply may be lost; what could not be asked has the reason in its place."""
        ...

    def bring_back(self, instance_id: str) -> None:
        """Before what is beside a state is changed: an instance that was archived comes back into the store."""
        ...

    def group_by_slot(self, prefixes: Sequence[str]) -> list[list[str]]:
        """The prefixes (hash tags) in groups that one script may touch together."""
        ...

    def listen(self, on_message: Callable[[str, bytes], None]) -> Listener: ...

    def wait_for_streams(
        self, positions: Mapping[str, str], timeout_ms: int
    ) -> list[tuple[str, str, dict[bytes, bytes]]]:
        """Entries behind the positions (stream key -> id): key, entry id, fields. Blocks up to the timeout."""
        ...

    def measure_memory(self) -> tuple[int, int]:
        """Bytes used, and the limit: the server's own, else the memory of its machine (0: unknown)."""
        ...

    def close(self) -> None: ...


def _no_fields() -> dict[str, bytes]:
    return {}


@immutable
class Queued:
    """A command in a mailbox, with what the store must know to answer it."""

    envelope: Envelope
    reply_to: str = ""
    """The process that waits for the answer."""
    keep_ms: int = 60_000
    """How long the answer is kept for repeats of the same command id."""
    damage: str = ""
    """Why it cannot be read, if it cannot; this is its answer, and it has no effect."""


@immutable
class Submission:
    """A command for the mailbox of an instance.

    ``owner`` names one attempt to take the turn: a repeat with the same owner finds the lease that it was given.
    ``create``: the instance need not exist. ``take``: take the turn if it is free.
    """

    instance_id: str
    queued: Queued
    now: Millis
    owner: str
    lease_ms: int
    known_version: str = ""
    create: bool = False
    take: bool = True


@immutable
class Taken:
    """The right to decide the next turn of an instance, or an attempt without it, with what that takes."""

    instance_id: str
    owner: str
    lease: str
    """``<fence>:<owner>``; becomes the version when this turn commits."""
    version: str
    """Of the state; empty for a new instance."""
    fields: Mapping[str, bytes] | None
    """The state, still encoded; None if the caller knows this version."""
    locks: Mapping[str, Lock]
    commands: tuple[Queued, ...]
    lost: int = 0
    """How many leases have run out since the last commit: their holders died, or took too long."""
    relies_on: str = ""
    """Of a turn without a lease: the worker that must still hold the task that is completed."""

    @classmethod
    def make_fresh(cls, instance_id: str, owner: str, queued: Queued) -> Taken:
        """The first turn of an instance that nobody can know yet: it needs no lease, its commit finds out."""
        return cls(
            instance_id=instance_id,
            owner=owner,
            lease=f"1:{owner}",
            version="",
            fields={},
            locks={},
            commands=(queued,),
        )

    @classmethod
    def make_unleased(cls, instance_id: str, owner: str, version: str, queued: Queued, lock: Lock) -> Taken:
        """A turn on a version that is in memory, for the holder of a lock: its commit finds out if all is still so."""
        fence = int(version.partition(":")[0]) + 1
        return cls(
            instance_id=instance_id,
            owner=owner,
            lease=f"{fence}:{owner}",
            version=version,
            fields=None,
            locks={lock.task_id: lock},
            commands=(queued,),
            relies_on=lock.worker_id,
        )


@immutable
class Submitted:
    """What became of a command: answered before, turn taken, or left to the holder of the lease."""

    answer: Answer | None = None
    taken: Taken | None = None
    held_until: Millis | None = None


@immutable
class Committed:
    """``more`` is the next turn, already taken, when commands came in the meantime."""

    more: Taken | None = None
    repeated: bool = False
    """The commit had happened before; its first answer was lost."""


@immutable
class TopicWish:
    """What a worker wants of one topic."""

    topic: str
    lock_ms: int
    with_state: bool = True


@immutable
class Locked:
    """A task that was just locked; ``fields`` is its instance's encoded state, if wished."""

    lock: Lock
    row: bytes
    wish: int
    fields: Mapping[str, bytes] = field(default_factory=_no_fields)
    trace: bytes | None = None
    """The encoded ``traceparent`` that its instance began with."""


@immutable
class LiveEntry:
    """One committed turn on the live stream of a partition."""

    partition: int
    id: str
    instance_id: str
    chunk: bytes
    header: bytes
    status: bytes | None = None


def take_answered(replies: Sequence[Any | StoreUnavailable]) -> list[Any]:
    """The replies of those parts of the store that could be asked. Raises StoreUnavailable when none could."""
    found = [reply for reply in replies if not isinstance(reply, StoreUnavailable)]
    for reply in replies if not found else ():
        raise cast("StoreUnavailable", reply)
    return found


def iterate_pairs(flat: Sequence[Any]) -> Iterable[tuple[Any, Any]]:
    return zip(flat[::2], flat[1::2], strict=True)
