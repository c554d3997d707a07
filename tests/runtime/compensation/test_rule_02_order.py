from itertools import permutations

import pytest

from baton.model.events import EventType
from tests.runtime.compensation.here import complete_with, lab, undo_all


@pytest.mark.parametrize("order", list(permutations("abc")))
def test_parallel_branches_are_undone_in_reverse_of_their_completion(order):
    at = lab("order").start()
    for element in order:
        at.complete(element)
    undo_all(at)
    assert at.undone == list(order[::-1])
    assert at.state == "completed"


def test_the_next_handler_starts_when_the_previous_one_has_finished():
    at = lab("order").start().complete("b").complete("c").complete("a")
    assert at.waiting == ["undo-a"]
    at.complete("undo-a")
    assert at.waiting == ["undo-c"]
    at.complete("undo-c")
    assert at.waiting == ["undo-b"]
    kinds = (EventType.UNDO_STARTED, EventType.UNDO_COMPLETED)
    assert [e.type.value for e in at.events if e.type in kinds] == [
        *("UndoStarted", "UndoCompleted"),
        *("UndoStarted", "UndoCompleted"),
        "UndoStarted",
    ]


def test_a_thrower_that_does_not_wait_goes_on_at_once():
    at = lab("not_waiting").start().complete("a").complete("b")
    assert at.waiting == ["c", "undo-b"]
    at.complete("c")
    assert at.state == "active"
    at.complete("undo-b").complete("undo-a")
    assert at.undone == ["b", "a"]
    assert at.state == "completed"


def test_what_completes_after_the_throw_is_left_alone():
    at = lab("not_waiting").start().complete("a").complete("b").complete("c").complete("undo-b").complete("undo-a")
    assert [entry.state.value for entry in at.ledger] == ["undone", "undone", "undoable"]


def test_two_throws_at_a_time_undo_in_one_order():
    at = lab("two_throws").start().complete("a").complete("b").complete("c")
    assert at.waiting == ["pause", "undo-c"]
    at.complete("pause")
    assert at.waiting == ["undo-c"]
    at.complete("undo-c")
    assert at.waiting == ["undo-b"]
    at.complete("undo-b").complete("undo-a")
    assert at.undone == ["c", "b", "a"]
    assert at.state == "completed"


def test_a_second_throw_waits_until_the_first_has_undone_what_it_would_undo():
    at = lab("two_throws").start().complete("a").complete("b").complete("c").complete("pause")
    assert "end-2" not in at.path()
    undo_all(at)
    assert {"end-1", "end-2"} <= set(at.path())


def test_multi_instance_iterations_are_undone_in_reverse():
    at = lab("instances_parallel").start(places=["rome", "oslo", "bern"])
    for place in ("oslo", "bern", "rome"):
        complete_with(at, "book", "place", place)
    for place in ("rome", "bern", "oslo"):
        complete_with(at, "unbook", "place", place)
    assert at.state == "completed"
