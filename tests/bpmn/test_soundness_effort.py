"""Checking gives up by its caps: no file makes it work for long."""

from __future__ import annotations

import pytest

from baton.bpmn import read
from baton.bpmn.soundness import explore
from baton.bpmn.soundness.explore import Exploration, Explorer
from tests.bpmn.build import definitions

CONDITION = "<conditionExpression>${x}</conditionExpression>"


def flow(source: str, target: str, inside: str = "") -> str:
    return f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'


def make_dense(count: int) -> bytes:
    """Inclusive gateways, each with flows to all others."""
    names = [f"g{number}" for number in range(count)]
    gateways = "".join(f'<inclusiveGateway id="{name}"/>' for name in names)
    flows = "".join(flow(item, other, CONDITION) for item in names for other in names if item != other)
    ends = flow("s", names[0]) + flow(names[-1], "e", CONDITION)
    inside = f'<startEvent id="s"/><endEvent id="e"/>{gateways}{flows}{ends}'
    return definitions(f'<process id="p" isExecutable="true">{inside}</process>')


@pytest.mark.parametrize("name", ["startQuantity", "completionQuantity"])
def test_so_many_tokens_at_once_as_no_memory_holds_are_refused(name: str) -> None:
    def find(number: int) -> list[str | None]:
        task = f'<task id="t" {name}="{number}"/>'
        inside = f'<startEvent id="s"/>{task}<endEvent id="e"/>{flow("s", "t")}{flow("t", "e")}'
        problems = read(definitions(f'<process id="p" isExecutable="true">{inside}</process>')).problems
        return [problem.element for problem in problems if problem.rule == "quantities"]

    assert find(30_000_000) == ["t"]
    assert find(1_000) == []


def test_dense_gateways_are_given_up_after_so_many_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four checks of such a file took the service away for minutes."""
    found: list[Exploration] = []
    usual = Explorer.run

    def run(self: Explorer, budget: int = explore.MAX_STEPS) -> Exploration:
        found.append(usual(self, budget))
        return found[-1]

    monkeypatch.setattr(Explorer, "run", run)
    read(make_dense(24))

    assert [exploration.complete for exploration in found] == [False]
    assert found[0].steps < 2 * explore.MAX_STEPS


def test_what_can_come_to_a_join_is_found_once_for_each_of_its_flows(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[tuple[str, str]] = []
    usual = Explorer._collect_before  # pyright: ignore[reportPrivateUsage]

    def collect(self: Explorer, before: str, avoid: str) -> set[str]:
        looked.append((before, avoid))
        return usual(self, before, avoid)

    monkeypatch.setattr(Explorer, "_collect_before", collect)
    read(make_dense(5))

    assert looked
    assert len(looked) == len(set(looked))


def test_an_element_with_thousands_of_attributes_is_refused() -> None:
    many = " ".join(f'a{number}="1"' for number in range(5_000))
    reading = read(definitions(f'<process id="p" isExecutable="true"><startEvent id="s" {many}/></process>'))

    assert [problem.rule for problem in reading.errors] == ["too-large"]
    assert "Expected at most 500 attributes of an element, but found 5001" in reading.errors[0].message
