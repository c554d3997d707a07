"""What an operator can set about the engine; every setting has an environment variable ``BATON_…``."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from baton.service.core.clock import ReadTime, make_shifted_clock, read_system_clock
from baton.service.core.limit_settings import WrongSetting, read_limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Times are milliseconds. ``clock`` and ``random`` are given by tests."""

    redis_url: str = ""
    """``unix://``, ``redis://``, ``rediss://``, ``sentinel://`` or ``cluster+redis://``; an engine needs one."""
    partitions: int = 64
    lease_ms: int = 10_000
    replicas: int = 0
    """Replicas that must have a change before it counts; 0 on a single server."""
    encryption_keys: str = ""
    """``number:base64,…``: encrypt all state; the first key writes, all read. Empty: checksums only."""
    answer_ms: int = 30_000
    """How long a caller waits for the turn that applies its command."""
    keep_answers_ms: int = 60_000
    """How long an answer is kept for a repeat of its command; with an id given by the caller: ``keep_keyed_ms``."""
    keep_keyed_ms: int = 86_400_000
    cached_instances: int = 1_000
    live_length: int = 10_000
    turns_in_a_row: int = 20
    """Turns of a busy instance that a caller executes for others after its own."""
    max_variable_bytes: int = 4 * 1024 * 1024
    max_instance_bytes: int = 32 * 1024 * 1024
    """Approximate size of all variables of one instance."""
    max_history_events: int = 1_000_000
    max_turn_ms: int = 3_000
    """A turn that takes longer is cut between two steps and goes on in the next; below ``lease_ms``."""
    max_memory_share: float = 0.8
    """Of the store's memory limit, or of its machine's memory where it has none: above it no new instance starts."""
    data: str = ""
    """The folder of the embedded server; empty with an external server."""
    min_disk_bytes: int = 256 * 1024 * 1024
    """Free space that the folder must have for new instances to start."""
    message_ttl_ms: int = 0
    """How long a message sent by an instance waits for its receiver."""
    message_retry_ms: int = 1_000
    topic_limits: str = ""
    """``topic:locksPerSecond=10:locksAtOnce=5,…``; limits set while Baton runs take precedence."""
    clock: ReadTime = field(default=read_system_clock)
    random: Callable[[int], bytes] = field(default=secrets.token_bytes)

    def __post_init__(self) -> None:
        read_limits(self.topic_limits)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Settings from ``BATON_REDIS_URL``, ``BATON_PARTITIONS`` and so on. Raises WrongSetting.

        ``BATON_TEST_CLOCK`` names the file of a `shifted_clock`; it is for tests and nothing else.
        """
        env = os.environ if environment is None else environment
        found: dict[str, str | int | float] = {}
        for spec in fields(cls):
            text = env.get("BATON_" + spec.name.upper())
            if text is not None and isinstance(spec.default, (str, int, float)):
                found[spec.name] = _read("BATON_" + spec.name.upper(), text, type(spec.default))
        shift = env.get("BATON_TEST_CLOCK")
        clock = make_shifted_clock(Path(shift)) if shift else read_system_clock
        return cls(**found, clock=clock)  # type: ignore[arg-type]


def _read(name: str, text: str, kind: type[str] | type[int] | type[float]) -> str | int | float:
    try:
        return kind(text)
    except ValueError:
        raise WrongSetting(f"Expected {name} to be a number ({kind.__name__}), but found '{text}'") from None
