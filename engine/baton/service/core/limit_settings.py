"""Limits of topics as a setting: ``charge-card:locksPerSecond=10:locksAtOnce=5,ship:locksAtOnce=2``."""

from __future__ import annotations

from baton.model.errors import BadRequest
from baton.settings import WrongSetting
from baton.store.limits import TopicLimits

SETTING = "BATON_TOPIC_LIMITS"
_PER_SECOND, _AT_ONCE = "locksPerSecond", "locksAtOnce"


def read_limits(text: str) -> dict[str, TopicLimits]:
    """By topic. Raises WrongSetting."""
    found: dict[str, TopicLimits] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        topic, limits = _read_entry(entry)
        if topic in found:
            raise WrongSetting(f"Expected {SETTING} to name each topic once, but found '{topic}' twice")
        found[topic] = limits
    return found


def _read_entry(text: str) -> tuple[str, TopicLimits]:
    """A topic, which may have colons itself, and its limits."""
    parts = text.split(":")
    said = [part.partition("=") for part in parts if "=" in part]
    topic = ":".join(parts[: len(parts) - len(said)]).strip()
    values = {name.strip(): value for name, _, value in said}
    if not topic or not said or len(values) != len(said) or values.keys() - {_PER_SECOND, _AT_ONCE}:
        raise WrongSetting(
            f"Expected {SETTING} to be like 'topic:{_PER_SECOND}=10:{_AT_ONCE}=5,other:{_AT_ONCE}=2', "
            f"but found '{text}' in it"
        )
    try:
        per_second, at_once = values.get(_PER_SECOND), values.get(_AT_ONCE)
        limits = TopicLimits(
            locks_per_second=None if per_second is None else float(per_second),
            locks_at_once=None if at_once is None else int(at_once),
        )
        check_limits(limits)
    except ValueError:
        raise WrongSetting(f"Expected numbers in {SETTING}, but found '{text}' in it") from None
    except BadRequest as error:
        raise WrongSetting(f"{error.message} in {SETTING} for '{topic}'") from None
    return topic, limits


def check_limits(limits: TopicLimits) -> None:
    """Raises BadRequest."""
    rate, most = limits.locks_per_second, limits.locks_at_once
    if rate is not None and not 0.001 <= rate <= 1_000:
        raise BadRequest(f"Expected between 0.001 and 1000 locks per second, or none, but found {rate}")
    if most is not None and most < 1:
        raise BadRequest(f"Expected at least 1 lock at once, or none, but found {most}")
