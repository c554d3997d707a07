"""PyPI pycamunda, unmodified, deploys, starts, lists, works, correlates and deletes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pycamunda.activityinst
import pycamunda.deployment
import pycamunda.externaltask
import pycamunda.incident
import pycamunda.message
import pycamunda.processdef
import pycamunda.processinst
import pycamunda.version
import pytest

from tests.running import DEFINITIONS, Baton

MODEL = DEFINITIONS / "order-fulfilment" / "order-fulfilment.bpmn"

pytestmark = pytest.mark.e2e


@pytest.fixture
def url(baton: Baton, administrator_key: str) -> str:
    """With a key as the password of HTTP Basic."""
    return baton.rest.url.replace("://", f"://anything:{administrator_key}@")


def renamed(folder: Path, key: str) -> Path:
    """The sample under another process id, so that other tests' workers and versions are not in the way."""
    path = folder / f"{key}.bpmn"
    text = MODEL.read_text().replace('"order-fulfilment"', f'"{key}"')
    for topic in ("reserve-inventory", "charge-payment", "create-shipment"):
        text = text.replace(f'camunda:topic="{topic}"', f'camunda:topic="{key}-{topic}"')
    path.write_text(text)
    return path


def deploy(url: str, path: Path, *, filtering: bool = False) -> pycamunda.deployment.DeploymentWithDefinitions:
    request = pycamunda.deployment.Create(url, name=path.stem, source="pycamunda", enable_duplicate_filtering=filtering)
    with path.open("rb") as file:
        request.add_resource(file)
        return request()


def value_of(variable: Any) -> Any:
    """pycamunda annotates its variables as dicts, and they are objects."""
    return variable.value


def start(url: str, key: str, business_key: str) -> str:
    request = pycamunda.processdef.StartInstance(url, key=key, business_key=business_key)
    request.add_variable("item", "grand-piano", "String")
    request.add_variable("amount", 28900, "Long")
    return request().id_


def work(url: str, topic: str, key: str) -> pycamunda.externaltask.ExternalTask:
    request = pycamunda.externaltask.FetchAndLock(url, worker_id="pyc", max_tasks=1, async_response_timeout=5000)
    request.add_topic(f"{key}-{topic}", lock_duration=10_000)
    [task] = request()
    return task


def test_it_deploys_and_a_second_time_with_filtering_changes_nothing(url: str, tmp_path: Path) -> None:
    path = renamed(tmp_path, "pyc-deploy")
    first = deploy(url, path)
    deploy(url, path, filtering=True)

    [definition] = pycamunda.processdef.GetList(url, key="pyc-deploy")()
    assert (definition.version, definition.name) == (1, "Order fulfilment")
    assert pycamunda.processdef.Count(url, key="pyc-deploy")() == 1
    assert "pyc-deploy.bpmn" in [resource.name for resource in pycamunda.deployment.GetResources(url, first.id_)()]
    assert "ReserveInventory" in pycamunda.processdef.GetXML(url, key="pyc-deploy")()


def test_it_starts_works_correlates_and_lists(url: str, tmp_path: Path) -> None:
    key = "pyc-order"
    deploy(url, renamed(tmp_path, key))
    instance = start(url, key, "PYC-1")

    task = work(url, "reserve-inventory", key)
    assert (task.process_instance_id, task.business_key) == (instance, "PYC-1")
    assert value_of(task.variables["amount"]) == 28900
    pycamunda.externaltask.ExtendLock(url, task.id_, new_duration=20_000, worker_id="pyc")()
    complete = pycamunda.externaltask.Complete(url, task.id_, worker_id="pyc")
    complete.add_variable("reservation", "R-1", "String")
    complete()

    charge = work(url, "charge-payment", key)
    [listed] = pycamunda.externaltask.GetList(url, process_instance_id=instance)()
    assert (listed.id_, listed.worker_id, listed.activity_id) == (charge.id_, "pyc", "ChargePayment")
    pycamunda.externaltask.Complete(url, charge.id_, worker_id="pyc")()

    error = pycamunda.externaltask.HandleBPMNError(
        url, work(url, "create-shipment", key).id_, worker_id="pyc", error_code="out-of-stock"
    )
    error.add_variable("patience", "PT10M", "String")
    error()

    tree = pycamunda.processinst.GetActivityInstance(url, instance)()
    assert [child.activity_id for child in tree.child_activity_instances] == ["WaitForStock"]
    [found] = pycamunda.processinst.GetList(url, business_key="PYC-1", active=True)()
    assert found.id_ == instance
    pycamunda.message.CorrelateSingle(url, "StockArrived", business_key="PYC-1", result_enabled=True)()

    shipment = work(url, "create-shipment", key)
    assert value_of(shipment.variables["stockArrived"]) is True
    variables = pycamunda.processinst.VariablesGetList(url, instance)()
    assert value_of(variables["reservation"]) == "R-1"


def test_a_failure_without_retries_left_is_an_incident_and_new_retries_resolve_it(url: str, tmp_path: Path) -> None:
    key = "pyc-fail"
    deploy(url, renamed(tmp_path, key))
    instance = start(url, key, "PYC-2")
    task = work(url, "reserve-inventory", key)
    pycamunda.externaltask.HandleFailure(
        url, task.id_, worker_id="pyc", error_message="no answer", error_details="stack", retries=0, retry_timeout=0
    )()

    [incident] = pycamunda.incident.GetList(url, process_instance_id=instance)()
    assert (incident.incident_message, incident.activity_id) == ("no answer", "ReserveInventory")
    pycamunda.externaltask.SetRetries(url, task.id_, retries=1)()
    assert pycamunda.incident.GetList(url, process_instance_id=instance)() == ()
    assert work(url, "reserve-inventory", key).id_ == task.id_


def test_it_suspends_activates_and_deletes(baton: Baton, url: str, tmp_path: Path) -> None:
    key = "pyc-delete"
    deploy(url, renamed(tmp_path, key))
    instance = start(url, key, "PYC-3")
    pycamunda.processinst.Suspend(url, instance)()
    assert pycamunda.processinst.Get(url, instance)().suspended
    pycamunda.processinst.Activate(url, instance)()
    assert not pycamunda.processinst.Get(url, instance)().suspended
    pycamunda.processinst.Delete(url, instance)()

    assert pycamunda.processinst.GetList(url, business_key="PYC-3")() == ()
    assert baton.header(instance)["state"] == "cancelled"
    assert pycamunda.version.Get(url)()
