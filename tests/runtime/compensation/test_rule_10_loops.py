from tests.runtime.compensation.here import lab, seen, undo_all


def test_a_back_edge_gives_as_many_entries_as_completions():
    at = lab("back_edge").start(again=True)
    for _ in range(3):
        at.complete("a").complete("b")
    at.complete("a").complete("b", again=False)
    assert [e.element for e in at.ledger] == ["a", "b"] * 4
    undo_all(at)
    assert at.undone == ["b", "a"] * 4
    assert at.state == "completed"


def test_a_looped_task_is_undone_once_per_iteration_with_its_number():
    at = lab("loops").start(again=True).complete("a").complete("a").complete("a", again=False)
    at.complete("b")
    at.complete("undo-b")
    counters = []
    for _ in range(3):
        counters.append(seen(at, "undo-a")["loopCounter"])
        at.complete("undo-a")
    assert counters == [3, 2, 1]
    assert at.state == "completed"


def test_a_looped_subprocess_is_undone_iteration_by_iteration():
    at = lab("loops").start(again=False).complete("a")
    at.complete("b", again=True).complete("b", again=False)
    undo_all(at)
    assert at.undone == ["b", "s", "b", "s", "a"]
