"""What an operator can set about the engine; every setting has an environment variable ``BATON_…``."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, field_validator

from baton.service.core.clock import ReadTime, make_shifted_clock, read_system_clock
from baton.service.core.limit_settings import read_limits
from baton.settings import DefaultText, NotInEnvironment, RoomSettings, Secret
from baton.store.blobs import BlobCodec

Positive = Annotated[int, Field(ge=1)]
NotNegative = Annotated[int, Field(ge=0)]


class Settings(RoomSettings):
    """The engine: how it stores, how long it waits, what it refuses. Times are milliseconds."""

    redis_url: Annotated[str, Secret(), DefaultText("the embedded Valkey")] = Field(default="", repr=False)
    """Where the store is, as `serve --redis-url` says: `redis://`, `rediss://`, `unix://`, `sentinel://`,
    `cluster+redis://`, `cluster+rediss://`."""
    partitions: Positive = 64
    """Units of atomicity over which instances are spread. Fixed once there is data."""
    lease_ms: Positive = 10_000
    """A process that dies in a turn is replaced by another after this time. A single step that takes longer is lost."""
    max_lost_turns: Positive = 2
    """Turns of an instance that are lost in a row, because their processes died or took longer than the lease; then it
    is not tried again but becomes an incident `turnTooLong`."""
    stalled_ms: Positive = 20_000
    """When no process has worked off what is due for so long, turns and timers stand still: `/readyz` answers DOWN."""
    max_turn_ms: NotNegative = 1_000
    """A turn that takes longer is cut between two steps and goes on in the next, so that it blocks no others. Set it
    below `BATON_LEASE_MS`."""
    replicas: NotNegative = 0
    """Replicas that must have a change before it counts; have
    [one more](../how-to/scale-out.md#when-the-stores-machine-dies)."""
    encryption_keys: Annotated[str, Secret(), DefaultText("none")] = Field(default="", repr=False)
    """`number:base64,…`: encrypt all state with keys of 16, 24 or 32 bytes. The first key writes, all keys read."""
    answer_ms: Positive = 30_000
    """How long a request waits for the turn that applies its command."""
    keep_answers_ms: Positive = 60_000
    """How long an answer is stored for a repeat of the same command."""
    keep_keyed_ms: Positive = 86_400_000
    """The same for commands with an id that the caller has chosen, and for the ids of messages."""
    cached_instances: NotNegative = 1_000
    """Instances that each process holds in memory between their turns."""
    live_length: NotNegative = 10_000
    """Turns that the live stream of a partition reaches back, about."""
    turns_in_a_row: Positive = 20
    """Turns of a busy instance that a request executes for others after its own."""
    max_variable_bytes: Positive = 4 * 1024 * 1024
    """The largest variable. A larger one answers 400."""
    max_instance_bytes: Positive = 32 * 1024 * 1024
    """All variables of one instance together, about. What would exceed it answers 400."""
    max_history_events: Positive = 1_000_000
    """Events of one instance. Beyond, requests answer 409, and only suspending and ending it go on; what the instance
    does by itself becomes an incident `limitExceeded`."""
    max_loop_instances: Positive = 10_000
    """Instances of one multi-instance, by cardinality or collection. More is an incident `limitExceeded`."""
    compute_seconds: Annotated[float, Field(gt=0)] = 10.0
    """Seconds of processor time that checking, deploying, one step of a simulation or evaluating a decision over the
    API may take. Then the request answers 422."""
    compute_memory_bytes: Annotated[int, Field(ge=256 * 1024 * 1024)] = 480 * 1024 * 1024
    """Memory (address space) of a process that does such work. What takes more answers 422."""
    compute_processes: Positive = 2
    """Such processes of each web process, at most."""
    max_memory_share: Annotated[float, Field(gt=0)] = 0.8
    """The share of the store's `maxmemory`, or else of its machine's memory, above which new starts answer 503 with
    `Retry-After`. Instances that run go on."""
    min_disk_bytes: NotNegative = 256 * 1024 * 1024
    """Free space of the data folder below which new starts answer 503 in the same way (embedded Valkey)."""
    data: Annotated[str, DefaultText("set by `baton serve`")] = ""
    """The data folder, whose free space is watched; empty with a server of your own."""
    message_ttl_ms: NotNegative = 0
    """How long a message that an instance sends waits for a receiver; 0: it is lost when no receiver waits."""
    message_retry_ms: NotNegative = 1_000
    """The pause between two attempts to deliver such a message."""
    topic_limits: Annotated[str, DefaultText("none")] = ""
    """Limits of topics from the start: `charge-card:locksPerSecond=10:locksAtOnce=5,ship:locksAtOnce=2`; either may be
    left out. Limits that are [set over the API](rest.md) take precedence, also after a restart, until `DELETE` removes
    them."""
    test_clock: Annotated[Path | None, DefaultText("none")] = None
    """A file with the milliseconds that all clocks are ahead: for tests of a whole Baton, nothing else."""
    clock: Annotated[ReadTime, NotInEnvironment()] = read_system_clock
    """What tells the time."""
    random: Annotated[Callable[[int], bytes], NotInEnvironment()] = secrets.token_bytes
    """The bytes that ids are made of."""

    @field_validator("topic_limits")
    @classmethod
    def _check_limits(cls, text: str) -> str:
        read_limits(text)
        return text

    @field_validator("encryption_keys")
    @classmethod
    def _check_keys(cls, text: str) -> str:
        try:
            BlobCodec.from_text(text)
        except ValueError as error:
            raise ValueError(
                f"like 'number:base64,number:base64' with keys of 16, 24 or 32 bytes, but {error}"
            ) from None
        return text

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, **given: Any) -> Self:
        found = super().from_environment(environment, **given)
        if found.test_clock is None:
            return found
        return found.model_copy(update={"clock": make_shifted_clock(found.test_clock)})
