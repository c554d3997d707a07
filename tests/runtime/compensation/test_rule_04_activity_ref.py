import pytest

from baton.bpmn import read
from tests.runtime.compensation.building import (
    compensate,
    end,
    event_sub,
    file,
    message,
    process,
    start,
    sub,
    task,
    throw,
)
from tests.runtime.compensation.here import lab, states, undo_all


def test_an_activity_ref_undoes_all_completions_of_that_activity_only():
    at = lab("reference").start(more=True).complete("a").complete("b").complete("a").complete("b", more=False)
    at.complete("undo-a")
    assert at.waiting == ["undo-a"]
    at.complete("undo-a")
    assert at.waiting == ["c"]
    assert at.undone == ["a", "a"]
    at.complete("c")
    undo_all(at)
    assert at.undone == ["a", "a", "b", "b"]


def test_in_an_event_subprocess_it_may_name_an_activity_of_its_own_or_of_the_scope_around():
    at = lab("reference_event_subprocess").start().complete("a").complete("b").message("go").complete("fee")
    assert at.waiting == ["c", "undo-fee"]
    at.complete("undo-fee").complete("wait")
    assert at.waiting == ["c", "undo-a"]
    at.complete("undo-a").complete("c")
    assert at.state == "completed"
    assert states(at)["b"] == "undoable"
    assert at.undone == ["fee", "a"]


INNER = sub(
    "s",
    start("s-start"),
    task("a", "undo-a"),
    throw("t", compensate("outside")),
    end("s-over"),
    flow="s-start>a>t>s-over",
)
DEEP = event_sub("es", start("told", message("M")), throw("t", compensate("deep")), end("over"), flow="told>t>over")
NESTED = sub("s", start("s-start"), task("deep", "undo-deep"), end("s-over"), flow="s-start>deep>s-over")


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        (process("p", start(), task("outside", "undo"), INNER, end(), flow="start>outside>s>end"), "s"),
        (process("p", start(), NESTED, DEEP, end(), flow="start>s>end"), "p"),
        (process("p", start(), NESTED, throw("t", compensate("deep")), end(), flow="start>s>t>end"), "p"),
        (process("p", start(), task("a"), throw("t", compensate("nowhere")), end(), flow="start>a>t>end"), "p"),
    ],
    ids=["outer scope", "inside a neighbour of the event subprocess", "inner scope", "missing"],
)
def test_any_other_activity_is_refused_and_the_message_names_the_scope(text, scope):
    reading = read(file('<message id="M" name="go"/>', text).encode())
    found = [p for p in reading.errors if p.element == "t"]
    assert found, list(map(str, reading.problems))
    assert any(f"'{scope}'" in p.message for p in found)


def test_an_activity_that_cannot_be_undone_is_warned_about_and_nothing_is_undone():
    text = process("p", start(), task("a"), throw("t", compensate("a")), end(), flow="start>a>t>end")
    found = read(file(text).encode())
    assert found.ok
    assert any(p.element == "t" and "can be undone" in p.message for p in found.problems)
