"""Contracts: which events a process sends and takes, each with a version and the JSON Schema of its data.

A file of event mappings may declare them (``sends``, and ``version`` and ``schema`` of a mapping); of the others the
names of the fields are known that the model sends and that the mappings read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from baton.model.attributes import Expression
from baton.model.definition import EventDefinition, EventKind, Node, ProcessModel
from baton.model.elements import Work
from baton.model.problems import Problem, Severity
from baton.service.deployments.event_mappings import DeclaredEvent, EventMapping

RULE = "event-contract"
FIRST = "1"
"""The version of what declares none."""
_FIELD = re.compile(r"(?<![\w.])data\.([A-Za-z_]\w*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """``place``: the key of the process that sends it, or the file of the mapping that takes it. ``source``: pattern of
    where it comes from, of an event that is taken."""

    action: Literal["send", "receive"]
    type: str
    place: str
    version: str = FIRST
    schema: Mapping[str, Any] = field(default_factory=dict[str, Any])
    source: str | None = None


def list_sent(model: ProcessModel, declared: Iterable[DeclaredEvent]) -> list[Contract]:
    """What the process throws under a name that is written out, in the order of the model, each type once."""
    if model.observed:
        return []
    known = {event.type: event for event in declared}
    fields: dict[str, dict[str, Any]] = {}
    for node, event in _iterate_thrown(model):
        name = cast("Expression", event.name).text
        _add_fields(fields.setdefault(name, {"type": "object", "properties": {}}), node, event)
    return [_make_sent(model.id, name, schema, known.get(name)) for name, schema in fields.items()]


def _make_sent(process: str, name: str, schema: Mapping[str, Any], declared: DeclaredEvent | None) -> Contract:
    version, known = (FIRST, None) if declared is None else (declared.version, declared.schema)
    return Contract(action="send", type=name, place=process, version=version, schema=known or schema)


def _iterate_thrown(model: ProcessModel) -> Iterator[tuple[Node, EventDefinition]]:
    for node in model.nodes.values():
        if not (node.traits.throws or node.traits.work is Work.MESSAGE_OUT) or node.external is not None:
            continue
        for event in node.events:
            is_sent = event.kind in (EventKind.MESSAGE, EventKind.SIGNAL) and event.external is None
            if is_sent and event.name is not None and event.name.dialect == "literal" and event.name.text:
                yield node, event


def _add_fields(schema: dict[str, Any], node: Node, event: EventDefinition) -> None:
    if any(item.all for item in event.payload):
        schema["additionalProperties"] = True
    names = [item.target or item.source for item in event.payload] or [item.name for item in node.inputs]
    schema["properties"] |= {name: {} for name in names if name}


def list_taken(mappings: Iterable[EventMapping]) -> list[Contract]:
    return [
        Contract(
            action="receive",
            type=mapping.type,
            place=mapping.name.partition("#")[0],
            version=mapping.version,
            schema=mapping.schema or _find_read(mapping),
            source=mapping.source,
        )
        for mapping in mappings
        if not mapping.ignored
    ]


def _find_read(mapping: EventMapping) -> dict[str, Any]:
    """The fields of the data that the mapping reads."""
    compiled = [mapping.business_key, *mapping.correlation_keys.values(), *mapping.variables.values()]
    texts = [expression.text for expression in compiled if expression is not None]
    return {"type": "object", "properties": {name: {} for text in texts for name in _FIELD.findall(text)}}


# -- what would break


def find_breaks(before: Iterable[Contract], after: Iterable[Contract]) -> list[Problem]:
    """Fields that receivers of an event know, and that are gone or of another type under the same version."""
    now = {(item.type, item.version): item for item in after}
    return [
        _make_problem(old, reason)
        for old in before
        for new in [now.get((old.type, old.version))]
        if new is not None
        for reason in _compare(old.schema, new.schema, "")
    ]


def _make_problem(old: Contract, reason: str) -> Problem:
    message = (
        f"Expected event '{old.type}' of '{old.place}', version {old.version}, to keep what its receivers know, but "
        f"{reason}: give it another version under 'sends' of an .events.json file, or deploy with allow-breaking-events"
    )
    return Problem(rule=RULE, severity=Severity.ERROR, message=message)


def _compare(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[str]:
    had, has = before.get("type"), after.get("type")
    if path and had is not None and had != has:
        yield f"the field '{path}' is {has or 'of no type'} in place of {had}"
        return
    now: Mapping[str, Any] = after.get("properties", {})
    for name, old in cast("Mapping[str, Any]", before.get("properties", {})).items():
        place = f"{path}.{name}" if path else name
        if name not in now:
            yield f"the field '{place}' is gone"
        elif isinstance(old, Mapping) and isinstance(now[name], Mapping):
            yield from _compare(cast("Mapping[str, Any]", old), now[name], place)
    items, others = before.get("items"), after.get("items")
    if isinstance(items, Mapping) and isinstance(others, Mapping):
        yield from _compare(cast("Mapping[str, Any]", items), cast("Mapping[str, Any]", others), f"{path}[]")
