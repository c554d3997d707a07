"""``/simulation``: run a draft with the real engine, step by step; the server keeps nothing of it."""

from __future__ import annotations

from baton.model.errors import BadRequest
from baton.service import Pausing, Resource, engine_tasks
from baton.web.answers.simulation import SimulationAnswer, show_simulation
from baton.web.context import RequestContext
from baton.web.models.simulation import Simulate
from baton.web.routes.group import Group

GROUP = Group("Simulation", "Run a draft with the real engine, without deploying it", resource="process-definition")
DRAFT = "draft.bpmn"


@GROUP.post(
    "/simulation",
    "One step of a simulated instance: state and command in, state and events out",
    changes=False,
    baton_extension=True,
    needs="process-definition:check",
)
def simulate(context: RequestContext, body: Simulate) -> SimulationAnswer:
    return show_simulation(context.engine.compute.run_with_engine(engine_tasks.simulate, _make_step(body)))


def _make_step(body: Simulate) -> engine_tasks.SimulationStep:
    if (body.bpmn is None) == (body.processDefinitionId is None):
        raise BadRequest("Expected exactly one of 'bpmn' and 'processDefinitionId'")
    beside = [Resource(resource.name, resource.content.encode()) for resource in body.resources or ()]
    return engine_tasks.SimulationStep(
        resources=() if body.bpmn is None else (Resource(DRAFT, body.bpmn.encode()), *beside),
        process_id=body.processId,
        definition_id=body.processDefinitionId or "",
        state=body.state,
        request=None if body.command is None else body.command.to_request(),
        now=body.now,
        pausing=Pausing(stop_at=frozenset(body.stopAt or ()), at_once=body.pause or False, plan_to=body.planTo),
    )
