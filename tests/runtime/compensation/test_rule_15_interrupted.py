from baton.model.commands import CancelInstance, Instruction, ModifyInstance
from baton.model.events import EventType
from tests.runtime.compensation.here import lab, states, undo_all


def test_a_scope_that_is_terminated_while_undoing_discards_what_is_left():
    at = lab("interrupted").start().complete("z").complete("a").complete("b")
    assert at.waiting == ["undo-b"]
    at.wait(3_600_000)
    assert "undo-b" in at.path(EventType.ELEMENT_CANCELLED)
    assert states(at) == {"z": "undoing", "a": "discarded", "b": "discarded"}
    undo_all(at)
    assert at.undone == ["z"]
    assert at.state == "completed"


def test_a_terminate_end_event_cancels_the_running_handler():
    at = lab("interrupted_terminate").start().complete("a").complete("b").complete("undo-b")
    at.complete("stop")
    assert at.state != "active"
    assert "undo-a" in at.path(EventType.ELEMENT_CANCELLED)
    assert states(at) == {"a": "discarded", "b": "undone"}


def test_an_event_subprocess_of_the_same_scope_can_undo_what_was_interrupted():
    at = lab("interrupted_event_subprocess").start().complete("a").complete("b")
    at.message("go")
    assert at.waiting == ["think"]
    assert states(at) == {"a": "undoable", "b": "undoable"}
    at.complete("think")
    undo_all(at)
    assert at.undone == ["b", "a"]
    assert at.state == "completed"


def test_a_failed_handler_is_undoable_again_when_it_is_interrupted():
    at = lab("interrupted_event_subprocess").start().complete("a").complete("b").fail("undo-b")
    at.message("go")
    assert at.incidents == []
    assert states(at)["b"] == "undoable"


def test_deleting_an_instance_cancels_and_never_compensates():
    at = lab("order").start().complete("a").complete("b")
    at.send(CancelInstance(reason="deleted"))
    assert at.state == "cancelled"
    assert at.undone == []
    assert states(at) == {"a": "discarded", "b": "discarded"}
    assert at.waiting == []


def test_deleting_an_instance_while_it_undoes_cancels_the_handler():
    at = lab("order").start().complete("a").complete("b").complete("c")
    at.send(CancelInstance())
    assert at.state == "cancelled"
    assert set(states(at).values()) == {"discarded"}


def test_an_undoing_that_waited_for_another_takes_over_when_that_one_is_cancelled():
    at = lab("two_throws").start().complete("a").complete("b").complete("c").complete("pause").complete("undo-c")
    assert at.waiting == ["undo-b"]
    at.send(ModifyInstance(instructions=(Instruction(kind="cancel", element="first"),)))
    assert at.path(EventType.ELEMENT_CANCELLED) == ["undo-b", "first"]
    assert at.waiting == ["undo-b"], "the second throw has taken over"
    undo_all(at)
    assert at.undone == ["c", "b", "a"]
    assert at.path()[-1] == "end-2"
