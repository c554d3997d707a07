import pytest

from baton.expression.dmn import evaluate, read_dmn
from baton.model import commands
from baton.model.records import Subscription
from baton.model.times import to_datetime
from baton.runtime import Ports
from tests.runtime.elements.here import DAY, EXAMPLES, MINUTE, completed, example, model
from tests.runtime.lab import BEGIN, WORKER, Lab


def test_plain_and_manual_tasks_are_passed_at_once() -> None:
    assert example("task").start().path() == ["Start", "UnlockDoor", "SwitchOnLight", "End"]


def test_a_user_task_says_who_may_do_it_and_until_when() -> None:
    lab = example("user-task").start(manager="ada")
    task = lab.user_task("Decide")
    assert (task.assignee, task.candidate_groups, task.priority) == ("ada", ("hr", "leads"), 70)
    assert task.due == BEGIN + 2 * DAY
    assert lab.complete("Decide", approved=True).path()[-1] == "Granted"


def test_a_user_task_knows_candidates_and_a_follow_up_date() -> None:
    task = model("user_details").start().user_task("Do")
    assert task.follow_up is not None
    assert task.candidate_users == ("ann", "bob")
    assert to_datetime(task.follow_up).isoformat() == "2026-12-24T00:00:00+00:00"


def test_a_person_may_report_an_error_or_an_escalation() -> None:
    lab = model("user_details").start()
    lab.send(commands.ThrowTaskEscalation(task_id=lab.task("Do").id, escalation_code="x"))
    assert "Upped" in lab.path()
    lab.send(commands.ThrowTaskError(task_id=lab.task("Do").id, error_code="anything"))
    assert lab.state == "completed"
    assert "Do" not in lab.path()


def test_a_service_task_is_done_by_a_worker_with_mapped_variables() -> None:
    lab = example("service-task").start(order={"total": 50, "number": 7})
    task = lab.external_task("ChargeCard")
    assert (task.topic, task.priority, task.retries) == ("charge-card", 10, 3)
    assert lab.instance.get_visible_variables(task.token)["note"] == "Order 7"
    lab.complete("ChargeCard", receiptId="r-1", balance=100)
    assert lab.path()[-1] == "Paid"
    assert (lab.variables["receipt"], lab.variables["fee"]) == ("r-1", 1.0)
    assert "note" not in lab.variables


def test_an_error_mapping_makes_a_business_error_of_a_result() -> None:
    lab = example("service-task").start(order={"total": 50, "number": 7}).complete("ChargeCard", balance=1)
    assert lab.path()[-1] == "Refused"


def test_a_failed_service_task_backs_off_by_its_retry_cycle_and_ends_as_an_incident() -> None:
    lab = example("service-task").start(order={"total": 50, "number": 7}, balance=100)
    for left in (2, 1, 0):
        task = lab.task("ChargeCard")
        lab.send(commands.FailExternalTask(task_id=task.id, worker_id=WORKER, error_message="no"))
        assert lab.external_task("ChargeCard").retries == left
    assert lab.external_task("ChargeCard").not_before <= lab.now + MINUTE
    assert [incident.kind for incident in lab.incidents] == ["failedExternalTask"]
    lab.send(commands.SetExternalTask(task_id=lab.task("ChargeCard").id, retries=1))
    assert not lab.incidents
    assert lab.complete("ChargeCard", receiptId="r-2", balance=100).state == "completed"


def test_a_service_task_whose_retries_an_operator_sets_to_0_is_an_incident_until_it_has_new_ones() -> None:
    lab = example("service-task").start(order={"total": 50, "number": 7}, balance=100)
    task = lab.task("ChargeCard")

    for _ in range(2):
        lab.send(commands.SetExternalTask(task_id=task.id, retries=0))
    found = [(incident.kind, incident.configuration) for incident in lab.incidents]
    lab.send(commands.SetExternalTask(task_id=task.id, retries=1))

    assert found == [("failedExternalTask", task.id)]
    assert not lab.incidents


def test_a_send_task_sends_its_message_or_leaves_that_to_a_worker() -> None:
    lab = example("send-task").start().complete("Cook")
    assert [(sent.kind, sent.name) for sent in lab.sent] == [("message", "OrderReady")]
    assert lab.waiting == ["TellDriver"]
    assert lab.complete("TellDriver").state == "completed"


def test_a_receive_task_begins_an_instance_or_waits_in_one() -> None:
    lab = example("receive-task")
    lab.send(commands.StartInstance(definition_id="sale:1:lab", start_element="TakeOrder", variables={"n": 1}))
    assert lab.path() == ["TakeOrder"]
    assert lab.message("OrderPaid").waiting == ["Ship"]


def test_a_receive_task_may_be_given_up() -> None:
    lab = example("receive-task")
    lab.send(commands.StartInstance(definition_id="sale:1:lab", start_element="TakeOrder"))
    assert lab.wait(14 * DAY).path()[-1] == "Cancelled"


