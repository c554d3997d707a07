from tests.runtime.compensation.here import lab, states, undo_all


def test_a_throw_undoes_its_scope_with_concurrent_branches_and_never_outer_scopes():
    at = lab("implicit").start().complete("x").complete("a").complete("b")
    assert at.waiting == ["undo-b"]
    undo_all(at)
    assert at.undone == ["b", "a"]
    assert states(at) == {"x": "undoable", "a": "undone", "b": "undone"}
    assert at.state == "completed"


def test_a_concurrent_branch_that_is_still_active_goes_on():
    at = lab("implicit").start().complete("x").complete("b")
    assert at.waiting == ["a", "undo-b"]
    at.complete("undo-b").complete("a")
    assert at.undone == ["b"]
    assert [e.element for e in at.ledger if e.state == "undoable"] == ["x", "a", "s"]


def test_in_an_event_subprocess_the_scope_is_the_one_around_it():
    at = lab("event_subprocess_throw").start().complete("x").complete("a").complete("b")
    at.message("go").complete("fee")
    assert at.waiting == ["c", "undo-b"]
    at.complete("undo-b").complete("undo-a")
    assert at.undone == ["b", "a"]
    assert states(at)["fee"] == "undoable"
    at.complete("c")
    assert at.state == "completed"


def test_a_throw_with_nothing_to_undo_goes_on():
    at = lab("event_subprocess_throw").start().complete("x").message("go").complete("fee")
    assert at.waiting == ["a"]
    assert "handled" in at.path()
