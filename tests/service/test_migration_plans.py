"""Plans for versions of thousands of elements: work and answers stay in proportion."""

from __future__ import annotations

import pytest

from baton.bpmn.reading import read
from baton.model import migration
from baton.model.definition import Node, ProcessModel
from baton.model.errors import BadRequest
from baton.model.migration import generate_moves, list_choices
from baton.service import Engine, Resource
from tests.service.processes import bpmn, external, line

MANY = 1_000


def make_file(prefix: str, count: int) -> bytes:
    """A process of tasks that could all become each other."""
    return bpmn(line(*(external(f"{prefix}{at}") for at in range(count))))


def make_alike(prefix: str, count: int) -> ProcessModel:
    return read(make_file(prefix, count)).processes[0]


def test_a_plan_looks_at_each_of_many_elements_a_few_times_only(monkeypatch: pytest.MonkeyPatch) -> None:
    source, target, looked = make_alike("a", MANY), make_alike("b", MANY), list[str]()

    def look(node: Node) -> str:
        looked.append(node.id)
        return node.kind.value

    monkeypatch.setitem(migration._SAME, "the type", look)  # pyright: ignore[reportPrivateUsage]

    assert [move.source for move in generate_moves(source, target, by_kind=True)] == []
    assert len(looked) <= 10 * MANY


def test_more_choices_than_anybody_looks_through_are_refused(engine: Engine) -> None:
    few, many = make_alike("a", 10), make_alike("b", MANY)
    assert {len(choice.targets) for choice in list_choices(few, many, [])} == {MANY}

    files = [Resource("p.bpmn", make_file(prefix, MANY)) for prefix in ("c", "d")]
    first, second = (engine.deployments.deploy("p", [file]).definitions[0].id for file in files)
    with pytest.raises(BadRequest, match="at most 100000 choices"):
        engine.migrations.list_choices(first, second, [])
