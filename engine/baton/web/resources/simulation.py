"""``/simulation``: run a draft with the real engine, step by step; the server keeps nothing of it."""

from __future__ import annotations

from typing import Any

from baton.model.errors import BadRequest
from baton.service import Resource
from baton.web.answers.simulation import SimulationAnswer, show_simulation
from baton.web.context import RequestContext
from baton.web.models.simulation import Simulate
from baton.web.routes.group import Group

GROUP = Group("Simulation", "Run a draft with the real engine, without deploying it")
DRAFT = "draft.bpmn"


@GROUP.post(
    "/simulation",
    "One step of a simulated instance: state and command in, state and events out",
    changes=False,
    baton_extension=True,
)
def simulate(context: RequestContext, body: Simulate) -> SimulationAnswer:
    request = None if body.command is None else body.command.request()
    return show_simulation(context.engine.simulator.run(_draft(context, body), body.state, request, body.now))


def _draft(context: RequestContext, body: Simulate) -> Any:
    if (body.bpmn is None) == (body.processDefinitionId is None):
        raise BadRequest("Expected exactly one of 'bpmn' and 'processDefinitionId'")
    if body.bpmn is None:
        return context.engine.drafts.read_definition(body.processDefinitionId or "")
    beside = [Resource(one.name, one.content.encode()) for one in body.resources or ()]
    return context.engine.drafts.read_files([Resource(DRAFT, body.bpmn.encode()), *beside], body.processId)
