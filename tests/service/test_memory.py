"""A process holds only a limited amount of the used definitions in memory, and continues nevertheless."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

import pytest

from baton.model.records import InstanceState
from baton.service import Engine, Resource
from baton.service.core.bounded_cache import BoundedCache
from baton.service.deployments import decisions, library
from tests.service.processes import bpmn, deploy, external, fetch, line

DEFINITIONS = 4
TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="t">
<decision id="{key}" name="{key}"><literalExpression id="e"><text>{number} + net</text></literalExpression></decision>
</definitions>"""


def test_the_values_used_least_recently_go_first_and_the_newest_stays() -> None:
    dropped: list[str] = []
    cache = BoundedCache[str](10, dropped.append)
    for name in "abc":
        cache.put(name, name, 3)
    assert cache.get("a") == "a"
    cache.put("d", "d", 3)
    assert (dropped, cache.get("b")) == (["b"], None)
    cache.put("e", "e", 100)
    assert (dropped, cache.get("e")) == (["b", "c", "a", "d"], "e")
    cache.put("e", "again", 1)
    cache.drop("e")
    cache.drop("e")
    assert (dropped, cache.get("e")) == (["b", "c", "a", "d", "e", "e"], None)


def test_models_specs_and_instances_beyond_the_bound_leave_memory_and_instances_go_on(
    engines: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "MOST_ELEMENTS", 12)
    engine = engines()
    models: list[weakref.ref[object]] = []
    started: list[str] = []
    for number in range(DEFINITIONS):
        definition = deploy(engine, bpmn(line(external(f"t{number}")), key=f"p{number}"))
        started.append(engine.starts.start(definition.id).id)
        models.append(weakref.ref(engine.definitions.get_model(definition.id)))
        del definition
    gc.collect()
    assert [model() is not None for model in models] == [False, False, True, True]
    for task in fetch(engine):
        engine.external_tasks.complete(task.task.id, "w")
    states = [engine.instances.get(instance).state for instance in started]
    assert states == [InstanceState.COMPLETED] * DEFINITIONS


def test_decisions_beyond_the_bound_are_read_again(
    engines: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "MOST_BYTES", 300)
    engine = engines()
    for number in range(3):
        content = TABLE.format(key=f"d{number}", number=number).encode()
        engine.deployments.deploy(None, [Resource(f"d{number}.dmn", content)])
    for _ in range(2):
        for number in range(3):
            found = engine.decisions.evaluate_definition(engine.decisions.get_latest(f"d{number}").id, {"net": 1})
            assert list(found[0].values()) == [number + 1]
