import pytest

from baton.model.events import EventType
from tests.runtime.compensation.here import cancel, complete_with, lab, plan, roll_back, undo_all


def nested():
    return lab("nested").start().complete("z").complete("a").complete("b").complete("c").complete("d")


def test_the_plan_shows_what_would_be_undone_with_handler_and_snapshot_without_doing_it():
    at = lab("snapshot").start(total=1).complete("a", x=1).complete("b", x=2)
    steps = at.instance.plan()
    assert [(s.entry.element, s.entry.handler, s.entry.snapshot[0][1]) for s in steps] == [
        ("b", "undo-b", {"x": 2}),
        ("a", "undo-a", {"x": 1}),
    ]
    assert at.undone == []
    assert at.waiting == ["c"]


def test_the_plan_for_an_activity_is_about_its_completions_only():
    at = lab("reference").start(more=True).complete("a").complete("b").complete("a")
    assert plan(at, activity_ref="a") == ["a", "a"]
    assert plan(at) == ["a", "b", "a"]


def test_the_plan_equals_what_a_cancel_with_compensation_does():
    at = nested()
    expected = [step.entry.seq for step in at.instance.plan()]
    undo_all(cancel(at))
    assert [e.data["seq"] for e in at.events if e.type is EventType.UNDO_COMPLETED] == expected


@pytest.mark.parametrize("to", ["z", "s1", "start"])
def test_the_plan_equals_what_a_rollback_does(to):
    at = nested()
    expected = [step.entry.seq for step in at.instance.plan(to=to)]
    undo_all(roll_back(at, to))
    assert [e.data["seq"] for e in at.events if e.type is EventType.UNDO_COMPLETED] == expected
    assert at.path(EventType.ROLLED_BACK) == [to]


def test_the_plan_equals_what_the_throw_says_it_will_do():
    at = lab("order").start().complete("c").complete("a")
    assert plan(at) == ["a", "c"]
    at.complete("b")
    (started,) = [e for e in at.events if e.type is EventType.COMPENSATION_STARTED]
    assert started.data["plan"] == [3, 2, 1]


def test_what_is_being_undone_belongs_to_the_plan_of_a_cancel():
    at = lab("order").start().complete("a").complete("b").complete("c").complete("undo-c")
    assert plan(at) == ["b", "a"]
    undo_all(cancel(at))
    assert at.undone == ["c", "b", "a"]
    assert at.state == "compensated"


def test_the_plan_covers_every_instance_of_a_multi_instance():
    at = lab("rollback_instances").start(places=["rome", "oslo"]).complete("z")
    complete_with(at, "fly", "place", "oslo")
    complete_with(at, "fly", "place", "rome")
    complete_with(at, "stay", "place", "rome")
    assert plan(at) == ["stay", "fly", "fly", "z"]


def test_an_instance_that_has_ended_has_no_plan():
    at = lab("back_edge").start(again=False).complete("a").complete("b")
    undo_all(at)
    assert plan(at) == plan(at, to="a") == plan(at, activity_ref="a") == []
