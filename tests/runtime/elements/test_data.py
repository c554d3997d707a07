from baton.model import commands
from baton.model.records import Subscription
from tests.runtime.elements.here import example, model


def test_data_objects_are_written_and_read_by_associations() -> None:
    lab = example("data").start(box=7, year=2026).complete("Scan", scan="page")
    assert lab.variables["document"] == "page"
    assert lab.instance.get_visible_variables(lab.task("Store").token)["file"] == "page"


def test_mappings_may_be_texts_lists_and_maps() -> None:
    lab = example("data").start(box=7, year=2026).complete("Scan", scan="page").complete("Store")
    seen = lab.instance.get_visible_variables(lab.task("Label").token)
    assert (seen["text"], seen["tags"], seen["about"]) == ("Box 7", ["paper", 2026], {"box": 7})
    assert lab.complete("Label", done=True).variables["labelled"] is True


def test_pools_are_processes_that_send_each_other_messages() -> None:
    guest = example("collaboration").start("guest")
    assert [(sent.name, sent.target_process) for sent in guest.sent] == [("MealOrdered", "waiter")]
    waiter = example("collaboration")
    waiter.send(commands.StartInstance(definition_id="waiter:1:lab", start_element="MealOrdered"))
    waiter.complete("Cook")
    assert [(sent.name, sent.target_process) for sent in waiter.sent] == [("MealServed", "guest")]
    assert guest.message("MealServed").waiting == ["Eat"]


def test_with_output_mappings_of_zeebe_nothing_else_leaves_the_task() -> None:
    lab = model("zeebe_mapping").start(a=1)
    assert lab.instance.get_visible_variables(lab.task("Work").token)["in"] == {"a": 1}
    lab.complete("Work", result=2, other=3)
    assert lab.variables == {"a": 1, "kept": {"result": 2}}


def test_data_comes_out_of_a_catching_event_and_goes_into_a_throwing_one() -> None:
    lab = model("event_data").start().message("m", content="hello")
    assert lab.variables["kept"] == "hello"
    assert [(sent.name, sent.variables) for sent in lab.sent] == [("n", {"text": "hello"})]


def test_start_and_boundary_events_have_output_mappings() -> None:
    lab = model("event_outputs").start(who="ada").message("m", content="x")
    assert (lab.variables["begun"], lab.variables["copy"]) == ("ada", "x")


def test_input_mappings_of_a_catching_event_are_seen_by_what_it_waits_for() -> None:
    lab = model("catch_inputs").start(order="o")
    (subscription,) = lab.open(Subscription)
    assert subscription.correlation_key == "o-x"
    assert lab.message("m").variables == {"order": "o"}
