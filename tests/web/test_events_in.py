"""``/message``, ``/signal``, ``/event-subscription``, ``/execution`` and ``/job``: what instances wait for."""

from __future__ import annotations

from tests.web.conftest import Api


def test_a_message_finds_its_instance_by_business_key(api: Api) -> None:
    api.deploy("waiting")
    first = api.start("waiting", "A-1")
    api.start("waiting", "A-2")
    body = {
        "messageName": "Payment",
        "businessKey": "A-1",
        "processVariables": {"paid": {"value": True, "type": "Boolean"}},
        "resultEnabled": True,
    }
    (result,) = api.post("/message", body, 200)
    assert result["resultType"] == "Execution"
    assert result["execution"]["processInstanceId"] == first
    assert result["processInstance"] is None
    assert api.get(f"/process-instance/{first}/variables/paid")["value"] is True
    assert api.get("/event-subscription/count")["count"] == 1


def test_a_message_without_result_answers_nothing(api: Api) -> None:
    api.deploy("waiting")
    api.start("waiting", "A-1", order=7)
    keys = {"order": {"value": 7, "type": "Integer"}}
    api.post("/message", {"messageName": "Payment", "correlationKeys": keys}, 204)


def test_a_message_that_fits_none_or_several_is_refused_as_camunda_does(api: Api) -> None:
    api.deploy("waiting")
    api.start("waiting", "A-1")
    api.start("waiting", "A-1")
    for body in ({"messageName": "Payment", "businessKey": "A-9"}, {"messageName": "Payment", "businessKey": "A-1"}):
        refused = api.post("/message", body, 400)
        assert refused["type"] == "MismatchingMessageCorrelationException"
    api.post("/message", {"messageName": "Payment", "businessKey": "A-1", "all": True}, 204)


def test_both_ways_to_say_the_tenant_are_refused(api: Api) -> None:
    api.post("/message", {"messageName": "m", "tenantId": "t", "withoutTenantId": True}, 400)
    assert "messageName" in api.post("/message", {}, 400)["message"]


def test_a_subscription_names_the_execution_that_can_be_triggered(api: Api) -> None:
    api.deploy("waiting")
    instance = api.start("waiting", "A-1")
    (found,) = api.get("/event-subscription", eventType="message", processInstanceId=instance)
    assert (found["eventName"], found["activityId"]) == ("Payment", "Paid")
    execution = found["executionId"]
    assert [item["id"] for item in api.get("/execution", messageEventSubscriptionName="Payment")] == [execution]
    assert api.get(f"/execution/{execution}")["processInstanceId"] == instance
    assert api.get(f"/execution/{execution}/messageSubscriptions/Payment")["id"] == found["id"]
    api.post(f"/execution/{execution}/messageSubscriptions/Payment/trigger", {"variables": {"a": {"value": 1}}}, 204)
    assert api.get("/event-subscription") == []
    api.post(f"/execution/{execution}/messageSubscriptions/Payment/trigger", {}, 500)


def test_a_receive_task_without_a_message_goes_on_when_its_execution_is_told_to(api: Api) -> None:
    api.deploy("receive")
    instance = api.start("receive")
    execution = api.get("/execution", activityId="Wait")[0]["id"]

    api.post(f"/execution/{execution}/signal", {"variables": {"a": {"value": 1}}}, 204)
    api.post(f"/execution/{execution}/signal", {}, 500)
    tokens = api.get(f"/process-instance/{instance}/snapshot")["tokens"]
    api.post(f"/execution/{instance}/signal", {}, 204)

    assert [token["element"] for token in tokens if token["kind"] == "receiveTask"] == ["Again"]
    assert api.get("/event-subscription") == []
    assert api.get(f"/history/process-instance/{instance}")["state"] == "COMPLETED"


def test_a_timer_is_a_job_that_can_be_executed_now(api: Api) -> None:
    api.deploy("waiting")
    instance = api.start("waiting", "A-1")
    api.post("/message", {"messageName": "Payment", "businessKey": "A-1"}, 204)
    (job,) = api.get("/job", timers="true", processInstanceId=instance)
    assert job["dueDate"] > job["createTime"]
    assert (job["retries"], job["suspended"], job["exceptionMessage"]) == (3, False, None)
    api.put(f"/job/{job['id']}/duedate", {"duedate": "2040-01-01T00:00:00.000+0000"}, 204)
    assert api.get(f"/job/{job['id']}")["dueDate"] == "2040-01-01T00:00:00.000+0000"
    assert api.get("/job/count", dueDates="gt_2039-01-01T00:00:00.000+0000")["count"] == 1
    api.put(f"/job/{job['id']}/retries", {"retries": 5}, 204)
    api.call("POST", f"/job/{job['id']}/execute", 204)
    assert api.get(f"/history/process-instance/{instance}")["state"] == "COMPLETED"
    api.get(f"/job/{job['id']}", 404)


def test_retries_of_jobs_are_set_for_many_jobs_and_for_many_instances(api: Api) -> None:
    api.deploy("waiting")
    instances = [api.start("waiting", key) for key in ("A-1", "A-2", "A-3")]
    for key in ("A-1", "A-2", "A-3"):
        api.post("/message", {"messageName": "Payment", "businessKey": key}, 204)
    job = api.get("/job", processInstanceId=instances[0])[0]["id"]

    one = api.post("/job/retries", {"retries": 7, "jobIds": [job, job]}, 200)
    body = {"retries": 8, "processInstances": [instances[1]], "processInstanceQuery": {"businessKey": "A-3"}}
    two = api.post("/process-instance/job-retries", body, 200)
    api.run_batches()

    assert ((one["type"], one["totalJobs"]), two["totalJobs"]) == (("set-job-retries", 1), 2)
    assert [api.get("/job", processInstanceId=instance)[0]["retries"] for instance in instances] == [7, 8, 8]
    assert "processInstanceQuery" in api.post("/process-instance/job-retries", {"retries": 1}, 400)["message"]


def test_a_job_whose_retries_are_set_to_0_is_an_incident_until_it_has_new_ones(api: Api) -> None:
    api.deploy("waiting")
    api.start("waiting", "A-1")
    api.post("/message", {"messageName": "Payment", "businessKey": "A-1"}, 204)
    (job,) = api.get("/job")

    api.put(f"/job/{job['id']}/retries", {"retries": 0}, 204)
    found = [(item["incidentType"], item["configuration"]) for item in api.get("/incident")]
    api.put(f"/job/{job['id']}/retries", {"retries": 3}, 204)

    assert found == [("failedJob", job["id"])]
    assert api.get("/incident") == []


def test_a_signal_that_nobody_waits_for_is_no_error(api: Api) -> None:
    api.post("/signal", {"name": "anything", "variables": {"a": {"value": 1}}}, 204)
    assert "name" in api.post("/signal", {}, 400)["message"]
