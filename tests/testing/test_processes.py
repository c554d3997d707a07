"""``baton.testing`` as its users have it: fixtures, expectations, a clock that is moved."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from baton.testing import TestClock, TestEngine, make_task
from baton.worker import Failure, Task, worker
from tests.testing import processes


@pytest.fixture
def contract(engine: TestEngine, tmp_path: Path) -> TestEngine:
    (tmp_path / "contract.bpmn").write_text(processes.CONTRACT)
    engine.deploy(tmp_path)
    engine.run(workers=[processes])
    return engine


def test_workers_do_what_they_can_until_a_person_is_needed(contract: TestEngine) -> None:
    running = contract.start("contract", {"item": "piano"})
    running.wait_for("Approve")
    assert running.variables["reservation"] == "R-piano"
    running.complete("Approve", {"by": "ann"})
    running.assert_ended("completed", at="Signed")
    running.assert_passed("Reserve", "Contract", "Approve", "Signed")


def test_time_that_is_skipped_fires_timers_and_what_follows_is_undone_in_reverse(
    contract: TestEngine, clock: TestClock
) -> None:
    running = contract.start("contract", {"item": "piano"}).wait_for("Approve")
    clock.skip("P13D")
    running.wait_for("Approve")
    clock.skip(timedelta(days=1))
    running.assert_undone("Contract", "Reserve")
    running.assert_ended(at="GivenUp")


def test_a_failed_task_is_tried_again_when_its_pause_has_been_skipped(contract: TestEngine, clock: TestClock) -> None:
    running = contract.start("contract", {"item": "piano", "notary": "away"}).wait_for("Contract")
    clock.skip("PT9M59S")
    running.wait_for("Contract")
    clock.skip("PT20M")
    running.wait_for("Approve")
    assert running.variables["attempts"] == 3


def test_a_function_that_lets_more_time_pass_than_its_timeout_has_failed_and_is_tried_again(
    contract: TestEngine, clock: TestClock
) -> None:
    attempts: list[int] = []

    @worker("contract", timeout=20)
    def sign(task: Task) -> dict[str, int]:
        attempts.append(task.attempt)
        clock.skip("PT30S" if task.attempt == 1 else "PT19S")
        return {"attempts": task.attempt}

    contract.run(workers=[processes.reserve, sign])
    running = contract.start("contract", {"item": "piano"}).wait_for("Contract")
    assert "took longer than its timeout of 20 s" in str(running.history)
    clock.skip("PT10M")
    running.wait_for("Approve")
    assert attempts == [1, 2]


def test_each_timer_on_the_way_fires_at_its_own_moment(engine: TestEngine, clock: TestClock, tmp_path: Path) -> None:
    (tmp_path / "daily.bpmn").write_text(processes.EVERY_DAY)
    begun = clock.now
    engine.deploy(tmp_path)
    clock.skip("P3DT1H")
    found = [instance.snapshot.instance.started_at for instance in engine.list_instances("daily")]
    assert [moment.astimezone(UTC) - begun for moment in found] == [timedelta(days=day) for day in (1, 2, 3)]


def test_the_clock_stands_and_never_goes_back(clock: TestClock) -> None:
    before = clock.now
    with pytest.raises(ValueError, match="go forward"):
        clock.skip_to(datetime(2001, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="such as 'P14D'"):
        clock.skip("two weeks")
    assert clock.now == before


def test_a_wrong_expectation_says_where_the_instance_is(contract: TestEngine) -> None:
    running = contract.start("contract", {"item": "piano"})
    with pytest.raises(AssertionError, match=r"Expected a token at Signed.*waits at Approve \(person") as failed:
        running.wait_for("Signed")
    assert "'item': 'piano'" in str(failed.value)
    with pytest.raises(AssertionError, match=r"completed at Signed.*active"):
        running.assert_ended(at="Signed")
    with pytest.raises(AssertionError, match=r"\['Reserve'\], but found \[\]"):
        running.assert_undone("Reserve")
    with pytest.raises(AssertionError, match="passed Contract, Reserve in this order"):
        running.assert_passed("Contract", "Reserve")
    with pytest.raises(AssertionError, match="a token at Late"):
        running.get_task("Late")


def test_an_incident_is_expected_and_repaired(contract: TestEngine) -> None:
    running = contract.start("contract", {"notary": "here"})
    running.assert_incident("Reserve", "item")
    running.set_variables({"item": "flute"})
    running.retry_incidents()
    running.wait_for("Approve")


def test_a_test_begins_without_what_the_one_before_has_deployed(contract: TestEngine) -> None:
    assert [definition.version for definition in contract.client.list_definitions(key="contract")] == [1]
    assert contract.list_instances("contract") == []


def test_a_worker_that_fails_for_ever_is_no_test_for_ever(engine: TestEngine, tmp_path: Path) -> None:
    @worker("again", retry=2_000_000)
    def fail(task: Task) -> None:
        raise Failure("never")

    (tmp_path / "loop.bpmn").write_text(processes.LOOP)
    engine.deploy(tmp_path)
    engine.run(workers=[fail])
    with pytest.raises(AssertionError, match="Expected every token to wait or end"):
        engine.start("loop")


def test_a_function_is_tested_alone_with_a_task() -> None:
    assert processes.reserve.begin(make_task({"item": "flute"})) == {"reservation": "R-flute"}
    assert processes.sign_contract(make_task(attempt=2)) == {"attempts": 2}
    with pytest.raises(Failure, match="notary is away"):
        processes.sign_contract(make_task({"notary": "away"}))
    with pytest.raises(Failure, match="item"):
        processes.reserve.begin(make_task({"itme": "flute"}))


def test_a_task_holds_what_a_variable_can_hold() -> None:
    assert make_task({"day": datetime(2026, 1, 1, tzinfo=UTC).date()}).variables == {"day": "2026-01-01"}
    with pytest.raises(TypeError, match="where"):
        make_task({"where": object()})


def test_a_test_of_a_process_takes_a_fifth_of_a_second_at_most(contract: TestEngine) -> None:
    """CPU time of this thread, so that neither a busy machine nor what other tests left running matters."""
    began = time.thread_time()
    contract.start("contract", {"item": "piano"}).wait_for("Approve").complete("Approve")
    assert time.thread_time() - began < 0.2


RECEIPT = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn"><process id="paid" isExecutable="true"
  camunda:historyTimeToLive="1"><startEvent id="s"/><serviceTask id="Pay" camunda:type="external" camunda:topic="pay">
  <extensionElements><camunda:failedJobRetryTimeCycle>R1/PT1S</camunda:failedJobRetryTimeCycle><camunda:properties>
  <camunda:property name="baton:schema" value='{"properties": {"receipt": {"type": "string"}}}'/></camunda:properties>
  </extensionElements></serviceTask><endEvent id="e"/><sequenceFlow id="f1" sourceRef="s" targetRef="Pay"/>
  <sequenceFlow id="f2" sourceRef="Pay" targetRef="e"/></process></definitions>"""


def test_a_result_that_its_schema_refuses_is_a_failure_that_says_why(engine: TestEngine, tmp_path: Path) -> None:
    @worker("pay")
    def pay(_: Task) -> dict[str, int]:
        return {"receipt": 4111}

    (tmp_path / "paid.bpmn").write_text(RECEIPT)
    engine.deploy(tmp_path)
    engine.run(workers=[pay])

    running = engine.start("paid")

    running.assert_incident("Pay", 'receipt: the value is not of type "string"')
    assert "4111" not in str(running.snapshot.incidents)
