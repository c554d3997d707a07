import pytest

from tests.runtime.compensation.here import complete_with, lab, seen, states, undo_all


def test_each_completed_instance_has_an_entry_and_is_undone_with_its_element():
    at = lab("instances_parallel").start(places=["rome", "oslo", "bern"])
    for place in ("bern", "rome", "oslo"):
        complete_with(at, "book", "place", place)
    undone = []
    for _ in range(3):
        undone.append(seen(at, "unbook")["place"])
        at.complete("unbook")
    assert undone == ["oslo", "rome", "bern"]
    assert at.state == "completed"


def test_a_sequential_one_is_undone_from_its_last_instance():
    at = lab("instances_sequential").start(places=["rome", "oslo", "bern"])
    for _ in range(3):
        at.complete("book")
    undone = []
    for _ in range(3):
        undone.append(seen(at, "unbook")["place"])
        at.complete("unbook")
    assert undone == ["bern", "oslo", "rome"]


def test_a_subprocess_is_undone_instance_by_instance():
    at = lab("instances_subprocess").start(places=["rome", "oslo"])
    complete_with(at, "fly", "place", "rome")
    complete_with(at, "fly", "place", "oslo")
    complete_with(at, "stay", "place", "oslo")
    complete_with(at, "stay", "place", "rome")
    for element, place in (("unstay", "rome"), ("unfly", "rome"), ("unstay", "oslo"), ("unfly", "oslo")):
        assert at.waiting == [element]
        assert seen(at, element)["place"] == place
        at.complete(element)
    assert at.undone == ["stay", "fly", "trip", "stay", "fly", "trip"]
    assert at.state == "completed"


def test_the_compensation_event_subprocess_runs_once_per_instance():
    at = lab("instances_tidy").start(places=["rome", "oslo"])
    at.complete("fly").complete("fly")
    assert seen(at, "tidy")["place"] == "oslo"
    at.complete("tidy")
    assert seen(at, "tidy")["place"] == "rome"
    at.complete("tidy")
    assert at.undone == ["trip", "trip"]
    assert states(at)["fly"] == "discarded"


@pytest.mark.parametrize("name", ["instances_parallel", "instances_sequential"])
def test_without_instances_there_is_nothing_to_undo(name):
    at = lab(name).start(places=[])
    assert at.state == "completed"
    assert at.ledger == []


def test_many_instances_are_undone_one_by_one():
    count = 200
    at = lab("instances_parallel", restoring=False).start(places=list(range(count)))
    for number in range(count):
        complete_with(at, "book", "place", number)
    undo_all(at, count)
    assert at.state == "completed"
    assert [e.seq for e in sorted(at.ledger, key=lambda e: e.seq)] == list(range(1, count + 1))
