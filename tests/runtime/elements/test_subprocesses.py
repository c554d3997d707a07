import pytest

from baton.model import commands
from baton.model.events import EventType
from baton.runtime import Instance, Ports
from baton.runtime.elements.ad_hoc import AdHocSubProcess
from tests.runtime.elements.here import HOUR, completed, example, model
from tests.runtime.lab import Lab


def test_a_subprocess_has_its_own_variables_and_completes_with_its_last_token() -> None:
    lab = example("subprocess").start(order={"parts": [1, 2]})
    assert lab.instance.get_visible_variables(lab.task("FetchParts").token)["parts"] == [1, 2]
    lab.complete("FetchParts").complete("PutTogether")
    assert lab.waiting == ["Deliver"]
    assert "parts" not in lab.variables


def test_a_boundary_event_interrupts_everything_inside() -> None:
    lab = example("subprocess").start(order={"parts": []}).wait(8 * HOUR)
    assert lab.waiting == ["Apologise"]
    assert lab.path(EventType.ELEMENT_CANCELLED) == ["FetchParts", "Assemble"]


def test_mappings_of_a_subprocess_go_in_and_out() -> None:
    lab = model("data_scopes").start(outer="x").complete("Work")
    assert lab.variables == {"outer": "x", "seen": "x-in!"}


# -- event subprocesses -----------------------------------------------------------------------------------------------


def test_an_event_subprocess_runs_beside_its_scope_as_often_as_it_is_asked() -> None:
    lab = example("event-subprocess").start().message("StatusAsked").message("StatusAsked")
    assert lab.waiting == ["Diagnose", "SendStatus", "SendStatus"]


def test_an_interrupting_event_subprocess_takes_over_its_scope() -> None:
    lab = example("event-subprocess").start().complete("Diagnose").message("StatusAsked")
    lab.send(_thrown(lab, "Repair", "broken", "no parts"))
    assert lab.waiting == ["ReturnDevice"]
    assert lab.instance.get_visible_variables(lab.task("ReturnDevice").token)["reason"] == "no parts"
    assert lab.complete("ReturnDevice").state == "completed"


def _thrown(lab: Lab, element: str, code: str, message: str) -> commands.ThrowTaskError:
    task = lab.task(element)
    return commands.ThrowTaskError(task_id=task.id, worker_id="lab", error_code=code, error_message=message)


HAPPENINGS = {
    "Message": lambda lab: lab.message("m"),
    "Signal": lambda lab: lab.signal("s"),
    "Timer": lambda lab: lab.wait(HOUR),
    "Condition": lambda lab: lab.set(hot=False).set(hot=True),
}


@pytest.mark.parametrize("kind", HAPPENINGS)
def test_event_subprocesses_of_every_kind_run_twice_inside_a_subprocess(kind: str) -> None:
    lab = model("every_event_subprocess").start()
    for _ in range(2):
        HAPPENINGS[kind](lab)
    assert completed(lab, f"{kind}Task") == [f"{kind}Task"] * 2
    assert lab.waiting == ["Work"]


def test_an_escalation_starts_an_event_subprocess_of_its_scope() -> None:
    lab = model("every_event_subprocess").start().complete("Work")
    assert "EscalationTask" in lab.path()
    assert lab.waiting == ["More"]


@pytest.mark.parametrize("kind", ["message", "signal", "timer", "condition"])
def test_event_subprocesses_of_every_kind_interrupt_a_subprocess(kind: str) -> None:
    lab = HAPPENINGS[kind.capitalize()](model(f"interrupting_{kind}").start())
    assert lab.waiting == ["Handle"]
    assert lab.complete("Handle").waiting == ["After"]


@pytest.mark.parametrize("steps", range(1, 16))
def test_an_event_that_comes_when_the_last_token_has_just_ended_is_still_waited_for(steps: int) -> None:
    # given turns that are cut, so that the signal comes at any moment of the end of the subprocess
    lab = model("every_event_subprocess")
    lab.ports = Ports(lab.library, lab.ports.scripts, max_steps=steps)
    lab.instance = Instance(lab.instance.id, lab.ports)
    lab.start().wait(0)
    lab.complete("Work").wait(0)
    lab.complete("More").offer(commands.DeliverSignal(name="s"))
    lab.wait(0)
    assert lab.state == "completed"
    assert len(completed(lab, "SignalTask")) == len(lab.path(EventType.SIGNAL_RECEIVED))


