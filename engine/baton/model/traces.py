"""Where a step of an instance stands in a distributed trace (https://www.w3.org/TR/trace-context/).

Ids are computed from those of instances, tokens and messages, wherever one is needed: a repeat makes no second span.
"""

from __future__ import annotations

import hashlib
import re

from baton.model.immutable import immutable

_FORM = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.ASCII | re.DOTALL)
_LONGEST = 512
SAMPLED = 1
"""The flag of a trace that is recorded."""


@immutable
class TraceParent:
    """The span that something belongs to: ``trace_id`` is 32 digits of hex, ``span_id`` 16."""

    trace_id: str
    span_id: str
    flags: int = SAMPLED

    @property
    def is_sampled(self) -> bool:
        """Whether the caller records the trace; what it does not record has no spans here either."""
        return bool(self.flags & SAMPLED)

    def format(self) -> str:
        """As the header ``traceparent`` of version 00 has it."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags:02x}"


def parse_traceparent(text: object) -> TraceParent | None:
    """None for what is none: as the standard wants it, such a header is as good as no header."""
    match = _FORM.fullmatch(text) if isinstance(text, str) and len(text) <= _LONGEST else None
    if match is None:
        return None
    version, trace_id, span_id, flags, more = match.groups()
    if version == "ff" or (version == "00" and more) or not trace_id.strip("0") or not span_id.strip("0"):
        return None
    return TraceParent(trace_id=trace_id, span_id=span_id, flags=int(flags, 16) & SAMPLED)


def read_traceparent(text: object) -> str | None:
    """The same in the form that this release writes; None for what is none."""
    found = parse_traceparent(text)
    return None if found is None else found.format()


def make_trace_id(instance_id: str) -> str:
    """Of an instance whose start belongs to no trace."""
    return _hash(f"trace/{instance_id}", 32)


def make_instance_span_id(instance_id: str) -> str:
    return _hash(f"instance/{instance_id}", 16)


def make_token_span_id(instance_id: str, token: int) -> str:
    """Of the visit of an element; 0 is the instance itself."""
    return _hash(f"token/{instance_id}.{token}", 16) if token else make_instance_span_id(instance_id)


def make_event_span_id(instance_id: str, position: int) -> str:
    """Of what an event of the history stands for by itself: an attempt, an undoing, a message that has come."""
    return _hash(f"event/{instance_id}/{position}", 16)


def make_message_span_id(message_id: str) -> str:
    """Of a message or signal that an instance has sent."""
    return _hash(f"message/{message_id}", 16)


def make_parent(given: str | None, instance_id: str, span_id: str) -> TraceParent:
    """A span of an instance as the parent of others. ``given``: the ``traceparent`` that the instance began with."""
    found = parse_traceparent(given)
    if found is None:
        return TraceParent(trace_id=make_trace_id(instance_id), span_id=span_id)
    return TraceParent(trace_id=found.trace_id, span_id=span_id, flags=found.flags)


def _hash(name: str, digits: int) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:digits]
