from baton.model.events import EventType
from tests.runtime.compensation.here import lab, states


def test_an_active_activity_is_cancelled_and_never_compensated():
    at = lab("active_subprocess").start().complete("z").complete("a")
    at.wait(3_600_000)
    assert "b" in at.path(EventType.ELEMENT_CANCELLED)
    assert at.waiting == ["undo-z"]
    at.complete("undo-z")
    assert at.state == "completed"
    assert at.undone == ["z"]


def test_a_subprocess_that_did_not_complete_is_not_compensated_from_outside():
    at = lab("active_subprocess").start().complete("z").complete("a")
    at.wait(3_600_000)
    assert states(at) == {"z": "undoing", "a": "discarded"}
    assert [e.element for e in at.events if e.type is EventType.UNDO_DISCARDED] == ["a"]


def test_an_error_event_subprocess_undoes_what_completed_inside_its_subprocess():
    at = lab("error_inside").start().complete("z").complete("a").complete("b")
    at.error("c", "refused")
    assert at.waiting == ["undo-b"]
    at.complete("undo-b").complete("undo-a")
    assert at.state == "completed"
    assert at.undone == ["b", "a"]
    assert states(at)["z"] == "undoable"


def test_an_activity_that_failed_is_not_compensated():
    at = lab("error_inside").start().complete("z").complete("a")
    at.fail("b")
    assert list(states(at)) == ["z", "a"]
