from tests.runtime.compensation.here import lab, plan, states, undo_all


def test_a_second_throw_skips_what_is_undone():
    at = lab("once").start().complete("a").complete("undo-a").complete("b")
    assert plan(at) == ["b"]
    undo_all(at)
    assert at.undone == ["a", "b"]
    assert states(at) == {"a": "undone", "b": "undone"}
    assert at.state == "completed"


def test_no_entry_is_ever_undone_twice():
    at = lab("two_throws").start().complete("a").complete("b").complete("c").complete("pause")
    undo_all(at)
    assert sorted(at.undone) == ["a", "b", "c"]
