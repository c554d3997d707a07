import pytest

from baton.model import commands
from baton.model.events import EventType
from baton.model.records import Subscription
from tests.runtime.elements.here import DAY, HOUR, MINUTE, completed, example, model
from tests.runtime.lab import Lab


def _begin(name: str, element: str, **variables: object) -> Lab:
    lab = example(name)
    definition = next(iter(lab.library.models))
    lab.send(commands.StartInstance(definition_id=definition, start_element=element, variables=variables))  # type: ignore[arg-type]
    return lab


# -- messages ---------------------------------------------------------------------------------------------------------


def test_messages_start_are_thrown_caught_and_end() -> None:
    lab = _begin("message-event", "OrderPlaced", number=7)
    assert [(sent.name, sent.variables) for sent in lab.sent] == [("OrderConfirmed", {"orderNumber": 7})]
    lab.complete("Prepare").message("GoodsArrived", box=1)
    assert lab.state == "completed"
    assert lab.sent[-1].name == "OrderConfirmed"
    assert lab.variables["box"] == 1


def test_a_message_that_does_not_interrupt_is_caught_every_time() -> None:
    lab = _begin("message-event", "OrderPlaced", number=7)
    lab.message("AddressChanged").message("AddressChanged")
    assert lab.waiting == ["Prepare", "Relabel", "Relabel"]


def test_a_message_that_interrupts_ends_its_activity() -> None:
    lab = _begin("message-event", "OrderPlaced", number=7).message("AddressChanged").message("OrderCancelled")
    assert lab.waiting == ["Relabel"]
    assert "Stopped" in lab.path()


def test_a_worker_may_send_a_message() -> None:
    lab = model("message_end_worker").start()
    assert lab.open_tasks[0].topic == "mail"
    assert lab.complete("Send").state == "completed"
    assert not lab.sent


def test_a_subscription_holds_its_correlation_key() -> None:
    (subscription,) = model("message_key").start(order="o-1").open(Subscription)
    assert subscription.correlation_key == "o-1"


# -- timers -----------------------------------------------------------------------------------------------------------


def test_timers_repeat_interrupt_and_wait_for_a_date() -> None:
    lab = example("timer-event").start(renewal="2027-01-01T00:00:00Z").wait(3 * DAY)
    assert lab.waiting == ["SendReminder"] * 3 + ["Welcome"]
    lab.wait(2 * DAY)
    assert lab.waiting == ["SendReminder"] * 3 + ["Welcome"]
    lab.wait(2 * DAY)
    assert "Left" in lab.path()


def test_a_date_may_come_from_a_variable() -> None:
    lab = example("timer-event").start(renewal="2027-01-01T00:00:00Z").complete("Welcome")
    assert len(lab.jobs) == 1
    assert lab.wait(1200 * DAY).waiting == ["Renew"]


def test_a_timer_cycle_that_is_waited_for_lets_a_token_go_each_time() -> None:
    lab = model("timer_catch_cycle").start().wait(5 * HOUR)
    assert lab.waiting == ["Tick"] * 3
    for _ in range(3):
        lab.complete("Tick")
    assert lab.state == "completed"


def test_cycles_do_not_drift() -> None:
    lab = example("timer-event").start(renewal="2027-01-01T00:00:00Z")
    begin = lab.now
    lab.now = begin + DAY + HOUR
    lab.offer()
    assert min(job.due for job in lab.jobs) == begin + 2 * DAY


def test_an_event_definition_may_be_referred_to() -> None:
    lab = model("event_definition_ref").start()
    assert lab.state == "active"
    assert lab.wait(HOUR).state == "completed"


# -- signals, conditions ----------------------------------------------------------------------------------------------


def test_signals_go_out_and_are_caught() -> None:
    guard = example("signal-event")
    guard.start("guard").complete("WatchScreens").complete("CheckBuilding")
    assert [(sent.kind, sent.name) for sent in guard.sent] == [("signal", "Alarm"), ("signal", "AlarmOver")]
    lab = _begin("signal-event", "AlarmRaised").complete("LeaveBuilding").signal("AlarmOver")
    assert lab.state == "completed"


def test_a_condition_is_met_when_it_becomes_true() -> None:
    lab = example("conditional-event").start(temperature=20)
    assert lab.waiting == []
    lab.set(temperature=10)
    assert lab.waiting == ["Heat"]


def test_a_condition_that_does_not_interrupt_fires_each_time_that_it_becomes_true() -> None:
    lab = example("conditional-event").start(temperature=10)
    lab.set(temperature=30).set(temperature=31).set(temperature=20).set(temperature=26)
    assert lab.waiting == ["Heat", "OpenWindow", "OpenWindow"]


def test_a_condition_that_holds_already_is_met_at_once() -> None:
    assert example("conditional-event").start(temperature=0).waiting == ["Heat"]


def test_a_condition_may_look_at_one_kind_of_change_only() -> None:
    tasks = ("OnCreate", "OnUpdate", "OnDelete")
    assert completed(model("condition_filters").start().set(x=5), *tasks) == ["OnCreate"]
    assert completed(model("condition_filters").start(x=0).set(x=5), *tasks) == ["OnUpdate"]
    lab = model("condition_filters").start(x=0, y=1).set(z=1)
    lab.send(commands.SetVariables(set={"y": None}))
    assert completed(lab, *tasks) == []
    lab.send(commands.SetVariables(removed=("z",)))
    assert completed(lab, *tasks) == ["OnDelete"]


# -- errors, escalations ----------------------------------------------------------------------------------------------


