"""What a turn decides: the pure result that the store commits, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from baton.model.called import CalledProcess, EndedProcess
from baton.model.commands import Answer
from baton.model.events import Event
from baton.model.immutable import immutable
from baton.model.records import InstanceHeader, Record
from baton.model.times import Millis
from baton.model.values import Value


@immutable
class Outgoing:
    """Something that leaves the instance after the commit, at least once; ``id`` is what receivers dedupe by.

    A message goes to one receiver, a signal to all but ``sender``; both are also published as CloudEvents.
    """

    id: str
    kind: str
    """``message`` or ``signal``."""
    name: str
    sender: str
    """Instance id."""
    element: str
    variables: Mapping[str, Value] = field(default_factory=dict[str, Value])
    business_key: str | None = None
    correlation_key: str | None = None
    target_process: str | None = None
    """Process id (key) of the receiver, when a message flow names it."""
    tenant_id: str | None = None


@immutable
class RecordChange:
    """A record created (``before`` None), changed, or removed (``after`` None)."""

    before: Record | None
    after: Record | None


@immutable
class TurnResult:
    """The effect of a turn on one instance.

    ``put`` and ``drop`` are fields of the instance's state: field name -> plain data (lists, dicts, values). Only what
    changed is in them, and the header whenever there are events. Records are in there too; ``records`` repeats them for
    the indexes. ``guards`` are the external tasks whose lock the turn relied on: the commit must find each lock's fence
    as the turn saw it. ``next_due`` is the earliest moment the instance needs attention by itself, None when it only
    waits for others.
    """

    instance_id: str
    put: Mapping[str, Value]
    drop: frozenset[str]
    events: tuple[Event, ...]
    answers: Mapping[str, Answer]
    records: tuple[RecordChange, ...]
    header_before: InstanceHeader | None
    header: InstanceHeader
    outgoing: tuple[Outgoing, ...] = ()
    guards: Mapping[str, int | None] = field(default_factory=dict[str, "int | None"])
    next_due: Millis | None = None
    timeouts: Mapping[str, Millis] = field(default_factory=dict[str, Millis])
    """How long an attempt at a task may take, of the external tasks that this turn has opened; others have no limit."""
    watches_attempts: bool = False
    """Whether the instance needs attention also when an attempt at one of its external tasks has taken too long."""
    lost_turns: int = 0
    """How many turns before this one stay remembered as lost; 0: the instance has gone on."""
    started: bool = True
    """False when no command has started the instance: there is nothing to store."""
    activities: tuple[int, int] = (0, 0)
    """How many activities of its model the instance has completed, and how many there are."""
    called_begun: tuple[CalledProcess, ...] = ()
    """Called processes that run since this turn."""
    called_over: tuple[CalledProcess, ...] = ()
    """Those that ran before it and are over, in whatever way."""
    called_ended: tuple[EndedProcess, ...] = ()
    """All that ended in it: those, and what began and ended in it."""
