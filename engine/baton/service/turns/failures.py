"""Refusals that were sent as answers become exceptions again; bugs and exceeded limits become incidents."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from dataclasses import replace

import structlog

from baton.model import errors
from baton.model.commands import Answer, CancelInstance, StartInstance
from baton.model.errors import Rejected
from baton.model.events import Event, EventType
from baton.model.headers import write_header
from baton.model.records import (
    ExternalTask,
    Incident,
    InstanceHeader,
    InstanceState,
    Job,
    Record,
    Subscription,
    UserTask,
)
from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.model.turn_result import RecordChange, TurnResult
from baton.model.values import Value
from baton.runtime import list_called
from baton.store import codec
from baton.store.ports import Taken
from baton.store.rebuilding import UNREADABLE
from baton.store.turns import decode_header

log = structlog.get_logger("baton.turns")

BUG = "bug"
"""The kind of incident that quarantines an instance."""
LIMIT, TOO_LONG, STUCK, DAMAGED, UNSTORABLE = "limitExceeded", "turnTooLong", "stuck", "damaged", "unstorable"
"""Kinds of incidents that the service opens by itself, beside bugs."""


_RECORDS: dict[str, type[Record]] = {"x": ExternalTask, "u": UserTask, "j": Job, "m": Subscription, "i": Incident}
"""By the letter that their fields begin with."""


class EngineBug(Rejected):
    """Baton itself failed; the instance stops with an incident, all others go on."""

    kind = "ProcessEngineException"
    status = 500


_KINDS: dict[str, type[Rejected]] = {
    kind.__name__: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, Rejected) and kind is not errors.DeploymentRefused
} | {"EngineBug": EngineBug}


def make_refusal(answer: Answer) -> Rejected:
    """What the command was refused with."""
    return _KINDS.get(answer.error or "", Rejected)(answer.message)


def raise_refusal(answer: Answer) -> Answer:
    """The answer; raises the refusal if it is one."""
    if answer.error is not None:
        raise make_refusal(answer)
    return answer


class TurnRefused(Exception):
    """A turn that must not be committed because it exceeds a limit. ``kind`` is the incident's."""

    def __init__(self, kind: str, answer: str, message: str) -> None:
        super().__init__(message)
        self.kind, self.answer, self.message = kind, answer, message

    def to_answer(self) -> Answer:
        return Answer(error=self.answer, message=self.message)


def make_bug_result(taken: Taken, fields: Mapping[str, bytes], error: BaseException, now: Millis) -> TurnResult:
    """Answer the commands with the bug and leave the state as it is, but for an incident."""
    text = f"{type(error).__name__}: {error}"
    answer = Answer(error="EngineBug", message=f"Baton failed on this command: {text}")
    details = "".join(traceback.format_exception(error))[-8_000:]
    kind = DAMAGED if isinstance(error, codec.Damaged) else BUG
    return _make_quarantine(taken, fields, answer, kind, text, details, now)


def make_refused_result(taken: Taken, fields: Mapping[str, bytes], stopped: TurnRefused, now: Millis) -> TurnResult:
    """Leave the state as it is, but for an incident: the instance cannot go on by itself."""
    return _make_quarantine(taken, fields, stopped.to_answer(), stopped.kind, stopped.message, None, now)


def make_incident_result(taken: Taken, fields: Mapping[str, bytes], kind: str, message: str, now: Millis) -> TurnResult:
    """Only open an incident for a problem that the service has found."""
    return _make_quarantine(taken, fields, Answer(), kind, message, None, now)


def make_unstarted_result(taken: Taken, answers: Mapping[str, Answer], now: Millis) -> TurnResult:
    """Answer commands of an instance that none of them has started; nothing of it is to stay in the store."""
    return replace(_make_failed_start(taken, "it was refused", answers, now), started=False)


def make_forced_cancel_result(
    taken: Taken, fields: Mapping[str, bytes], command: CancelInstance, now: Millis
) -> TurnResult | None:
    """End an instance whose turns fail, from its rows alone; None if it has ended.

    It needs neither its definition nor a row that can be read but the header's.
    """
    before = decode_header(fields)
    if before.state.is_ended:
        return None
    after = replace(
        before,
        state=InstanceState.CANCELLED,
        ended_at=now,
        reason=command.reason,
        tokens=(),
        incidents=0,
        undoing=False,
        waiting=None,
        position=before.position + 1,
    )
    data: dict[str, Value] = {"state": after.state.value, "reason": command.reason, "by": command.by}
    event = Event(
        position=after.position,
        at=now,
        type=EventType.INSTANCE_ENDED,
        data={name: value for name, value in data.items() if value is not None},
    )
    return TurnResult(
        instance_id=taken.instance_id,
        put=write_header(after),
        drop=frozenset(name for name in fields if name[0] in "tbepxujmi"),
        events=(event,),
        answers={queued.envelope.id: Answer() for queued in taken.commands},
        records=tuple(RecordChange(before=record, after=None) for record in _read_open_records(fields)),
        called_over=tuple(list_called(taken.instance_id, _read_tokens(fields))),
        header_before=before,
        header=after,
    )


