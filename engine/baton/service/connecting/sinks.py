"""The sinks that the operator has named in a file: which events go where."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

from baton.expression import ExpressionError
from baton.expression.timing import parse_duration
from baton.model.times import Millis
from baton.settings import WrongSetting
from baton.store.captured import Capture

KINDS = ("valkey", "webhook", "rabbitmq", "kafka", "sqs", "otlp", "zipkin")
TRACE_KINDS = frozenset({"otlp", "zipkin"})
"""Kinds of sinks that get spans and no events."""
SOURCE_KINDS = ("valkey", "rabbitmq", "kafka", "sqs")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_FLAGS = ("life_cycle", "state", "sensitive", "alerts")
_COMMON = frozenset({"name", "kind", "events", "processes", *_FLAGS, "give_up_after"})
_OF_EVENTS = frozenset({"events", *_FLAGS}) - {"sensitive"}
"""What only sinks that get events can be told."""
ALERT = "alert"
"""The kind of what the watchdog tells."""
LIFE_CYCLE = "io.baton."
"""What the types of life-cycle events begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkSettings:
    """``events``, ``processes``: patterns of event types and process keys. ``options``: of its kind;
    they may name secrets.

    ``state``: variables go along; else only ids. ``sensitive``: also sensitive variables. ``give_up_ms``: an event that
    could not be sent for so long becomes a dead letter. ``alerts``: also what the watchdog finds.
    """

    name: str
    kind: str
    events: tuple[str, ...] = ("*",)
    processes: tuple[str, ...] = ("*",)
    life_cycle: bool = False
    state: bool = True
    sensitive: bool = False
    alerts: bool = False
    give_up_ms: Millis = 3 * 86_400_000
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def matches(self, event_type: str, process_key: str) -> bool:
        if event_type.startswith(LIFE_CYCLE) and not self.life_cycle:
            return False
        return _matches(event_type, self.events) and _matches(process_key, self.processes)

    def matches_alert(self, event_type: str) -> bool:
        """Alerts are about the whole of Baton, whatever processes a sink is for."""
        return self.alerts and _matches(event_type, self.events)


def _matches(text: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(text, pattern) for pattern in patterns)


def read_sinks(path: Path | None) -> tuple[SinkSettings, ...]:
    """Those of the file, none without one. Raises WrongSetting."""
    if path is None:
        return ()
    try:
        return _parse_sinks(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:  # also of TOML
        raise WrongSetting(f"Expected in the file that BATON_SINKS_FILE names, {path}, {error}") from None


def _parse_sinks(text: str) -> tuple[SinkSettings, ...]:
    found = tomllib.loads(text)
    unknown = sorted(found.keys() - {"sink", "source"})
    if unknown:
        raise ValueError(f"tables [[sink]] and [[source]], but found '{unknown[0]}'")
    sinks = tuple(_read_sink(cast("dict[str, Any]", item)) for item in found.get("sink", []))
    names = [sink.name for sink in sinks]
    if len(names) != len(set(names)):
        raise ValueError("sinks of different names, but two have the same")
    return sinks


def _read_sink(given: Mapping[str, Any]) -> SinkSettings:
    name, kind = given.get("name"), given.get("kind")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"a name of small letters, digits and '-' for each sink, but found {name!r}")
    if kind not in KINDS:
        raise ValueError(f"the kind of sink '{name}' to be one of {', '.join(KINDS)}, but found {kind!r}")
    if kind in TRACE_KINDS and (found := sorted(_OF_EVENTS & given.keys())):
        raise ValueError(f"nothing about events of sink '{name}', which gets spans, but found '{found[0]}'")
    return SinkSettings(
        name=name,
        kind=kind,
        events=_read_patterns(name, given, "events"),
        processes=_read_patterns(name, given, "processes"),
        life_cycle=_read_truth(name, given, "life_cycle", False),
        state=_read_truth(name, given, "state", True),
        sensitive=_read_truth(name, given, "sensitive", False),
        alerts=_read_truth(name, given, "alerts", False),
        give_up_ms=_read_duration(name, given.get("give_up_after", "P3D")),
        options={key: value for key, value in given.items() if key not in _COMMON},
    )


def _read_patterns(name: str, given: Mapping[str, Any], key: str) -> tuple[str, ...]:
    found: Any = given.get(key, ["*"])
    if not isinstance(found, list) or not found or not all(isinstance(item, str) for item in cast("list[Any]", found)):
        raise ValueError(f"a list of patterns as '{key}' of sink '{name}', but found {found!r}")
    return tuple(cast("list[str]", found))


def _read_truth(name: str, given: Mapping[str, Any], key: str, default: bool) -> bool:
    found = given.get(key, default)
    if not isinstance(found, bool):
        raise ValueError(f"true or false as '{key}' of sink '{name}', but found {found!r}")
    return found


def _read_duration(name: str, text: Any) -> Millis:
    try:
        return parse_duration(str(text)).add_to(0)
    except ExpressionError:
        raise ValueError(f"a duration such as P3D as 'give_up_after' of sink '{name}', but found {text!r}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """A stream from which events are taken."""

    name: str
    kind: str
    options: Mapping[str, Any]


def read_sources(path: Path | None) -> tuple[SourceSettings, ...]:
    """Those of the file, none without one. Raises WrongSetting."""
    if path is None:
        return ()
    try:
        return _parse_sources(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise WrongSetting(f"Expected in the file that BATON_SINKS_FILE names, {path}, {error}") from None


def _parse_sources(text: str) -> tuple[SourceSettings, ...]:
    found = tomllib.loads(text)
    sources = tuple(_read_source(cast("dict[str, Any]", item)) for item in found.get("source", []))
    names = [source.name for source in sources]
    if len(names) != len(set(names)):
        raise ValueError("sources of different names, but two have the same")
    return sources


def _read_source(given: Mapping[str, Any]) -> SourceSettings:
    name, kind = given.get("name"), given.get("kind")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"a name of small letters, digits and '-' for each source, but found {name!r}")
    if kind not in SOURCE_KINDS:
        raise ValueError(f"the kind of source '{name}' to be one of {', '.join(SOURCE_KINDS)}, but found {kind!r}")
    options = {key: value for key, value in given.items() if key not in ("name", "kind")}
    return SourceSettings(name=name, kind=kind, options=options)


def are_traced(sinks: Sequence[SinkSettings]) -> bool:
    return any(sink.kind in TRACE_KINDS for sink in sinks)


def make_capture(sinks: Sequence[SinkSettings]) -> Capture:
    """What turns have to leave for these sinks."""
    return Capture(
        messages=any(sink.kind not in TRACE_KINDS for sink in sinks),
        life_cycle=any(sink.life_cycle or sink.kind in TRACE_KINDS for sink in sinks),
    )
