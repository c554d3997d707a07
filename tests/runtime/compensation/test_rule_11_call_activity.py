from baton.model.commands import SetVariables
from tests.runtime.compensation.here import lab, plan, seen, states, undo_all


def test_a_called_process_is_undone_in_reverse_of_its_own_ledger():
    at = lab("call", "called").start().complete("z").complete("a").complete("b")
    assert at.waiting == ["undo-b"]
    assert plan(at) == ["b", "a", "z"]
    undo_all(at)
    assert at.undone == ["b", "a", "ask", "z"]
    assert at.state == "completed"


def test_its_compensation_event_subprocess_runs_instead():
    at = lab("call", "called_tidy").start(mine=1).complete("z").complete("a", x=1).complete("b", x=2)
    assert at.waiting == ["tidy"]
    assert seen(at, "tidy")["x"] == 2
    at.complete("tidy")
    assert at.waiting == ["undo-a"], "it throws for one of the inner activities"
    at.complete("undo-a").complete("undo-z")
    assert at.undone == ["a", "ask", "z"]
    assert states(at)["b"] == "discarded"
    assert at.state == "completed"


def test_a_boundary_handler_on_the_call_replaces_what_is_inside():
    at = lab("call_black_box", "called_tidy").start(mine=1).complete("a", x=1).complete("b")
    assert at.waiting == ["undo-ask"]
    assert "x" not in seen(at, "undo-ask")
    undo_all(at)
    assert at.undone == ["ask"]
    assert states(at) == {"a": "discarded", "b": "discarded", "ask": "undone"}


def test_calls_nested_in_calls_and_subprocesses_are_undone_inside_out():
    at = lab("call_nested", "call_middle", "called").start().complete("m").complete("a").complete("b")
    undo_all(at)
    assert at.undone == ["b", "a", "deeper", "m", "ask", "s"]
    assert at.state == "completed"


def test_an_event_subprocess_of_a_process_called_by_a_called_one_runs():
    at = lab("call_nested", "call_middle", "called_tidy").start().complete("m").complete("a").complete("b")
    assert at.waiting == ["tidy"]
    undo_all(at.complete("tidy"))
    assert at.undone == ["a", "deeper", "m", "ask", "s"]


def test_a_throw_in_a_called_process_is_about_that_process_only():
    at = lab("call", "called_throw").start().complete("z").complete("a").complete("b")
    undo_all(at)
    assert at.waiting == ["rest"]
    assert states(at) == {"z": "undoable", "a": "undone", "b": "undone"}
    at.complete("rest").complete("undo-z")
    assert at.undone == ["b", "a", "z"]


def test_a_process_that_calls_itself_undoes_the_inner_run_with_its_own_variables():
    at = lab("call_itself").start(depth=2)
    at.complete("a", x="innermost")
    assert at.waiting == ["undo-a"]
    assert seen(at, "undo-a") == {"depth": 0, "x": "innermost"}
    outer = next(t.number for t in at.instance.list_tokens() if t.element == "caller")
    at.send(SetVariables(set={"x": "outer", "later": True}, token=outer, local=True))
    assert seen(at, "undo-a") == {"depth": 0, "x": "innermost"}
    at.complete("undo-a")
    assert at.state == "completed"
