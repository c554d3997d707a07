"""The table of traits: one row for each kind, without contradictions."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from baton.model.elements import TRAITS, Join, NodeKind, Split, Traits, Work

ENGINE = Path(__file__).parents[2] / "engine" / "baton"
TABLE = ENGINE / "model" / "elements.py"
ASKS_FOR_KINDS = {
    TABLE,
    ENGINE / "bpmn" / "lowering" / "nodes.py",
    ENGINE / "service" / "deployments" / "standalone.py",
}
"""The table itself, and the places that give a kind: to an element of a file, and to that of a task without one."""


def test_every_kind_of_node_has_a_row() -> None:
    assert set(TRAITS) == set(NodeKind)


@pytest.mark.parametrize("kind", NodeKind)
def test_a_kind_is_an_activity_a_gateway_or_an_event(kind: NodeKind) -> None:
    traits = TRAITS[kind]
    assert [traits.is_activity, traits.is_gateway, traits.is_event].count(True) == 1
    assert traits.is_activity or not (traits.is_task or traits.is_scope or traits.calls_process)


@pytest.mark.parametrize("kind", NodeKind)
def test_only_gateways_join_and_choose_in_ways_of_their_own(kind: NodeKind) -> None:
    traits = TRAITS[kind]
    assert traits.is_gateway or (traits.join, traits.split) == (Join.NONE, Split.CONDITIONAL)


@pytest.mark.parametrize("kind", NodeKind)
def test_only_activities_work_and_only_events_catch_or_throw(kind: NodeKind) -> None:
    traits = TRAITS[kind]
    assert traits.is_activity or traits.work is Work.NONE
    assert traits.is_event == (traits.catches != traits.throws)


@pytest.mark.parametrize("name", [field.name for field in fields(Traits)])
def test_every_trait_is_read_somewhere(name: str) -> None:
    reads = re.compile(rf"(traits|\])\.{name}\b")
    assert any(reads.search(path.read_text()) for path in ENGINE.rglob("*.py") if path != TABLE)


@pytest.mark.parametrize("room", ["model", "bpmn", "expression", "store", "service", "workers", "web"])
def test_a_room_asks_for_traits_and_not_for_kinds(room: str) -> None:
    files = [path for path in (ENGINE / room).rglob("*.py") if path not in ASKS_FOR_KINDS]
    assert [path.name for path in files if "NodeKind." in path.read_text()] == []
