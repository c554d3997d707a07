from tests.runtime.compensation.here import complete_with, lab, seen


def test_a_handler_sees_an_ended_scope_as_it_was_when_its_activity_completed():
    at = lab("snapshot").start(total=10).complete("a", x=1).complete("b", x=2).complete("c", x=3)
    assert seen(at, "undo-b") == {"x": 2, "total": 10}
    at.complete("undo-b")
    assert seen(at, "undo-a") == {"x": 1, "total": 10}


def test_the_scopes_that_are_alive_are_seen_live():
    at = lab("snapshot").start(total=10).complete("a", x=1).complete("b", x=2, total=20).complete("c", total=30)
    assert seen(at, "undo-b") == {"x": 2, "total": 30}
    at.complete("undo-b", total=40)
    assert seen(at, "undo-a") == {"x": 1, "total": 40}


def test_inside_the_subprocess_its_own_variables_are_live():
    at = lab("snapshot_live").start().complete("a", x=1).complete("b", x=2).complete("c", x=3)
    assert seen(at, "undo-b")["x"] == 3


def test_what_a_handler_writes_goes_to_the_live_scope_and_into_no_snapshot():
    at = lab("snapshot").start().complete("a", x=1).complete("b", x=2).complete("c", x=3)
    at.complete("undo-b", x=99, refund="r-1")
    assert seen(at, "undo-a") == {"x": 1, "refund": "r-1"}
    assert at.variables == {"x": 99, "refund": "r-1"}
    assert [dict(entry.snapshot[0][1]) for entry in at.ledger if entry.element in "ab"] == [{"x": 1}, {"x": 2}]


def test_what_a_handler_writes_goes_to_the_subprocess_of_the_throw():
    at = lab("snapshot_live").start().complete("a", x=1).complete("b", x=2).complete("c", x=3)
    at.complete("undo-b", x=4)
    assert seen(at, "undo-a")["x"] == 4
    at.complete("undo-a", x=5)
    assert seen(at, "d")["x"] == 5
    assert at.variables == {}


def test_a_multi_instance_body_is_seen_with_its_element_and_its_number():
    at = lab("instances_sequential").start(places=["rome", "oslo"])
    complete_with(at, "book", "place", "rome")
    complete_with(at, "book", "place", "oslo")
    assert {name: seen(at, "unbook")[name] for name in ("place", "loopCounter")} == {"place": "oslo", "loopCounter": 1}
    at.complete("unbook")
    assert {name: seen(at, "unbook")[name] for name in ("place", "loopCounter")} == {"place": "rome", "loopCounter": 0}


def test_a_handler_in_a_called_process_does_not_see_the_caller():
    at = lab("call", "called").start(mine=1).complete("z", only_mine=2).complete("a", x=1).complete("b", x=2)
    sees = seen(at, "undo-b")
    assert sees["x"] == 2
    at.set(later=3)
    assert "later" not in seen(at, "undo-b")


def test_a_throw_in_a_called_process_sees_the_called_process_live():
    at = lab("call", "called_throw").start(mine=1).complete("z").complete("a", x=1).complete("b", x=2)
    at.complete("undo-b", x=3)
    assert seen(at, "undo-a")["x"] == 3
    assert "x" not in at.variables
