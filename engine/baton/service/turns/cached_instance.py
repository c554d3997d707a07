"""An instance in memory with the sizes of its variables: the limits of one turn and of one instance."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from baton.model.records import InstanceState
from baton.model.turn_result import TurnResult
from baton.runtime import Instance
from baton.service.core.pausing import give_way
from baton.service.core.settings import Settings
from baton.service.core.sizes import estimate_size
from baton.service.turns.failures import LIMIT, TurnRefused

PAUSE_EVERY_S = 0.02


@dataclass
class CachedInstance:
    """``sizes``: about how many bytes each variable takes, by its field; ``total_size`` is their sum."""

    instance: Instance
    sizes: dict[str, int] = field(default_factory=dict[str, int])
    total_size: int = 0

    @classmethod
    def measure(cls, instance: Instance, fields: Mapping[str, bytes]) -> CachedInstance:
        weights = {name: len(blob) for name, blob in fields.items() if name.startswith("v")}
        return cls(instance, weights, sum(weights.values()))

    def check_limits(self, result: TurnResult, settings: Settings) -> None:
        """Add what a turn changes. Raises TurnRefused when it exceeds a limit, unless it ends the instance."""
        for name in result.drop:
            self.total_size -= self.sizes.pop(name, 0)
        for name, value in result.put.items():
            if name.startswith("v"):
                weight = estimate_size(value)
                if weight > settings.max_variable_bytes:
                    raise _make_too_large(name, weight, settings)
                self.total_size += weight - self.sizes.get(name, 0)
                self.sizes[name] = weight
        exceeds = (
            self.total_size > settings.max_instance_bytes
            or result.header.position > settings.max_history_events
            or sum(count for _, count in result.header.tokens) > settings.max_tokens
        )
        if exceeds and result.header.state is InstanceState.ACTIVE:
            self._refuse_excess(result, settings)

    def _refuse_excess(self, result: TurnResult, settings: Settings) -> None:
        if self.total_size > settings.max_instance_bytes and any(name.startswith("v") for name in result.put):
            raise TurnRefused(
                LIMIT,
                "BadRequest",
                f"Expected the variables of an instance to stay within {settings.max_instance_bytes} bytes, but those "
                f"of '{result.instance_id}' would have {self.total_size}: keep large data elsewhere and put its "
                "address here (setting BATON_MAX_INSTANCE_BYTES)",
            )
        if result.header.position > settings.max_history_events and result.events:
            raise TurnRefused(
                LIMIT,
                "Conflict",
                f"Expected a history of at most {settings.max_history_events} events, but that of "
                f"'{result.instance_id}' would have {result.header.position}: is there a loop that never ends? "
                "Cancel the instance, or raise BATON_MAX_HISTORY_EVENTS",
            )
        before = 0 if result.header_before is None else sum(count for _, count in result.header_before.tokens)
        after = sum(count for _, count in result.header.tokens)
        if after > max(settings.max_tokens, before):
            raise TurnRefused(
                LIMIT,
                "BadRequest",
                f"Expected at most {settings.max_tokens} tokens in an instance, but '{result.instance_id}' would have "
                f"{after}: give its multi-instance activities less at once (setting BATON_MAX_TOKENS)",
            )


def _make_too_large(row: str, size: int, settings: Settings) -> TurnRefused:
    """What scripts, decisions and mappings make is bounded like what comes over HTTP. ``row``: ``v<scope>/<name>``."""
    return TurnRefused(
        LIMIT,
        "BadRequest",
        f"Expected a variable of at most {settings.max_variable_bytes} bytes, but '{row.partition('/')[2]}' would "
        f"have {size}: keep large data elsewhere and put its address here (setting BATON_MAX_VARIABLE_BYTES)",
    )


def make_stopwatch(settings: Settings) -> Callable[[], Callable[[], bool]]:
    """Started with each turn, it tells when the time of the turn is up. Real time, whatever the clock is.

    Between two steps of a long turn it lets the greenlets and threads of others go on.
    """
    return lambda: _Stopwatch(settings.max_turn_ms / 1000).is_up


class _Stopwatch:
    def __init__(self, seconds: float) -> None:
        now = time.monotonic()
        self._end, self._pause_at = now + seconds, now + PAUSE_EVERY_S

    def is_up(self) -> bool:
        now = time.monotonic()
        if now > self._pause_at:
            give_way()
            self._pause_at = time.monotonic() + PAUSE_EVERY_S
        return now > self._end
