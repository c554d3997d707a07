"""Commands on their way through a mailbox, and their answers, as blobs."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, cast, get_args

from baton.model import commands
from baton.model.commands import AnnotateIncident, Answer, Command, Envelope, Instruction
from baton.model.declared import TYPES, convert_variables, list_declarations, restore_variables
from baton.store import codec, places
from baton.store.blobs import BlobCodec
from baton.store.ports import Queued

_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(commands.Command)}
_NAMES: dict[type[Any], tuple[str, ...]] = {
    kind: tuple(spec.name for spec in fields(kind)) for kind in (*_KINDS.values(), Instruction)
}


def convert_to_plain(command: Command) -> list[Any]:
    """A command as its kind and the values of its fields, all of them plain."""
    return [type(command).__name__, [_make_plain(getattr(command, name)) for name in _NAMES[type(command)]]]


def restore_command(kind: str, row: list[Any]) -> Command:
    """Raises Damaged for a command that this release does not know."""
    found = _KINDS.get(kind)
    if found is None or len(row) > len(_NAMES[found]):
        raise codec.Damaged(f"Expected a command of this release, but found '{kind}' with {len(row)} fields")
    return cast(
        "Command",
        found(**{name: _restore_field(name, value) for name, value in zip(_NAMES[found], row, strict=False)}),
    )


def encode_queued(blobs: BlobCodec, queued: Queued, instance_id: str) -> bytes:
    envelope = queued.envelope
    return blobs.encode(
        [
            envelope.id,
            envelope.submitted_at,
            _make_correlation(envelope),
            queued.reply_to,
            queued.keep_ms,
            *convert_to_plain(envelope.command),
        ],
        place=places.name_mailbox(instance_id),
    )


def _make_correlation(envelope: Envelope) -> Any:
    """The correlation id with what came later. Earlier releases read it and who acts, and only log the former."""
    named: Any = envelope.correlation_id
    if envelope.traceparent is not None:
        named = [named, envelope.on_failure, envelope.traceparent]
    elif envelope.on_failure is not None:
        named = [named, envelope.on_failure]
    return named if envelope.by is None and not isinstance(named, list) else [named, envelope.by]


def decode_queued(blobs: BlobCodec, blob: bytes, instance_id: str) -> Queued:
    """Raises Damaged, also for a command that this release does not know, and for one of another instance."""
    fields = blobs.decode(blob, places.name_mailbox(instance_id))
    id_, submitted_at, correlation, reply_to, keep_ms, kind, row = fields
    named, by = cast("list[Any]", correlation) if isinstance(correlation, list) else (correlation, None)
    more = cast("list[Any]", named) if isinstance(named, list) else [named]
    correlation_id, on_failure, traceparent, *_ = [*more, None, None]
    envelope = Envelope(
        id=id_,
        command=restore_command(kind, row),
        submitted_at=submitted_at,
        correlation_id=correlation_id,
        by=by,
        on_failure=on_failure,
        traceparent=traceparent,
    )
    return Queued(envelope=envelope, reply_to=reply_to, keep_ms=keep_ms)


def decode_or_explain(blobs: BlobCodec, blob: bytes, instance_id: str, number: int) -> Queued:
    """As ``decode_queued``; what cannot be read says so, and does nothing: it blocks nobody behind it."""
    try:
        return decode_queued(blobs, blob, instance_id)
    except codec.Damaged as damage:
        text = f"Expected a command for instance '{instance_id}' in its mailbox, but it is damaged: {damage}"
        command = AnnotateIncident(incident_id="unreadable", annotation=None)
        return Queued(
            envelope=Envelope(id=f"unreadable-{number}", command=command, submitted_at=0), keep_ms=1, damage=text
        )


def encode_answer(blobs: BlobCodec, answer: Answer, instance_id: str, command_id: str) -> bytes:
    row = [dict(answer.value), answer.error, answer.message]
    return blobs.encode(row, place=places.name_answer(instance_id, command_id))


def decode_answer(blobs: BlobCodec, blob: bytes, instance_id: str, command_id: str) -> Answer:
    value, error, message = blobs.decode(blob, places.name_answer(instance_id, command_id))
    return Answer(value=value, error=error, message=message)


def _make_plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_make_plain(item) for item in cast("tuple[Any, ...]", value)]
    if isinstance(value, Instruction):
        return [_make_plain(getattr(value, name)) for name in _NAMES[Instruction]]
    if isinstance(value, dict) and (types := list_declarations(variables := cast("dict[str, Any]", value))):
        return convert_variables(variables, types)
    return cast("Any", value)


_TUPLES = frozenset({"before", "removed", "elements", "moves"})


def _restore_field(name: str, value: Any) -> Any:
    if name == "instructions":
        names = _NAMES[Instruction]
        return tuple(
            Instruction(**{part: _restore_field(part, plain) for part, plain in zip(names, row, strict=False)})
            for row in value
        )
    if isinstance(value, dict):
        variables = cast("dict[str, Any]", value)
        return restore_variables(variables) if TYPES in variables else variables
    return tuple(value) if name in _TUPLES else value