def test_the_more_specific_error_event_catches() -> None:
    lab = example("error-event").start(damaged=True).complete("Load").complete("Drive")
    assert lab.waiting == ["Replace"]


def test_an_error_event_without_code_catches_all() -> None:
    lab = example("error-event").start(damaged=False).complete("Load").error("Drive", "lost")
    assert lab.path()[-1] == "Failed"
    assert lab.variables["code"] == "lost"


def test_an_error_nobody_catches_is_an_incident_where_it_was_thrown() -> None:
    lab = example("parallel-gateway").start().error("Pick", "whatever")
    assert [(incident.kind, incident.element) for incident in lab.incidents] == [("unhandledError", "Pick")]
    assert lab.waiting == ["Invoice"]


@pytest.mark.parametrize(("code", "caught"), [("one", "AfterOne"), ("two", "AfterAny")])
def test_an_error_travels_outward_to_the_first_that_catches_it_and_no_further(code: str, caught: str) -> None:
    lab = model("nested_errors").start().error("Work", code)
    assert lab.waiting == [caught]


def test_an_error_inside_an_event_subprocess_is_not_for_that_one() -> None:
    lab = model("error_event_subprocess").start().error("Work", "one")
    assert lab.waiting == ["Handle"]
    lab.error("Handle", "one")
    assert lab.waiting == ["Deeper"]
    assert lab.complete("Deeper").state == "completed"


def test_an_escalation_lets_the_activity_go_on() -> None:
    lab = example("escalation-event").start().complete("AskSuppliers")
    assert lab.waiting == ["AskAgain", "InformBuyer"]


def test_the_more_specific_escalation_event_catches_and_each_escalation_only_once() -> None:
    lab = model("escalations").start()
    assert completed(lab, "BySome", "ByOne") == ["ByOne", "BySome"]
    lab.complete("Work")
    assert completed(lab, "BySome", "ByOne") == ["ByOne", "BySome", "ByOne"]


def test_an_escalation_may_interrupt() -> None:
    lab = model("escalation_interrupting").start()
    assert lab.waiting == ["After"]


# -- links, terminate, multiple ---------------------------------------------------------------------------------------


def test_a_link_goes_on_at_its_target() -> None:
    lab = example("link-event").start().complete("FirstPage")
    assert lab.waiting == ["SecondPage"]
    assert lab.path()[-2:] == ["ToNextPage", "FromFirstPage"]


def test_terminate_ends_everything() -> None:
    lab = example("terminate-event").start().complete("SearchThere")
    assert (lab.state, lab.header.end_element) == ("completed", "AlsoFound")
    assert lab.path(EventType.ELEMENT_CANCELLED) == ["SearchHere"]


def test_terminate_in_a_subprocess_ends_that_alone() -> None:
    lab = model("terminate_inside").start().complete("Short")
    assert lab.waiting == ["After"]


def test_any_of_a_multiple_event_is_enough_and_a_parallel_one_needs_all() -> None:
    lab = example("multiple-event").start().signal("DoorBell")
    assert lab.path()[-1] == "AnyNews"
    lab.signal("DoorBell")
    assert lab.state == "active"
    assert lab.message("LetterArrived").state == "completed"


def test_a_parallel_multiple_boundary_event_fires_each_time_that_all_have_come() -> None:
    lab = model("parallel_multiple").start()
    lab.message("m")
    assert completed(lab, "BothTask", "EitherTask") in ([], ["EitherTask"])
    lab.signal("s")
    assert completed(lab, "BothTask") == ["BothTask"]


# -- positions --------------------------------------------------------------------------------------------------------


def test_a_process_may_begin_in_several_ways() -> None:
    assert example("start-and-end-events").start().path() == ["ByHand"]
    for element in ("ByPhone", "EveryMonday"):
        assert _begin("start-and-end-events", element).path() == [element]


def test_a_process_that_begins_by_events_only_is_not_started_by_hand() -> None:
    answer = example("message-event").offer(commands.StartInstance(definition_id="purchase:1:lab"))
    assert answer.error == "BadRequest"


def test_boundary_events_beside_and_instead_of_their_activity() -> None:
    lab = example("boundary-event").start().wait(3 * HOUR)
    assert lab.waiting == ["Paint", "Photograph", "Photograph"]
    assert "Halted" in lab.signal("Stop").path()
    assert lab.waiting == ["Photograph", "Photograph"]


BESIDE = {
    "Message": lambda lab: lab.message("m2"),
    "Signal": lambda lab: lab.signal("s2"),
    "Timer": lambda lab: lab.wait(31 * MINUTE),
    "Condition": lambda lab: lab.set(warm=False).set(warm=True),
}
STOP = {
    "Message": lambda lab: lab.message("m"),
    "Signal": lambda lab: lab.signal("s"),
    "Timer": lambda lab: lab.wait(2 * HOUR),
    "Condition": lambda lab: lab.set(hot=True),
}


@pytest.mark.parametrize("kind", BESIDE)
def test_every_boundary_event_that_does_not_interrupt_fires_as_often_as_it_happens(kind: str) -> None:
    lab = model("boundaries").start()
    for _ in range(3):
        BESIDE[kind](lab)
    assert completed(lab, f"{kind}BesideTask") == [f"{kind}BesideTask"] * 3
    assert lab.waiting == ["Work"]


@pytest.mark.parametrize("kind", STOP)
def test_every_boundary_event_that_interrupts_takes_its_activity_away(kind: str) -> None:
    lab = STOP[kind](model("boundaries").start())
    assert f"{kind}StopTask" in lab.path()
    assert "Work" not in lab.path()
    assert lab.state == "completed"
