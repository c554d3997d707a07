from baton.model.commands import CancelInstance
from baton.model.events import EventType
from tests.runtime.compensation.here import cancel, lab, plan, skip, states, undo_all


def running():
    at = lab("cancel_nested", "called_long").start().complete("z")
    return at.complete("a").complete("m").complete("b")


def test_everything_is_undone_in_reverse_over_running_subprocesses_and_called_processes():
    at = running()
    assert at.waiting == ["c", "n"]
    assert plan(at) == ["b", "m", "a", "z"]
    cancel(at)
    assert at.waiting == ["undo-b"]
    undo_all(at)
    assert at.undone == ["b", "m", "a", "z"]


def test_the_instance_then_ends_as_compensated_with_the_reason():
    at = undo_all(cancel(running()))
    assert at.state == "compensated"
    assert at.header.reason == "no longer wanted"
    assert set(states(at).values()) == {"undone"}
    assert at.path(EventType.INSTANCE_ENDED) == [""]


def test_what_is_active_is_cancelled_first():
    at = cancel(running())
    assert {"c", "s2", "s", "n", "ask"} <= set(at.path(EventType.ELEMENT_CANCELLED))


def test_with_nothing_to_undo_it_ends_at_once():
    at = cancel(lab("order").start())
    assert at.state == "compensated"


def test_a_failed_handler_stops_it_until_an_operator_decides():
    at = cancel(running()).fail("undo-b")
    assert at.state == "active"
    undo_all(skip(at, "b"))
    assert at.state == "compensated"
    assert at.undone == ["m", "a", "z"]


def test_a_second_one_is_refused_and_changes_nothing():
    at = cancel(running())
    answer = at.offer(CancelInstance(compensate=True, reason="again"))
    assert answer.error == "Conflict"
    assert at.header.reason == "no longer wanted"


def test_it_can_be_given_up_for_a_plain_cancel():
    at = cancel(running())
    at.send(CancelInstance())
    assert at.state == "cancelled"
    assert set(states(at).values()) == {"discarded"}


def test_an_error_of_a_handler_is_an_incident_that_nobody_catches():
    at = lab("failing_inside").start().complete("a").complete("b")
    cancel(at).error("undo-b", "refused")
    assert [i.kind for i in at.incidents] == ["unhandledError"]
    undo_all(skip(at, "b"))
    assert at.state == "compensated"


def test_a_completed_subprocess_is_undone_by_its_own_means():
    at = lab("event_subprocess").start().complete("a").complete("b").complete("tidy")
    undo_all(cancel(at))
    assert at.undone == ["s"]
    assert at.state == "compensated"
