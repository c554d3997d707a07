"""What the events of an instance add up to, and how much of them is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from baton.model.events import Event, EventType
from baton.model.records import InstanceHeader, InstanceState
from baton.model.rows import to_row
from baton.service import Engine, HistoryProjection
from baton.store import codec, keys
from baton.store.operations import apply_ops
from baton.store.ports import Read
from tests.service.processes import deploy

ENTERED, COMPLETED = EventType.ELEMENT_ENTERED, EventType.ELEMENT_COMPLETED
HEADER = InstanceHeader(
    id="0123456789abcdef-01", definition_id="p:1:d", definition_key="p", state=InstanceState.ACTIVE, started_at=0
)


def project(*events: tuple[EventType, str | None, int | None, dict[str, Any]]) -> HistoryProjection:
    projection = HistoryProjection(HEADER)
    for position, (type_, element, token, data) in enumerate(events, 1):
        projection.apply(
            Event(position=position, at=position * 10, type=type_, element=element, token=token, data=data)
        )
    return projection


def test_the_body_of_a_loop_is_not_counted_beside_its_iterations() -> None:
    projection = project(
        (ENTERED, "Each", 1, {"body": True}),
        (ENTERED, "Each", 2, {"parent": 1}),
        (ENTERED, "Each", 3, {"parent": 1}),
        (COMPLETED, "Each", 2, {}),
        (COMPLETED, "Each", 3, {}),
        (COMPLETED, "Each", 1, {}),
    )

    assert projection.counts == {"Each": {"entered": 2, "completed": 2, "cancelled": 0}}
    assert [(activity.token, activity.ended_at) for activity in projection.activities] == [(1, 60), (2, 40), (3, 50)]


def test_elements_of_a_called_process_are_counted_apart_and_belong_to_its_definition() -> None:
    projection = project(
        (ENTERED, "Call", 1, {}),
        (ENTERED, "pay", 2, {"parent": 1, "called": "pay:2:y"}),
        (ENTERED, "Reserve", 3, {"parent": 2}),
        (EventType.FLOW_TAKEN, "f1", 3, {"flow": "f1"}),
    )

    assert set(projection.counts) == {"Call", "pay", "pay:2:y/Reserve"}
    assert projection.flows == {"pay:2:y/f1": 1}
    assert [activity.definition_id for activity in projection.activities] == ["p:1:d", "p:1:d", "pay:2:y"]


def test_variables_of_a_scope_are_set_until_its_token_is_gone_and_remembered_afterwards() -> None:
    events = (
        (ENTERED, "Sub", 1, {}),
        (EventType.VARIABLES_CHANGED, None, None, {"scope": 1, "set": {"a": 1, "b": 2}}),
        (EventType.VARIABLES_CHANGED, None, None, {"scope": 0, "set": {"c": 3}, "removed": []}),
        (EventType.VARIABLES_CHANGED, None, None, {"scope": 1, "set": {"a": 4}, "removed": ["b"]}),
        (COMPLETED, "Sub", 1, {}),
    )

    during, after = project(*events[:4]), project(*events)

    assert during.values == {1: {"a": 4}, 0: {"c": 3}}
    assert after.values == {0: {"c": 3}}
    assert [
        (variable.name, variable.value, variable.created_at, variable.changed_at, variable.deleted)
        for variable in after.variables
    ] == [
        ("a", 4, 20, 40, False),
        ("b", 2, 20, 40, True),
        ("c", 3, 30, 30, False),
    ]


def test_a_page_of_a_history_of_25000_events_reads_50_events_and_not_all(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = engine.starts.start(deploy(engine).id)
    write_events(engine, header, until=25_000)
    turns = 0
    read = engine.store.backend.read

    def count(commands: Sequence[Read]) -> list[Any]:
        nonlocal turns
        replies = read(commands)
        turns += sum(len(reply) for command, reply in zip(commands, replies, strict=True) if command[0] == "LRANGE")
        return replies

    monkeypatch.setattr(engine.store.backend, "read", count)

    events = engine.history.list_events(header.id, 12_001, 12_050)

    assert [event.position for event in events] == list(range(12_001, 12_051))
    assert 25 <= turns <= 30, "those of the page, of two events each, and a few to find it"


def write_events(engine: Engine, header: InstanceHeader, until: int) -> None:
    """Turns of two events each behind the history that the instance has."""
    key = keys.name_history(header.id)
    ops: list[list[str | bytes]] = []
    for position in range(header.position + 1, until, 2):
        rows = [
            to_row(Event(position=position + n, at=0, type=EventType.FLOW_TAKEN, element="f", token=1)) for n in (0, 1)
        ]
        ops.append(["RPUSH", key, codec.encode(rows)])
    for first in range(0, len(ops), 1_000):
        apply_ops(engine.store.backend, key, ops[first : first + 1_000])


def test_the_projection_up_to_an_event_or_a_moment_knows_nothing_of_what_came_later(engine: Engine) -> None:
    header = engine.starts.start(deploy(engine).id)
    events = engine.history.list_events(header.id)

    for event in events:
        found = engine.history.project(header, position=event.position)
        assert (found.position, found.at) == (event.position, event.at)
    assert engine.history.project(header, at=events[0].at - 1).position == 0
    assert engine.history.project(header, at=events[-1].at).position == header.position
