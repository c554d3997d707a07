from baton.model import commands
from baton.model.records import UserTask
from tests.runtime.elements.here import completed, example, model
from tests.runtime.lab import WORKER


def test_a_loop_that_tests_before_may_do_nothing() -> None:
    assert example("standard-loop").start(errors=0).waiting == ["Print"]


def test_a_loop_goes_on_while_its_condition_holds_and_no_longer_than_its_maximum() -> None:
    lab = example("standard-loop").start(errors=2).complete("Correct", errors=1).complete("Correct", errors=0)
    assert lab.waiting == ["Print"]
    lab = example("standard-loop").start(errors=9)
    for _ in range(5):
        lab.complete("Correct")
    assert lab.waiting == ["Print"]


def test_a_loop_that_tests_after_does_it_once_at_least() -> None:
    lab = model("loop_after").start(more=False)
    assert lab.waiting == ["Do"]
    assert lab.complete("Do").state == "completed"


def test_a_subprocess_may_be_looped() -> None:
    lab = model("loop_sub").start().complete("Work").complete("Work")
    assert lab.state == "completed"
    assert completed(lab, "Work") == ["Work", "Work"]


def test_instances_run_at_once_until_the_completion_condition_holds() -> None:
    lab = example("multi-instance").start(guests=["a", "b", "c"], needed=2)
    assert lab.waiting == ["Invite"] * 3
    guests = [lab.instance.get_visible_variables(task.token)["guest"] for task in lab.open_tasks]
    assert guests == ["a", "b", "c"]
    lab.complete("Invite").complete("Invite")
    assert lab.waiting == ["SetTable"]


def test_sequential_instances_run_one_after_the_other_and_are_counted() -> None:
    lab = example("multi-instance").start(guests=[], needed=2)
    for number in range(2):
        (task,) = lab.open_tasks
        seen = lab.instance.get_visible_variables(task.token)
        assert (seen["loopCounter"], seen["nrOfInstances"]) == (number, 2)
        assert (seen["nrOfCompletedInstances"], seen["nrOfActiveInstances"]) == (number, 1)
        lab.complete("SetTable")
    assert lab.state == "completed"


def test_the_loop_variables_are_gone_afterwards() -> None:
    lab = example("multi-instance").start(guests=["a"], needed=0).complete("Invite")
    assert sorted(lab.variables) == ["guests", "needed"]


def test_each_instance_of_a_user_task_may_have_its_person() -> None:
    lab = model("multi_user").start(people=["ann", "bob"])
    assert [task.assignee for task in lab.open(UserTask)] == ["ann", "bob"]


def test_a_collection_may_come_from_data_and_results_be_collected_in_order() -> None:
    lab = model("multi_data").start(orders=[1, 2])
    first, second = lab.open_tasks
    for task, result in ((second, "b"), (first, "a")):
        local = {"result": result}
        lab.send(commands.CompleteExternalTask(task_id=task.id, worker_id=WORKER, local_variables=local))
    assert lab.variables["results"] == ["a", "b"]


def test_zeebe_collections_are_read_too() -> None:
    lab = model("multi_zeebe").start(orders=[1, 2, 3])
    while lab.open_tasks:
        lab.complete("Each")
    assert lab.variables["results"] == [2, 4, 6]


def test_a_boundary_event_ends_all_instances() -> None:
    lab = model("multi_sub").start().complete("Work").signal("s")
    assert lab.waiting == ["After"]


def test_what_an_instance_throws_when_it_completes_is_said_by_the_behaviour() -> None:
    for behavior, times in (("none", 3), ("one", 1), ("all", 0)):
        lab = model(f"multi_behavior_{behavior}").start()
        for _ in range(3):
            lab.complete("Each")
        assert completed(lab, "Seen") == ["Seen"] * times
        assert lab.state == "completed"
