"""Details of Camunda 7 models: jobs around each instance of a marker, what an error says."""

from __future__ import annotations

from baton.model.commands import FireJob, ResumeInstance, StartInstance, SuspendInstance
from baton.model.records import JobKind
from baton.model.values import Value
from tests.runtime.elements.here import model
from tests.runtime.lab import Lab

NAMES: list[Value] = ["Ann", "Bob", "Cid"]


def held(name: str, key: str) -> Lab:
    """Started, but suspended before the jobs that are due at once can run."""
    lab = model(name)
    lab.send(StartInstance(definition_id=f"{key}:1:lab", variables={"names": NAMES}), SuspendInstance())
    return lab


def fire(lab: Lab) -> int:
    """Run the first job and nothing else; how many there are then."""
    lab.offer(ResumeInstance(), FireJob(job_id=lab.jobs[0].id), SuspendInstance())
    return len(lab.jobs)


def test_a_job_stands_before_and_after_each_parallel_instance() -> None:
    lab = held("multi_async", "letters")

    assert [(job.kind, job.element) for job in lab.jobs] == [(JobKind.ASYNC, "Write")] * 3
    assert "written" not in lab.variables
    fire(lab)
    assert lab.variables["written"] == "Ann"
    assert len(lab.jobs) == 3
    lab.send(ResumeInstance())
    assert lab.state == "completed"
    assert lab.variables["written"] == "Cid"


def test_in_a_sequence_the_next_instance_gets_its_job_when_the_one_before_is_done() -> None:
    lab = held("multi_async_sequential", "lines")

    assert len(lab.jobs) == 1
    assert [fire(lab) for _ in range(5)] == [1] * 5
    assert lab.variables["written"] == "Cid"
    assert fire(lab) == 0
    assert lab.state == "completed"


def test_an_error_end_event_says_the_message_of_its_error() -> None:
    lab = model("error_message").start(days=3).complete("Drive")

    assert lab.state == "completed"
    assert lab.variables["why"] == "3 days late"


def test_a_failure_mapped_to_an_error_says_the_message_of_that_error() -> None:
    lab = model("error_message").start(days=2).fail("Drive", "jam")

    assert lab.path()[-1] == "Excused"
    assert lab.variables["why"] == "2 days late"