def count_open_records(fields: Mapping[str, bytes]) -> int:
    """How many rows say what the instance holds open, those that cannot be read among them."""
    return sum(_is_record(name) for name in fields)


def _is_record(name: str) -> bool:
    return name[0] in _RECORDS and name[1:].isdigit()


def _read_open_records(fields: Mapping[str, bytes]) -> Iterator[Record]:
    """What an instance has open; an unreadable row is skipped and logged."""
    for name in filter(_is_record, fields):
        try:
            yield from_row(_RECORDS[name[0]], codec.decode(fields[name]))
        except UNREADABLE as error:
            log.warning("record skipped", action="record.damaged", field=name, reason=str(error))


def _read_tokens(fields: Mapping[str, bytes]) -> dict[str, Value]:
    """The rows of tokens by the names of their fields; an unreadable one is skipped and logged."""
    found: dict[str, Value] = {}
    for name in (name for name in fields if name[0] == "t"):
        try:
            found[name] = codec.decode(fields[name])
        except UNREADABLE as error:
            log.warning("record skipped", action="record.damaged", field=name, reason=str(error))
    return found


def _make_quarantine(
    taken: Taken, fields: Mapping[str, bytes], answer: Answer, kind: str, text: str, details: str | None, now: Millis
) -> TurnResult:
    answers = {command.envelope.id: answer for command in taken.commands}
    before = decode_header(fields) if "h" in fields else None
    if before is None:
        return _make_failed_start(taken, text, answers, now)
    if before.state.is_ended or _has_incident(fields, kind, text):
        return _make_unchanged(taken, before, answers, fields)
    incident = Incident(
        id=f"{taken.instance_id}.{900_000_000_000 + now % 99_000_000_000}",
        instance_id=taken.instance_id,
        definition_id=before.definition_id,
        definition_key=before.definition_key,
        element=before.tokens[0][0] if before.tokens else before.definition_key,
        token=0,
        kind=kind,
        message=text,
        created_at=now,
        details=details,
        tenant_id=before.tenant_id,
    )
    after = replace(before, incidents=before.incidents + 1, position=before.position + 1)
    event = Event(
        position=after.position,
        at=now,
        type=EventType.INCIDENT_OPENED,
        token=0,
        data={"id": incident.id, "kind": kind, "message": text},
    )
    return TurnResult(
        instance_id=taken.instance_id,
        put={**write_header(after), "i" + incident.id.rpartition(".")[2]: to_row(incident)},
        drop=frozenset(),
        events=(event,),
        answers=answers,
        records=(RecordChange(before=None, after=incident),),
        header_before=before,
        header=after,
        next_due=find_next_due(fields, now) if taken.commands else None,
    )


def _make_unchanged(
    taken: Taken, before: InstanceHeader, answers: Mapping[str, Answer], fields: Mapping[str, bytes]
) -> TurnResult:
    return TurnResult(
        instance_id=taken.instance_id,
        put={},
        drop=frozenset(),
        events=(),
        answers=answers,
        records=(),
        header_before=before,
        header=before,
        next_due=find_next_due(fields, 0) if taken.commands else None,
    )


def _make_failed_start(taken: Taken, text: str, answers: Mapping[str, Answer], now: Millis) -> TurnResult:
    start = next(
        (command.envelope.command for command in taken.commands if isinstance(command.envelope.command, StartInstance)),
        None,
    )
    definition_id = start.definition_id if start is not None else "unknown"
    header = InstanceHeader(
        id=taken.instance_id,
        definition_id=definition_id,
        definition_key=definition_id.partition(":")[0],
        state=InstanceState.TERMINATED,
        started_at=now,
        ended_at=now,
        business_key=start.business_key if start is not None else None,
        reason=f"could not start: {text}",
    )
    return TurnResult(
        instance_id=taken.instance_id,
        put=write_header(header),
        drop=frozenset(),
        events=(),
        answers=answers,
        records=(),
        header_before=None,
        header=header,
    )


def _has_incident(fields: Mapping[str, bytes], kind: str, text: str) -> bool:
    incidents = (record for record in _read_open_records(fields) if isinstance(record, Incident))
    return any(incident.kind == kind and incident.message == text for incident in incidents)


def find_next_due(fields: Mapping[str, bytes], now: Millis) -> Millis | None:
    """When the next job of the instance is due; what is due already is postponed, so that a bug cannot spin."""
    jobs = (record for record in _read_open_records(fields) if isinstance(record, Job))
    return min((max(job.due, now + 60_000) for job in jobs if job.retries > 0 and not job.suspended), default=None)
