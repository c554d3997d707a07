"""``make trace`` counts what runs, and nothing of what does not."""

from __future__ import annotations

from bench.trace import LIMITS, Function, list_functions, trace


def test_each_way_goes_from_the_engine_to_the_store_by_no_more_functions_than_its_limit() -> None:
    ways = trace()

    commit = Function("store/turns.py", "Turns.commit")
    assert list(ways) == ["start", "complete", "timer", "deployment"]
    assert ways["start"][0] == Function("service/starts.py", "Starts.start")
    assert ways["complete"][0] == Function("service/tasks/external_tasks.py", "ExternalTasks.complete")
    assert all(commit in ways[way] for way in ("start", "timer"))
    assert Function("store/turns.py", "Turns.commit_each") in ways["complete"]
    assert commit not in ways["deployment"]
    assert all(len(set(functions)) == len(functions) for functions in ways.values())
    assert {way: len(functions) for way, functions in ways.items() if len(functions) > LIMITS[way]} == {}
    assert not any("<" in function.name.rpartition(".")[2] for functions in ways.values() for function in functions)


def test_what_is_not_of_baton_is_not_counted() -> None:
    assert list_functions(lambda: sorted([3, 1], key=lambda item: -item)) == []
