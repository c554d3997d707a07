"""PyPI generic-camunda-client, unmodified: made from Camunda 7's own OpenAPI description, by which it reads answers."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import DEFINITIONS, Baton
from tests.web.diagrams import PERSON

# Its code has no types.
generated: Any = importlib.import_module("generic_camunda_client")
KEY = "gen-order"

pytestmark = pytest.mark.e2e


@pytest.fixture
def rest(baton: Baton, administrator_key: str) -> Iterator[Any]:
    """A function that makes the client's part for a group of paths. The client sends a key."""
    with generated.ApiClient(generated.Configuration(host=baton.rest.url)) as client:
        client.set_default_header("Authorization", f"Bearer {administrator_key}")
        yield lambda group: getattr(generated, f"{group}Api")(client)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The order of the samples under an id and topics of its own."""
    text = (DEFINITIONS / "order-fulfilment" / "order-fulfilment.bpmn").read_text()
    for topic in ("reserve-inventory", "charge-payment", "create-shipment"):
        text = text.replace(f'camunda:topic="{topic}"', f'camunda:topic="{KEY}-{topic}"')
    path = tmp_path / f"{KEY}.bpmn"
    path.write_text(text.replace('"order-fulfilment"', f'"{KEY}"'))
    return path


def typed(value: Any, type_: str) -> Any:
    return generated.VariableValueDto(value=value, type=type_)


def fetch(rest: Any, topic: str) -> Any:
    """The one task of a topic, locked."""
    wanted = generated.FetchExternalTaskTopicDto(topic_name=f"{KEY}-{topic}", lock_duration=20_000)
    asked = generated.FetchExternalTasksDto(
        worker_id="gen", max_tasks=1, use_priority=True, async_response_timeout=20_000, topics=[wanted]
    )
    [task] = rest("ExternalTask").fetch_and_lock(fetch_external_tasks_dto=asked)
    return task


def complete(rest: Any, task: Any, **variables: Any) -> None:
    result = generated.CompleteExternalTaskDto(worker_id="gen", variables=variables)
    rest("ExternalTask").complete_external_task_resource(task.id, complete_external_task_dto=result)


def test_the_generated_client_takes_an_order_from_deployment_to_its_history(rest: Any, model: Path) -> None:
    rest("Deployment").create_deployment(deployment_name=KEY, enable_duplicate_filtering=True, data=str(model))
    [definition] = rest("ProcessDefinition").get_process_definitions(key=KEY, latest_version=True)
    given = {"item": typed("grand-piano", "String"), "amount": typed(5, "Long"), "card": typed("1", "String")}
    begun = generated.StartProcessInstanceDto(
        business_key="GEN-1", variables={**given, "patience": typed("PT1H", "String")}
    )
    instance = rest("ProcessDefinition").start_process_instance(definition.id, start_process_instance_dto=begun).id

    reserve = fetch(rest, "reserve-inventory")
    failed = generated.ExternalTaskFailureDto(worker_id="gen", error_message="busy", error_details="stack", retries=0)
    rest("ExternalTask").handle_failure(reserve.id, external_task_failure_dto=failed)
    [incident] = rest("Incident").get_incidents(process_instance_id=instance)
    assert (incident.incident_message, incident.configuration) == ("busy", reserve.id)
    complete(rest, reserve, reservation=typed("R-1", "String"))
    assert rest("Incident").get_incidents_count(process_instance_id=instance).count == 0

    complete(rest, fetch(rest, "charge-payment"))
    error = generated.ExternalTaskBpmnError(
        worker_id="gen", error_code="out-of-stock", variables={"patience": typed("PT1H", "String")}
    )
    rest("ExternalTask").handle_external_task_bpmn_error(
        fetch(rest, "create-shipment").id, external_task_bpmn_error=error
    )

    tree = rest("ProcessInstance").get_activity_instance_tree(instance)
    assert [child.activity_id for child in tree.child_activity_instances] == ["WaitForStock"]
    [subscription] = rest("EventSubscription").get_event_subscriptions(process_instance_id=instance)
    [job] = rest("Job").query_jobs(job_query_dto=generated.JobQueryDto(process_instance_id=instance, timers=True))
    assert (subscription.event_name, job.process_definition_key) == ("StockArrived", KEY)
    message = generated.CorrelationMessageDto(message_name="StockArrived", business_key="GEN-1", result_enabled=True)
    [result] = rest("Message").deliver_message(correlation_message_dto=message)
    assert result.execution.process_instance_id == instance
    complete(rest, fetch(rest, "create-shipment"))

    filters = generated.HistoricActivityInstanceQueryDto(process_instance_id=instance, activity_id="CreateShipment")
    found = rest("HistoricActivityInstance").query_historic_activity_instances(
        historic_activity_instance_query_dto=filters
    )
    assert sorted(visit.canceled for visit in found) == [False, True]
    logged = rest("HistoricExternalTaskLog").get_historic_external_task_logs(
        process_instance_id=instance, failure_log=True
    )
    assert [entry.error_message for entry in logged] == ["busy"]


def test_the_generated_client_does_the_work_of_a_person(rest: Any, baton: Baton, tmp_path: Path) -> None:
    path = tmp_path / "person.bpmn"
    path.write_text(PERSON)
    baton.deploy(path)
    instance = baton.begin("person", {"amount": 3})
    tasks = rest("Task")

    query = generated.TaskQueryDto(
        process_instance_id=instance,
        candidate_group="sales",
        sorting=[generated.TaskQueryDtoSorting(sort_by="created", sort_order="desc")],
    )
    [task] = tasks.query_tasks(task_query_dto=query)
    tasks.claim(task.id, user_id_dto=generated.UserIdDto(user_id="ann"))
    assert tasks.get_task(task.id).assignee == "ann"
    assert rest("TaskVariable").get_task_variables(task.id)["amount"].value == 3
    done = generated.CompleteTaskDto(variables={"verdict": typed("yes", "String")}, with_variables_in_return=True)
    assert tasks.complete(task.id, complete_task_dto=done)["verdict"].value == "yes"

    [variable] = rest("HistoricVariableInstance").get_historic_variable_instances(
        process_instance_id=instance, variable_name="verdict"
    )
    [ended] = rest("HistoricProcessInstance").get_historic_process_instances(process_instance_ids=instance)
    assert (variable.value, ended.state) == ("yes", "COMPLETED")
