from tests.runtime.compensation.here import lab, plan, states, undo_all


def test_a_completed_subprocess_is_undone_by_what_is_inside_in_reverse():
    at = lab("white_box").start().complete("z").complete("a").complete("b")
    assert at.waiting == ["undo-b"]
    assert plan(at) == ["b", "a", "z"]
    undo_all(at)
    assert at.undone == ["b", "a", "s", "z"]


def test_a_boundary_handler_on_the_subprocess_replaces_the_inner_ones():
    at = lab("black_box").start().complete("z").complete("a").complete("b")
    assert at.waiting == ["undo-s"]
    undo_all(at)
    assert at.undone == ["s", "z"]
    assert states(at) == {"z": "undone", "a": "discarded", "b": "discarded", "s": "undone"}
