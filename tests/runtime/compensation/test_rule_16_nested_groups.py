from tests.runtime.compensation.here import lab, plan, states, undo_all


def test_entries_of_completed_inner_scopes_are_undone_as_a_nested_group():
    at = lab("nested").start().complete("z").complete("a").complete("b").complete("c").complete("d").complete("e")
    assert plan(at) == ["e", "d", "c", "b", "a", "z"]
    undo_all(at)
    assert at.undone == ["e", "d", "c", "b", "s2", "a", "s1", "z"]
    assert set(states(at).values()) == {"undone"}


def test_a_group_stands_where_its_scope_completed():
    at = lab("nested_parallel").start().complete("a").complete("c").complete("b").complete("d")
    undo_all(at)
    assert at.undone == ["d", "c", "q", "b", "a", "p"]


def test_a_group_says_which_scope_it_holds():
    at = lab("nested").start().complete("z").complete("a").complete("b").complete("c").complete("d").complete("e")
    entries = {entry.element: entry for entry in at.ledger}
    assert entries["s2"].inner_scope == entries["b"].scope == entries["c"].scope
    assert entries["s2"].scope == entries["a"].scope == entries["s1"].inner_scope
    assert entries["s1"].scope == 0