# -- transactions -----------------------------------------------------------------------------------------------------


def test_a_transaction_that_succeeds_goes_on() -> None:
    lab = example("transaction").start().complete("BookHotel").complete("BookFlight", seats=2)
    assert (lab.state, lab.path()[-1]) == ("completed", "Done")


def test_a_cancelled_transaction_undoes_what_it_has_done_and_leaves_by_its_cancel_event() -> None:
    lab = example("transaction").start().complete("BookHotel").complete("BookFlight", seats=0)
    lab.complete("CancelFlight").complete("CancelHotel")
    assert (lab.state, lab.path()[-1]) == ("completed", "NotBooked")
    assert lab.undone == ["BookFlight", "BookHotel"]


def test_a_transaction_with_an_error_undoes_nothing() -> None:
    lab = example("transaction").start().complete("BookHotel").error("BookFlight", "crash")
    assert lab.path()[-1] == "Unclear"
    assert lab.undone == []


# -- ad hoc -----------------------------------------------------------------------------------------------------------


def test_an_ad_hoc_subprocess_ends_when_its_condition_holds_and_cancels_what_remains() -> None:
    lab = example("ad-hoc-subprocess").start(decided=False).complete("TalkToBoss")
    assert lab.waiting == ["SolveExercise", "TalkToTeam"]
    lab.complete("SolveExercise", decided=True)
    assert lab.waiting == ["SendAnswer"]
    assert "TalkToTeam" in lab.path(EventType.ELEMENT_CANCELLED)


def test_a_sequential_ad_hoc_subprocess_does_one_after_the_other() -> None:
    lab = model("ad_hoc_sequential").start()
    assert lab.waiting == ["A"]
    lab.complete("A")
    order = []
    while lab.state == "active":
        (at,) = lab.waiting
        order.append(at)
        lab.complete(at)
    assert sorted(order) == ["B", "C"]


def test_the_elements_of_an_ad_hoc_subprocess_may_be_chosen_and_more_be_started() -> None:
    lab = model("ad_hoc_chosen").start(chosen=["B"], finished=False)
    assert lab.waiting == ["B"]
    scope = next(t for t in lab.instance.workflow.tasks.values() if isinstance(t.task_spec, AdHocSubProcess))
    lab.send(commands.StartAdHoc(token=scope.id, elements=("A", "C")))
    assert lab.waiting == ["A", "B", "C"]
    lab.complete("A", finished=True).complete("C")
    assert lab.waiting == ["B"]
    assert lab.complete("B").state == "completed"


# -- calls ------------------------------------------------------------------------------------------------------------


def test_a_call_activity_maps_variables_in_and_out() -> None:
    lab = example("call-activity").start("parcel", number="n-1", address="Here 1", country="DE")
    seen = lab.instance.get_visible_variables(lab.task("LookUp").token)
    assert {name: seen.get(name) for name in ("address", "domestic", "country")} == {
        "address": "Here 1",
        "domestic": True,
        "country": None,
    }
    lab.complete("LookUp", zone=3)
    assert lab.waiting == ["Send"]
    assert lab.variables["zone"] == 3


def test_an_error_of_a_called_process_is_caught_by_the_caller() -> None:
    lab = example("call-activity").start("parcel", number="n-1", address="?", country="DE").complete("LookUp", zone="")
    assert lab.path()[-1] == "Returned"


def test_what_is_called_may_be_an_expression_and_all_variables_go_with_it() -> None:
    lab = model("call_dynamic").start("p", which="q2", x=1)
    assert lab.waiting == ["B"]
    assert lab.complete("B", y=2).variables["y"] == 2


def test_global_tasks_are_called_like_processes() -> None:
    lab = model("global_tasks").start("p")
    assert lab.waiting == ["g-user-task"]
    assert lab.variables["answer"] == 42
    assert lab.complete("g-user-task").state == "completed"
