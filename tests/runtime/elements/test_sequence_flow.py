from tests.runtime.elements.here import completed, example, model


def test_a_task_takes_every_flow_whose_condition_holds() -> None:
    lab = example("sequence-flow").start(total=150, email="a@b")
    lab.complete("CheckOrder")
    assert lab.waiting == ["Notify", "ShipFree"]


def test_the_default_flow_is_taken_when_no_condition_holds() -> None:
    lab = example("sequence-flow").start(total=10, email="").complete("CheckOrder")
    assert lab.waiting == ["ShipPaid"]
    lab.complete("ShipPaid").complete("Archive")
    assert lab.state == "completed"


def test_a_node_without_join_is_entered_by_each_token() -> None:
    lab = model("mixed_parallel").start()
    assert lab.waiting == ["X", "Y"]
    lab.complete("X").complete("Y")
    assert completed(lab, "End") == ["End", "End"]
    assert lab.state == "completed"


def test_a_process_without_start_and_end_begins_wherever_nothing_leads_to_and_ends_with_the_last_token() -> None:
    lab = model("no_start_no_end").start()
    assert lab.waiting == ["A", "B"]
    lab.complete("A").complete("B")
    assert lab.waiting == ["C"]
    assert lab.complete("C").state == "completed"


def test_flows_without_id_are_flows() -> None:
    lab = model("flows_without_id").start().complete("A")
    assert lab.path() == ["Start", "A", "End"]


def test_conditions_may_be_written_in_each_dialect() -> None:
    taken = {"Juel": [1, 2, 3], "Feel": [1, 11], "Python": [5], "Rest": []}
    for task, values in taken.items():
        assert task in model("dialects").start(list=values).path()
