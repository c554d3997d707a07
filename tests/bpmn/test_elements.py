"""The table of traits: one row for each kind, without contradictions."""

from __future__ import annotations

import pytest

from baton.model.elements import TRAITS, Join, NodeKind, Split, Work


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
