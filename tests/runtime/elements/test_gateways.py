import pytest

from baton.model import commands
from tests.runtime.compensation import building as b
from tests.runtime.elements.here import completed, example, model
from tests.runtime.lab import Lab

BESIDE = b.file(
    '<message id="go" name="go"/>',
    b.process(
        "p",
        b.start(),
        b.task("A"),
        b.boundary("Beside", "A", b.message("go"), interrupting=False),
        b.task("B"),
        b.gateway("Join", "inclusive"),
        b.task("After"),
        b.end(),
        flow="start>A>Join>After>end Beside>B>Join",
    ),
)


def test_exclusive_takes_the_first_flow_whose_condition_holds_else_the_default() -> None:
    assert example("exclusive-gateway").start(amount=5000).waiting == ["Approve"]
    assert example("exclusive-gateway").start(amount=5).path() == ["Start", "Large", "Book", "End"]


def test_exclusive_without_a_way_is_an_incident_that_can_be_resolved() -> None:
    lab = model("no_way").start(x=3)
    assert [incident.element for incident in lab.incidents] == ["G"]
    lab.set(x=2)
    lab.send(commands.ResolveIncident(incident_id=lab.incidents[0].id))
    assert lab.waiting == ["B"]
    assert not lab.incidents


def test_parallel_waits_for_all_its_incoming_flows() -> None:
    lab = example("parallel-gateway").start()
    assert lab.waiting == ["Invoice", "Pick"]
    assert lab.complete("Pick").waiting == ["Invoice"]
    assert lab.complete("Invoice").waiting == ["Ship"]


def test_parallel_keeps_excess_tokens_for_the_next_round() -> None:
    lab = model("excess_parallel").start()
    lab.complete("Once").complete("L").complete("L")
    assert lab.waiting == ["R"]
    lab.complete("R").complete("After")
    assert lab.state == "active"
    assert dict(lab.header.tokens) == {"J": 1}


@pytest.mark.parametrize(("gift", "value", "tasks"), [(True, 900, ["GiftWrap", "Insure"]), (False, 1, ["Pack"])])
def test_inclusive_sends_a_token_along_each_flow_whose_condition_holds(
    gift: bool, value: int, tasks: list[str]
) -> None:
    lab = example("inclusive-gateway").start(gift=gift, value=value)
    assert lab.waiting == tasks
    for task in tasks:
        lab.complete(task)
    assert completed(lab, "Join", "End") == ["Join", "End"]


def test_inclusive_joins_anew_in_every_round_of_a_loop() -> None:
    lab = model("inclusive_loop").start(maybe=False, again=True).complete("Always")
    assert lab.waiting == ["Always"]
    lab.set(maybe=True).complete("Always", again=True)
    assert lab.waiting == ["Maybe"]
    lab.complete("Maybe", again=False)
    assert completed(lab, "Join", "End") == ["Join", "Join", "Join", "End"]


def test_inclusive_waits_for_the_host_of_a_boundary_event_that_does_not_interrupt() -> None:
    """The token at the host reaches one flow only; what its boundary event brought is another token (§13.4.3)."""
    lab = Lab.of(BESIDE).start().message("go").complete("B")

    assert lab.waiting == ["A"]
    lab.complete("A")
    assert lab.waiting == ["After"]
    lab.complete("After")
    assert lab.state == "completed"
    assert lab.path().count("After") == 1


def test_inclusive_waits_for_a_token_that_came_out_of_a_boundary_event() -> None:
    lab = model("inclusive_boundary").start().complete("B")
    assert lab.waiting == ["A"]
    lab.error("A", "er")
    assert lab.waiting == ["Fix"]
    assert lab.complete("Fix").waiting == ["After"]


def test_event_based_goes_the_way_of_the_first_event_and_closes_the_others() -> None:
    lab = example("event-based-gateway").start()
    lab.message("OfferAccepted")
    assert lab.waiting == ["Book"]
    assert not lab.jobs
    late = example("event-based-gateway").start().wait(3 * 86_400_000)
    assert (late.state, late.path()[-1]) == ("completed", "Closed")


def test_event_based_takes_receive_tasks_and_conditions_too() -> None:
    assert model("gateway_receive").start(warm=False).message("first").path()[-1] == "Got"
    assert model("gateway_receive").start(warm=False).set(warm=True).path()[-1] == "Warmed"


def test_a_parallel_instantiating_gateway_waits_for_its_other_events() -> None:
    lab = model("instantiating_gateway")
    lab.send(commands.StartInstance(definition_id="p:1:lab", start_element="First"))
    assert lab.waiting == []
    assert lab.message("second").waiting == ["After"]


def test_complex_goes_on_when_its_condition_holds_and_takes_in_what_comes_late() -> None:
    lab = example("complex-gateway").start().complete("QuoteB")
    assert lab.waiting == ["QuoteA", "QuoteC"]
    assert lab.complete("QuoteA").waiting == ["Choose", "QuoteC"]
    lab.complete("QuoteC")
    assert lab.waiting == ["Choose"]
    assert lab.complete("Choose").state == "completed"
    assert completed(lab, "Choose") == ["Choose"]


def test_complex_does_not_let_its_scope_end_before_it_has_been_reset() -> None:
    lab = model("complex_reset").start().complete("A").complete("After")
    assert lab.state == "active"
    lab.complete("B")
    assert _ends(lab) == ["End"]


def _ends(lab: Lab) -> list[str]:
    assert lab.state == "completed"
    return completed(lab, "End")
