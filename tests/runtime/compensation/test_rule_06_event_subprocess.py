from baton.bpmn import read
from tests.runtime.compensation.building import compensate, end, event_sub, file, process, start, sub, task, throw
from tests.runtime.compensation.here import lab, plan, seen, states
from tests.runtime.lab import Lab


def test_it_runs_instead_of_the_inner_handlers():
    at = lab("event_subprocess").start().complete("a").complete("b")
    assert at.waiting == ["tidy"]
    at.complete("tidy")
    assert at.waiting == ["next"]
    assert at.undone == ["s"]
    assert states(at) == {"a": "discarded", "b": "discarded", "s": "undone"}


def test_it_runs_once():
    at = lab("event_subprocess").start().complete("a").complete("b").complete("tidy").complete("next")
    assert at.state == "completed"
    assert at.undone == ["s"]


def test_it_sees_its_subprocess_as_it_was():
    at = lab("event_subprocess").start().complete("a", place="paris").complete("b", after=1)
    assert seen(at, "tidy") == {"place": "paris", "after": 1}


def test_what_it_writes_to_the_variables_of_its_subprocess_stays_there():
    at = lab("event_subprocess").start().complete("a").complete("b")
    at.complete("tidy", place="oslo", tidied=True)
    assert at.variables == {"tidied": True}


def test_it_may_throw_itself_to_undo_what_is_inside():
    at = lab("event_subprocess_throws").start().complete("a").complete("b")
    at.complete("before")
    assert at.waiting == ["undo-b"]
    at.complete("undo-b").complete("undo-a")
    assert at.waiting == ["after"]
    at.complete("after")
    assert at.undone == ["b", "a", "s"]
    assert at.state == "completed"


def test_the_plan_shows_the_event_subprocess_and_not_what_is_inside():
    at = lab("event_subprocess_throws").start().complete("a").complete("b")
    assert plan(at) == ["s"]


def test_its_errors_are_not_for_the_boundary_events_of_the_subprocess_that_has_completed():
    at = lab("event_subprocess_error").start().complete("a").complete("b")
    at.error("tidy", "trouble")
    assert at.state == "completed"
    assert "caught" in at.path()
    assert "own-end" not in at.path()


def test_what_it_does_itself_is_never_undone():
    undoing = start("asked", "<compensateEventDefinition/>"), task("fee", "undo-fee"), end("tidied")
    es = event_sub("es", *undoing, flow="asked>fee>tidied")
    s = sub("s", start("s-start"), task("a", "undo-a"), end("s-over"), es, flow="s-start>a>s-over")
    text = process("p", start(), s, throw("t", compensate()), task("b"), end(), flow="start>s>t>b>end")
    at = Lab.of(file(text)).start().complete("a").complete("fee")
    assert states(at) == {"a": "discarded", "s": "undone", "fee": "discarded"}
    assert plan(at) == []
    assert at.complete("b").state == "completed"


def test_two_of_them_in_one_scope_are_refused():
    undoing = "<compensateEventDefinition/>"
    both = [event_sub(f"u{n}", start(f"asked{n}", undoing), end(f"over{n}"), flow=f"asked{n}>over{n}") for n in (1, 2)]
    s = sub("s", start("s-start"), task("a", "undo-a"), end("s-over"), *both, flow="s-start>a>s-over")
    text = process("p", start(), s, throw("t", compensate()), end(), flow="start>s>t>end")
    assert any(p.rule == "compensation-subprocess" for p in read(file(text).encode()).errors)
