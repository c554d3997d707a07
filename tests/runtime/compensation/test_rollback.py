import pytest

from baton.model.commands import CancelInstance, Instruction, ModifyInstance, Rollback, SuspendInstance
from baton.model.events import EventType
from tests.runtime.compensation.here import cancel, complete_with, lab, plan, roll_back, seen, skip, states, undo_all


def test_it_interrupts_what_is_active_undoes_in_reverse_and_goes_on_from_the_element():
    at = lab("white_box").start().complete("z").complete("a")
    roll_back(at, "z")
    assert at.path(EventType.ELEMENT_CANCELLED) == ["b", "s"]
    assert at.waiting == ["undo-a"]
    undo_all(at)
    assert at.undone == ["a", "z"]
    assert at.waiting == ["z"]
    assert at.path(EventType.ROLLED_BACK) == ["z"]
    at.complete("z").complete("a").complete("b")
    undo_all(at)
    assert at.state == "completed"


def test_the_element_itself_is_undone_if_it_has_completed():
    at = lab("not_waiting").start().complete("a")
    undo_all(roll_back(at, "a"))
    assert at.undone == ["a"]
    assert at.waiting == ["a"]


def test_going_back_to_an_active_element_starts_it_again():
    at = lab("not_waiting").start().complete("a")
    before = at.task("b").id
    roll_back(at, "b")
    assert at.waiting == ["b"]
    assert at.task("b").id != before
    assert at.undone == []


def parallel():
    return lab("rollback").start().complete("a").complete("b")


def test_parallel_branches_that_are_not_behind_the_element_are_left_alone():
    at = parallel().complete("d")
    other = at.task("e").id
    undo_all(roll_back(at, "b"))
    assert at.undone == ["b"]
    assert at.waiting == ["b", "e"]
    assert at.task("e").id == other
    assert states(at)["d"] == "undoable"


def test_a_token_of_another_branch_that_waits_at_the_join_stays_there():
    at = parallel().complete("d").complete("e")
    undo_all(roll_back(at, "b"))
    assert at.waiting == ["b"]
    at.complete("b").complete("c")
    assert at.waiting == ["f"]
    at.complete("f")
    assert at.state == "completed"
    assert [e.element for e in at.ledger if e.state == "undoable"] == ["a", "d", "e", "b", "c", "f"]


def test_the_own_branch_s_token_at_the_join_is_taken_back():
    at = parallel().complete("c").complete("d")
    undo_all(roll_back(at, "c"))
    assert at.undone == ["c"]
    assert at.waiting == ["c", "e"]
    at.complete("c").complete("e").complete("f")
    assert at.state == "completed"


def test_after_the_join_only_elements_before_the_fork_can_be_gone_back_to():
    at = parallel().complete("c").complete("d").complete("e")
    answer = at.offer(Rollback(to="b"))
    assert answer.error == "Conflict"
    assert "join" in answer.message
    assert "before the branches part" in answer.message
    assert at.waiting == ["f"]
    undo_all(roll_back(at, "fork"))
    assert at.undone == ["e", "d", "c", "b"]
    assert at.waiting == ["b", "d"]


def test_over_a_loop_a_parallel_branch_is_still_not_behind_the_element():
    at = lab("rollback_loop").start(again=True).complete("b").complete("d").complete("c")
    assert at.waiting == ["b", "d"]
    at.complete("b").complete("d")
    undo_all(roll_back(at, "b"))
    assert at.undone == ["b"], "the rounds before stay done, and so does the other branch"
    assert at.waiting == ["b"]
    at.complete("b").complete("c", again=False)
    assert at.waiting == ["f"]


def test_before_the_loop_every_round_is_undone():
    at = lab("rollback_loop").start(again=True).complete("b").complete("d").complete("c").complete("b")
    undo_all(roll_back(at, "start"))
    assert at.undone == ["b", "c", "d", "b"]
    assert at.waiting == ["b", "d"]


def test_inside_a_running_subprocess_only_that_subprocess_goes_back():
    at = lab("rollback_subprocess").start().complete("z").complete("a").complete("b")
    undo_all(roll_back(at, "a"))
    assert at.undone == ["b", "a"]
    assert at.waiting == ["a"]
    assert states(at)["z"] == "undoable"
    at.complete("a").complete("b").complete("c").complete("y")
    assert at.state == "completed"


def test_to_the_subprocess_itself_it_starts_anew():
    at = lab("rollback_subprocess").start().complete("z").complete("a").complete("b")
    undo_all(roll_back(at, "s"))
    assert at.undone == ["b", "a"]
    assert at.waiting == ["a"]


def test_an_event_subprocess_that_took_over_is_interrupted_and_waits_again():
    at = lab("rollback_subprocess").start().complete("z").complete("a").message("go").complete("fee")
    assert at.waiting == ["think"]
    undo_all(roll_back(at, "a"))
    assert at.undone == ["fee", "a"]
    assert at.waiting == ["a"]
    at.message("go")
    assert at.waiting == ["fee"]


