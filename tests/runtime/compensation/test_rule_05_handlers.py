import pytest

from baton.bpmn import read
from tests.runtime.compensation.building import (
    EXTERNAL,
    compensate,
    each,
    end,
    file,
    handled,
    process,
    start,
    sub,
    task,
    throw,
)
from tests.runtime.compensation.here import complete_with, lab, states, undo_all
from tests.runtime.lab import Lab


def test_a_handler_may_be_a_task_of_any_kind_a_subprocess_or_a_call_activity():
    at = lab("handlers", "helper").start(items=[1, 2])
    for element in ("service", "user", "script", "sub", "call", "each"):
        at.complete(element)
    complete_with(at, "undo-each", "item", 1)
    complete_with(at, "undo-each", "item", 2)
    at.complete("help")
    at.complete("first").complete("second")
    assert at.waiting == ["undo-user"], "the script has run in place"
    at.complete("undo-user").complete("undo-service")
    assert at.state == "completed"
    assert at.undone == ["each", "call", "sub", "script", "user", "service"]
    assert at.variables["undone_by_script"] is True


def test_a_handler_does_not_run_in_the_normal_flow():
    at = lab("order").start().complete("a").complete("b")
    assert at.waiting == ["c"]


def test_what_a_handler_does_is_never_undone_itself():
    at = lab("handler_with_ledger").start().complete("a")
    at.complete("step").complete("risky")
    assert states(at) == {"a": "undone", "step": "discarded"}
    at.complete("later")
    assert at.state == "completed"
    assert at.undone == ["a"]


def test_a_handler_subprocess_can_undo_its_own_steps_when_it_fails():
    at = lab("handler_with_ledger").start().complete("a").complete("step")
    at.error("risky", "refused")
    assert at.waiting == ["undo-step"]
    at.complete("undo-step")
    assert at.waiting == ["later"]
    assert at.undone == ["step", "a"]


def test_what_each_instance_of_a_multi_instance_handler_does_is_never_undone():
    undo = sub(
        "undo-a",
        start("h-start"),
        task("step", "undo-step"),
        end("h-over"),
        each("${items}", "item", True),
        flow="h-start>step>h-over",
        more='isForCompensation="true"',
    )
    body = task("a") + handled("a", "undo-a", undo), throw("t", compensate()), task("b"), throw("again", compensate())
    at = Lab.of(file(process("p", start(), *body, end(), flow="start>a>t>b>again>end"))).start(items=[1, 2])
    at.complete("a").complete("step").complete("step").complete("b")
    assert at.state == "completed"
    assert [(e.element, e.state.value) for e in at.ledger] == [
        ("a", "undone"),
        ("step", "discarded"),
        ("step", "discarded"),
    ]


def test_the_work_of_a_handler_says_which_entry_it_undoes():
    at = lab("order").start().complete("a").complete("b").complete("c")
    assert at.task("undo-c").undoes == 3
    undo_all(at)


HANDLER = f'<serviceTask id="h" isForCompensation="true" {EXTERNAL}="h"/>'
TIE = '<boundaryEvent id="a-undone" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>'
ASSOCIATION = '<association id="by" sourceRef="a-undone" targetRef="h"/>'
SECOND = '<boundaryEvent id="a2" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>'


@pytest.mark.parametrize(
    ("text", "flow"),
    [
        (TIE + HANDLER.replace(' isForCompensation="true"', "") + ASSOCIATION, ""),
        (TIE + HANDLER + ASSOCIATION, " h>end"),
        (TIE + HANDLER, ""),
        (TIE + HANDLER + ASSOCIATION + SECOND + ASSOCIATION.replace("a-undone", "a2").replace("by", "by2"), ""),
        (
            TIE
            + HANDLER
            + ASSOCIATION
            + '<boundaryEvent id="e" attachedToRef="h"><errorEventDefinition/></boundaryEvent>',
            "",
        ),
    ],
    ids=["not for compensation", "with a flow", "no association", "two boundaries", "boundary on the handler"],
)
def test_a_handler_that_cannot_work_is_refused(text, flow):
    nodes = process("p", start(), task("a"), text, throw("t", compensate()), end(), flow=f"start>a>t>end{flow}")
    reading = read(file(nodes).encode())
    assert any(p.rule == "compensation-handler" for p in reading.errors), list(map(str, reading.problems))
