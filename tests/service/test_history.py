"""What the events of an instance add up to, and how much of them is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from baton.model.commands import CancelInstance
from baton.model.events import Event, EventType
from baton.model.records import InstanceHeader, InstanceState
from baton.model.rows import to_row
from baton.service import Engine, HistoryProjection, InstanceQuery
from baton.service.reads.history.counts import CountCache, TokenCounts
from baton.store import codec, keys
from baton.store.operations import apply_ops
from baton.store.ports import Read
from tests.service.conftest import Clock
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

    assert projection.counted.elements == {"Each": {"entered": 2, "completed": 2, "cancelled": 0}}
    assert [(activity.token, activity.ended_at) for activity in projection.activities] == [(1, 60), (2, 40), (3, 50)]


def test_elements_of_a_called_process_are_counted_apart_and_belong_to_its_definition() -> None:
    projection = project(
        (ENTERED, "Call", 1, {}),
        (ENTERED, "pay", 2, {"parent": 1, "called": "pay:2:y"}),
        (ENTERED, "Reserve", 3, {"parent": 2}),
        (EventType.FLOW_TAKEN, "f1", 3, {"flow": "f1"}),
    )

    assert set(projection.counted.elements) == {"Call", "pay", "pay:2:y/Reserve"}
    assert projection.counted.flows == {"pay:2:y/f1": 1}
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
    turns = watch_turns(engine, monkeypatch)

    events = engine.history.list_events(header.id, 12_001, 12_050)

    assert [event.position for event in events] == list(range(12_001, 12_051))
    assert 25 <= sum(turns) <= 30, "those of the page, of two events each, and a few to find it"


def test_tokens_of_a_long_history_are_counted_once_and_then_only_what_is_new(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = engine.starts.start(deploy(engine).id)
    write_events(engine, header, until=25_000)
    before = engine.history.count_tokens(replace(header, position=24_900))
    turns = watch_turns(engine, monkeypatch)

    after = engine.history.count_tokens(replace(header, position=25_000))

    assert sum(turns) <= 60, "fifty turns of two events, and a few to find the first of them"
    assert after.flows["f"] == before.flows["f"] + 100
    assert after.flows == engine.history.project(replace(header, position=25_000)).counted.flows


def test_counts_as_of_an_earlier_position_than_those_that_are_kept_are_exact_too(engine: Engine) -> None:
    header = engine.starts.start(deploy(engine).id)
    write_events(engine, header, until=3_000)
    later = engine.history.count_tokens(replace(header, position=3_000))

    earlier = engine.history.count_tokens(replace(header, position=2_000))

    assert earlier.flows["f"] == later.flows["f"] - 1_000
    assert engine.history.count_tokens(replace(header, position=3_000)).flows == later.flows


def test_only_the_counts_of_the_instances_that_were_looked_at_last_are_kept() -> None:
    cache, read = CountCache(size=2), list[str]()

    def look(instance_id: str) -> TokenCounts:
        def list_events(first: int, last: int) -> Iterator[Event]:
            read.append(f"{instance_id} {first}")
            for position in range(first, last + 1):
                yield Event(position=position, at=0, type=EventType.FLOW_TAKEN, element="f", token=1)

        return cache.count(instance_id, 1_000, list_events)

    for instance_id in ("a", "b", "a", "c", "a", "b"):
        assert look(instance_id).flows == {"f": 1_000}

    assert read == ["a 1", "b 1", "a 1001", "c 1", "a 1001", "b 1"]


def watch_turns(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many turns of histories each read reads from now on."""
    turns: list[int] = []
    read = engine.store.backend.read

    def count(commands: Sequence[Read]) -> list[Any]:
        replies = read(commands)
        turns.extend(len(reply) for command, reply in zip(commands, replies, strict=True) if command[0] == "LRANGE")
        return replies

    monkeypatch.setattr(engine.store.backend, "read", count)
    return turns


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


@pytest.mark.parametrize("limit", [None, 10])
def test_instances_are_sorted_by_how_long_they_took_those_that_run_first(
    engine: Engine, clock: Clock, limit: int | None
) -> None:
    definition = deploy(engine)
    taken: dict[str, int | None] = {}
    for millis in (3_000, 1_000, 2_000):
        instance = engine.starts.start(definition.id)
        clock.forward(millis)
        engine.mailbox.submit(instance.id, CancelInstance())
        taken[instance.id] = millis
    taken[engine.starts.start(definition.id).id] = None

    for descending, expected in ((False, [None, 1_000, 2_000, 3_000]), (True, [3_000, 2_000, 1_000, None])):
        query = InstanceQuery(include_ended=True, sort=(("duration", descending),), limit=limit)
        assert [taken[header.id] for header in engine.instances.find(query)] == expected