def test_over_a_multi_instance_every_instance_is_undone():
    at = lab("rollback_instances").start(places=["rome", "oslo"]).complete("z")
    complete_with(at, "fly", "place", "rome")
    complete_with(at, "fly", "place", "oslo")
    complete_with(at, "stay", "place", "rome")
    roll_back(at, "trip")
    undone = []
    while at.waiting != ["fly", "fly"]:
        (element,) = at.waiting
        undone.append((element, seen(at, element)["place"]))
        at.complete(element)
    assert undone == [("unstay", "rome"), ("unfly", "rome"), ("unfly", "oslo")]


def test_over_a_multi_instance_that_has_completed():
    at = lab("rollback_instances").start(places=["rome", "oslo"]).complete("z")
    for place in ("rome", "oslo"):
        complete_with(at, "fly", "place", place)
        complete_with(at, "stay", "place", place)
    assert at.waiting == ["y"]
    undo_all(roll_back(at, "z"))
    assert at.undone == ["stay", "fly", "trip", "stay", "fly", "trip", "z"]
    assert at.waiting == ["z"]


def test_a_second_rollback_does_not_undo_again():
    at = parallel().complete("c")
    undo_all(roll_back(at, "c"))
    undo_all(roll_back(at, "b"))
    assert at.undone == ["c", "b"]
    undo_all(roll_back(at, "a"))
    assert at.undone == ["c", "b", "a"]


def test_a_throw_that_is_undoing_behind_the_element_is_interrupted():
    at = lab("order").start().complete("a").complete("b").complete("c").complete("undo-c").fail("undo-b")
    assert plan(at, to="fork") == ["b", "a"]
    undo_all(roll_back(at, "fork"))
    assert at.incidents == []
    assert at.undone == ["c", "b", "a"]
    assert at.waiting == ["a", "b", "c"]


def test_a_failed_handler_stops_the_rollback_until_an_operator_decides():
    at = parallel()
    roll_back(at, "a").fail("undo-b")
    assert at.header.undoing
    skip(at, "b")
    assert at.waiting == ["undo-a"]
    at.complete("undo-a")
    assert at.waiting == ["a"]


def test_an_error_of_a_handler_is_caught_by_nobody():
    at = lab("failing").start().complete("a").complete("b")
    roll_back(at, "a").error("undo-b", "refused")
    assert [i.kind for i in at.incidents] == ["unhandledError"]
    undo_all(skip(at, "b"))
    assert at.waiting == ["a"]


def test_a_rollback_can_be_given_up_by_cancelling_with_compensation():
    at = roll_back(parallel(), "b")
    undo_all(cancel(at))
    assert at.undone == ["b", "a"]
    assert at.state == "compensated"


@pytest.mark.parametrize(
    ("to", "error", "word"),
    [
        ("nothing", "BadRequest", "nothing"),
        ("f", "BadRequest", "has not been at 'f'"),
        ("undo-a", "BadRequest", "a compensation handler"),
        ("join", "BadRequest", "waits for several tokens"),
    ],
)
def test_it_is_refused_with_what_was_expected(to, error, word):
    at = parallel()
    answer = at.offer(Rollback(to=to))
    assert (answer.error, word in answer.message) == (error, True), answer.message
    assert answer.message.startswith("Expected")
    assert at.waiting == ["c", "d"]
    assert at.undone == []


def test_an_element_of_a_subprocess_that_is_not_running_is_refused():
    at = lab("rollback_subprocess").start().complete("z").complete("a").complete("b").complete("c")
    answer = at.offer(Rollback(to="b"))
    assert answer.error == "BadRequest"
    assert "a subprocess that is running" in answer.message


def test_an_event_subprocess_is_refused():
    at = lab("rollback_subprocess").start().complete("z").message("go")
    assert "an event subprocess" in at.offer(Rollback(to="on-message")).message


def test_inside_several_instances_it_is_refused():
    at = lab("rollback_instances").start(places=["rome", "oslo"]).complete("z")
    answer = at.offer(Rollback(to="fly"))
    assert answer.error == "Conflict"
    assert "found 2" in answer.message


def test_an_element_that_was_gone_back_over_is_refused_until_it_is_come_to_again():
    at = parallel().complete("c")
    undo_all(roll_back(at, "b"))
    assert "gone back over 'c'" in at.offer(Rollback(to="c")).message
    at.complete("b")
    assert roll_back(at, "c").waiting == ["c", "d"]


def test_while_a_rollback_is_under_way_another_is_refused():
    at = roll_back(parallel(), "b")
    answer = at.offer(Rollback(to="a"))
    assert answer.error == "Conflict"
    assert "undone already" in answer.message
    undo_all(at)
    assert at.undone == ["b"]


def test_an_instance_that_has_ended_or_is_suspended_is_refused():
    at = parallel()
    at.send(SuspendInstance())
    assert "suspended" in at.offer(Rollback(to="a")).message
    at.send(CancelInstance())
    assert at.offer(Rollback(to="a")).error == "Conflict"


def test_a_rollback_given_up_by_cancelling_its_place_leaves_nothing_undone_twice():
    at = roll_back(parallel(), "b")
    carrier = next(t.id for t in at.instance.workflow.tasks.values() if t.memory.then == "rollback")
    at.send(ModifyInstance(instructions=(Instruction(kind="cancel", token=carrier),)))
    assert at.waiting == ["d"]
    assert states(at)["b"] == "undoable"
