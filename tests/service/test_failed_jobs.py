"""A step that fails leaves a failed job, with an incident of that type."""

from __future__ import annotations

import pytest

from baton.model.commands import SetJob
from baton.service import Engine
from baton.service.core.queries import IncidentQuery, JobQuery
from tests.service.processes import bpmn, deploy, line

SCRIPT = '<scriptTask id="t" scriptFormat="python"><script>y = 1 / x</script></scriptTask>'
CONDITION = (
    '<startEvent id="s"/><exclusiveGateway id="t"/><endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>'
    '<sequenceFlow id="g" sourceRef="t" targetRef="e"><conditionExpression>${nothing}</conditionExpression>'
    '</sequenceFlow><sequenceFlow id="h" sourceRef="t" targetRef="e"><conditionExpression>${x &gt; 1}'
    "</conditionExpression></sequenceFlow>"
)


@pytest.mark.parametrize("body", [line(SCRIPT), CONDITION])
def test_statistics_count_what_a_failed_step_leaves_as_a_failed_job(engine: Engine, body: str) -> None:
    definition = deploy(engine, bpmn(body))
    engine.starts.start(definition.id, variables={"x": 0})

    (incident,) = engine.incidents.find(IncidentQuery(kind="failedJob"))
    (job,) = engine.jobs.find(JobQuery())

    assert incident.configuration == job.id
    assert engine.instances.count_by_element(definition.id)["t"].incidents == {"failedJob": 1}


def test_a_job_that_is_retried_and_fails_again_has_its_id(engine: Engine) -> None:
    header = engine.starts.start(deploy(engine, bpmn(line(SCRIPT))).id, variables={"x": 0})
    (job,) = engine.jobs.find(JobQuery())

    for _ in range(2):
        engine.mailbox.submit(header.id, SetJob(job_id=job.id, retries=1))
        engine.run_due()

    (again,) = engine.jobs.find(JobQuery())
    assert (again.id, again.retries) == (job.id, 0)
    assert [incident.configuration for incident in engine.incidents.find(IncidentQuery())] == [job.id]
