import pytest

from baton.model.commands import Instruction, ModifyInstance, ResolveIncident, RetryUndo, SkipUndo
from baton.model.events import EventType
from baton.model.records import ExternalTask
from tests.runtime.compensation.here import lab, mark_undone, plan, retry, seq, skip, states, undo_all


def failed(name="failing"):
    at = lab(name).start().complete("a").complete("b").complete("c")
    at.complete("undo-c")
    return at.fail("undo-b", "the bank is closed")


def test_a_handler_out_of_retries_stops_the_undoing_with_an_incident():
    at = failed()
    assert [(i.element, i.message, i.undoes) for i in at.incidents] == [("undo-b", "the bank is closed", 2)]
    assert states(at) == {"a": "undoable", "b": "failed", "c": "undone"}
    assert at.header.undoing
    assert at.waiting == ["undo-b"], "the next handler has not started and the thrower waits"


def test_an_operator_retries_and_the_rest_goes_on():
    at = retry(failed(), "b")
    assert at.incidents == []
    assert states(at)["b"] == "undoing"
    at.complete("undo-b")
    assert at.waiting == ["undo-a"]
    undo_all(at)
    assert at.undone == ["c", "b", "a"]
    assert at.state == "completed"


def test_an_operator_skips_and_the_rest_goes_on():
    at = skip(failed(), "b")
    assert at.waiting == ["undo-a"]
    undo_all(at)
    assert at.undone == ["c", "a"]
    assert states(at) == {"a": "undone", "b": "skipped", "c": "undone"}
    assert "undo-b" in at.path(EventType.ELEMENT_CANCELLED)
    assert at.incidents == []
    assert at.state == "completed"


def test_an_operator_marks_it_undone_and_the_ledger_says_who():
    at = mark_undone(failed(), "b")
    undo_all(at)
    entry = next(e for e in at.ledger if e.element == "b")
    assert (entry.state, entry.undone_by) == ("undone", "ann")
    assert at.undone == ["c", "b", "a"]


def test_a_worker_that_succeeds_after_all_closes_the_incident():
    at = failed().complete("undo-b")
    assert at.incidents == []
    assert at.waiting == ["undo-a"]


def test_only_what_has_failed_can_be_retried_or_skipped():
    at = failed()
    for command in (RetryUndo(seq=seq(at, "a")), SkipUndo(seq=seq(at, "c"))):
        assert at.offer(command).error == "BadRequest"
    assert at.offer(SkipUndo(seq=99)).error == "NotFound"


def test_a_handler_cannot_be_cancelled_like_other_tokens():
    at = failed()
    (task,) = at.open(ExternalTask)
    answer = at.offer(ModifyInstance(instructions=(Instruction(kind="cancel", token=task.token),)))
    assert answer.error == "BadRequest"
    assert "skip" in answer.message
    assert states(at)["b"] == "failed"


def test_a_handler_with_two_failures_has_failed_until_both_are_resolved():
    at = lab("failing_handler_process").start().complete("b").complete("a")
    at.fail("left").fail("right")
    first, second = at.incidents
    at.send(ResolveIncident(incident_id=first.id))
    assert states(at)["a"] == "failed"
    at.send(ResolveIncident(incident_id=second.id))
    assert states(at)["a"] == "undoing"


def test_skipping_a_handler_with_several_tasks_takes_all_of_them_out():
    at = lab("failing_handler_process").start().complete("b").complete("a").fail("left")
    skip(at, "a")
    assert at.waiting == ["undo-b"]
    assert at.complete("undo-b").state == "completed"


def test_a_bpmn_error_of_a_handler_propagates_from_the_throw_event():
    at = failed_with_error("failing")
    assert at.waiting == ["sorry"]
    assert states(at) == {"a": "discarded", "b": "discarded", "c": "undone"}
    assert at.complete("sorry").state == "completed"


def test_entries_not_yet_undone_stay_undoable_for_the_scope_that_catches_the_error():
    at = failed_with_error("failing_inside")
    assert at.waiting == ["repair"]
    assert states(at) == {"a": "undoable", "b": "undoable", "c": "undone"}
    at.complete("repair")
    undo_all(at)
    assert at.undone == ["c", "b", "a"]
    assert at.state == "completed"


@pytest.mark.parametrize("way", [retry, skip, mark_undone])
def test_an_error_that_nobody_catches_is_an_incident_on_the_handler(way):
    at = failed_with_error("order", "unknown")
    assert [i.kind for i in at.incidents] == ["unhandledError"]
    assert plan(at) == ["b", "a"]
    undo_all(way(at, "b"))
    assert at.state == "completed"


def failed_with_error(name, code="refused"):
    at = lab(name).start().complete("a").complete("b").complete("c")
    at.complete("undo-c")
    return at.error("undo-b", code)
