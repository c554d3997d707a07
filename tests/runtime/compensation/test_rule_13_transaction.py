from baton.model.events import EventType
from tests.runtime.compensation.building import CANCEL, boundary, end, file, process, start, sub, task, timer
from tests.runtime.compensation.here import complete_with, lab, seen, states, undo_all
from tests.runtime.lab import Lab


def begun():
    return lab("transaction").start().complete("z").complete("a")


def test_a_cancel_interrupts_what_is_active_undoes_what_completed_and_leaves_by_the_cancel_event():
    at = begun().complete("b").complete("c").complete("decide", cancel=True)
    assert at.waiting == ["undo-c"]
    assert "after-cancel" not in at.waiting
    undo_all(at)
    assert at.undone == ["c", "b", "n", "a"]
    assert at.waiting == ["after-cancel"]
    assert states(at)["z"] == "undoable"
    assert at.complete("after-cancel").state == "completed"


def test_what_completed_in_a_subprocess_that_was_still_running_is_undone_too():
    at = begun().complete("b").complete("decide", cancel=True)
    assert "c" in at.path(EventType.ELEMENT_CANCELLED)
    undo_all(at)
    assert at.undone == ["b", "a"]
    assert at.waiting == ["after-cancel"]


def test_a_cancel_end_event_deep_inside_cancels_the_whole_transaction():
    at = lab("transaction_deep").start().complete("z").complete("a").complete("b").complete("c", cancel=True)
    assert at.waiting == ["undo-c"], "the other branch is interrupted"
    undo_all(at)
    assert at.undone == ["c", "b", "a"]
    assert at.waiting == ["after-cancel"]


def test_with_nothing_completed_it_leaves_at_once():
    at = lab("transaction_deep").start().complete("z")
    at.complete("a").complete("decide", cancel=True)
    assert at.waiting == ["undo-a"]
    undo_all(at)
    assert at.waiting == ["after-cancel"]


def test_a_hazard_undoes_nothing_and_leaves_by_the_error_event():
    at = begun().error("b", "refused")
    assert at.waiting == ["after-error"]
    assert at.undone == []
    assert states(at) == {"z": "undoable", "a": "discarded"}


def test_a_completed_transaction_can_be_undone_later_as_any_subprocess():
    at = begun().complete("decide", cancel=False).complete("b").complete("c")
    assert at.waiting == ["after"]
    at.complete("after")
    undo_all(at)
    assert at.undone == ["c", "b", "n", "a", "t", "z"]
    assert at.state == "completed"


def test_in_a_multi_instance_transaction_a_cancel_concerns_its_own_instance_only():
    at = lab("transaction_instances").start(places=["rome", "oslo"], cancel=False)
    complete_with(at, "a", "place", "rome")
    complete_with(at, "a", "place", "oslo")
    complete_with(at, "decide", "place", "rome", cancel=True)
    assert at.waiting == ["decide", "undo-a"]
    assert seen(at, "undo-a")["place"] == "rome"
    at.complete("undo-a")
    assert at.waiting == ["after-cancel", "decide"]
    at.set(cancel=False)
    at.complete("decide")
    assert at.waiting == ["after", "after-cancel"]
    at.complete("after")
    assert seen(at, "undo-a")["place"] == "oslo"
    at.complete("undo-a").complete("after-cancel")
    assert at.state == "completed"
    assert at.undone == ["a", "a", "t"]


def test_an_error_of_a_handler_while_cancelling_is_a_hazard():
    at = begun().complete("b").complete("decide", cancel=True)
    at.error("undo-b", "refused")
    assert at.waiting == ["after-error"]
    assert states(at) == {"z": "undoable", "a": "discarded", "b": "discarded"}


def test_without_a_cancel_event_on_it_the_path_of_a_cancelled_transaction_ends():
    deal = sub(
        "t", start("t-start"), task("a", "undo-a"), end("stop", CANCEL), flow="t-start>a>stop", kind="transaction"
    )
    at = Lab.of(file(process("p", start(), deal, task("after"), end(), flow="start>t>after>end"))).start()
    undo_all(at.complete("a"))
    assert at.undone == ["a"]
    assert at.state == "completed"
    assert "after" not in at.path(EventType.ELEMENT_ENTERED)


def test_a_timer_on_the_transaction_can_still_interrupt_the_undoing():
    deal = sub(
        "t", start("t-start"), task("a", "undo-a"), end("stop", CANCEL), flow="t-start>a>stop", kind="transaction"
    )
    late = boundary("late", "t", timer("PT1H"))
    at = Lab.of(
        file(process("p", start(), deal, late, task("after"), end(), flow="start>t>end late>after>end"))
    ).start()
    at.complete("a").wait(3_600_000)
    assert at.waiting == ["after"]
    assert states(at) == {"a": "discarded"}