def test_a_script_sets_variables() -> None:
    lab = example("script-task").start(items=[{"price": 10, "count": 2}, {"price": 5, "count": 1}])
    assert lab.state == "completed"
    assert lab.variables["total"] == 25
    assert lab.variables["gross"] == pytest.approx(29.75)


def test_a_script_may_throw_a_business_error() -> None:
    assert example("script-task").start(items=[]).path()[-1] == "NothingToPrice"


def test_a_business_rule_task_asks_a_decision_table() -> None:
    lab = example("business-rule-task")
    lab.ports = Ports(lab.library, lab.ports.scripts, _Decisions())
    lab.instance = type(lab.instance)(lab.instance.id, lab.ports)
    assert lab.start(total=250).variables["discount"] == 10


class _Decisions:
    def __init__(self) -> None:
        self._reading = read_dmn((EXAMPLES / "business-rule-task.dmn").read_bytes())

    def evaluate(self, key, binding, version, deployment_id, variables, context=None):  # type: ignore[no-untyped-def]
        return evaluate(next(d for d in self._reading.decisions if d.id == key), variables)


def test_before_and_after_a_task_a_job_of_its_own_may_stand() -> None:
    lab = example("asynchronous")
    lab.send(commands.StartInstance(definition_id="report:1:lab"), commands.SuspendInstance())
    assert [(job.kind, job.element) for job in lab.jobs] == [("async", "Collect")]
    lab.send(commands.ResumeInstance())
    assert completed(lab, "Collect", "Print", "End") == ["Collect", "Print", "End"]


def test_jobs_stand_before_and_after_events_and_gateways_too() -> None:
    # given an instance that is held whenever a job is next
    lab = model("async_everywhere")
    lab.send(commands.StartInstance(definition_id="p:1:lab"), commands.SuspendInstance())
    seen = []
    while lab.state == "suspended":
        lab.offer(commands.ResumeInstance(), *_next(lab), commands.SuspendInstance())
        seen += [f"{job.element} {job.priority}" for job in lab.jobs]

    # then every job was there
    assert list(dict.fromkeys(seen)) == ["Split 9", "Wait 0", "Join 0", "End 0"]
    assert lab.path() == ["Start", "Split", "Side", "Wait", "Join", "End"]


def _next(lab: Lab) -> list[commands.Command]:
    """The next job, or the message that is waited for."""
    if lab.jobs:
        return [commands.FireJob(job_id=lab.jobs[0].id)]
    return [commands.DeliverMessage(subscription_id=sub.id) for sub in lab.open(Subscription)]


def test_a_step_that_fails_is_repeated_by_its_retry_cycle_and_only_then_an_incident() -> None:
    lab = model("async_fail").start(x=0)
    assert [(job.retries, job.due - lab.now) for job in lab.jobs] == [(2, MINUTE)]
    lab.wait(MINUTE)
    assert [job.retries for job in lab.jobs] == [1]
    assert not lab.incidents
    lab.wait(MINUTE)
    assert [incident.element for incident in lab.incidents] == ["Work"]
    lab.set(x=1)
    lab.send(commands.ResolveIncident(incident_id=lab.incidents[0].id))
    assert (lab.state, lab.variables["y"]) == ("completed", 1)


def test_a_failed_job_is_the_same_job_however_often_it_is_tried() -> None:
    lab = model("async_fail").start(x=0)
    (first,) = lab.jobs
    for _ in range(2):
        lab.wait(MINUTE)
        assert [job.id for job in lab.jobs] == [first.id]

    assert [(incident.kind, incident.configuration) for incident in lab.incidents] == [("failedJob", first.id)]
    lab.send(commands.ResolveIncident(incident_id=lab.incidents[0].id))
    assert [(job.id, job.created_at, job.retries) for job in lab.jobs] == [(first.id, first.created_at, 0)]
    assert [(incident.kind, incident.configuration) for incident in lab.incidents] == [("failedJob", first.id)]


def test_a_step_that_succeeds_at_its_second_try_needs_no_operator() -> None:
    lab = model("async_fail").start(x=0).set(x=2).wait(MINUTE)
    assert (lab.state, lab.variables["y"]) == ("completed", 0.5)


def test_quantities_multiply_and_collect_tokens() -> None:
    lab = example("quantities").start().complete("Bake")
    assert lab.waiting == ["FillBox", "FillBox"]
    lab.complete("FillBox").complete("FillBox")
    assert lab.state == "completed"


def test_fewer_tokens_than_the_start_quantity_wait() -> None:
    lab = example("quantities")
    lab.send(commands.StartInstance(definition_id="packing:1:lab", before=("FillBox", "FillBox")))
    assert lab.waiting == []
    assert dict(lab.header.tokens) == {"FillBox": 1}


def test_a_lab_without_tasks_says_where_it_is() -> None:
    with pytest.raises(AssertionError, match="no open task at 'Nowhere'"):
        Lab.of(EXAMPLES / "task.bpmn").start().task("Nowhere")
