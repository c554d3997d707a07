from tests.runtime.compensation import building as b
from tests.runtime.compensation.here import lab, states, undo_all
from tests.runtime.lab import Lab

LISTENS = b.event_sub(
    "inner-sub",
    b.start("inner-told", b.message("M2"), 'isInterrupting="false"'),
    b.task("c", "undo-c"),
    b.throw("undo", b.compensate()),
    b.end("inner-end"),
    flow="inner-told>c>undo>inner-end",
)
NESTED = b.file(
    '<message id="M1" name="outer"/><message id="M2" name="inner"/>',
    b.process(
        "p",
        b.start(),
        b.task("a", "undo-a"),
        b.task("hold"),
        b.end(),
        b.event_sub(
            "outer-sub",
            b.start("outer-told", b.message("M1"), 'isInterrupting="false"'),
            b.task("b", "undo-b"),
            b.task("hold-b"),
            b.end("outer-end"),
            LISTENS,
            flow="outer-told>b>hold-b>outer-end",
        ),
        flow="start>a>hold>end",
    ),
)


def test_a_throw_undoes_its_scope_with_concurrent_branches_and_never_outer_scopes():
    at = lab("implicit").start().complete("x").complete("a").complete("b")
    assert at.waiting == ["undo-b"]
    undo_all(at)
    assert at.undone == ["b", "a"]
    assert states(at) == {"x": "undoable", "a": "undone", "b": "undone"}
    assert at.state == "completed"


def test_a_concurrent_branch_that_is_still_active_goes_on():
    at = lab("implicit").start().complete("x").complete("b")
    assert at.waiting == ["a", "undo-b"]
    at.complete("undo-b").complete("a")
    assert at.undone == ["b"]
    assert [e.element for e in at.ledger if e.state == "undoable"] == ["x", "a", "s"]


def test_in_an_event_subprocess_its_own_work_and_the_scope_around_it_are_undone_as_one_sequence():
    at = lab("event_subprocess_throw").start().complete("x").complete("a").message("go").complete("fee")
    assert at.waiting == ["b", "undo-fee"]
    at.complete("undo-fee").complete("undo-a")
    assert at.undone == ["fee", "a"]
    assert states(at)["x"] == "undoable"
    at.complete("b").complete("c")
    assert at.state == "completed"


def test_what_the_event_subprocess_did_between_others_is_undone_between_them():
    at = lab("event_subprocess_throw").start().complete("x").complete("a").message("go").complete("b").complete("fee")
    undo_all(at)
    assert at.undone == ["fee", "b", "a"]


def test_a_throw_with_nothing_to_undo_goes_on():
    at = lab("implicit").start().complete("x").complete("a")
    assert "undo-a" not in at.waiting


def test_in_nested_event_subprocesses_it_is_about_two_scopes_at_most():
    at = Lab.of(NESTED).start().complete("a").message("outer").complete("b").message("inner").complete("c")
    undo_all(at)

    assert at.undone == ["c", "b"]
    assert states(at)["a"] == "undoable"
