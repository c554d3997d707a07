"""``/simulation``: run a draft with the real engine, step by step; the server keeps nothing of it."""

from __future__ import annotations

from typing import Any

from baton.model.errors import BadRequest
from baton.service import Resource, SimulationRequest
from baton.web.call import Call
from baton.web.routing import Group
from baton.web.shapes.simulation import ANSWER, ASK, simulation_json

GROUP = Group("Simulation", "Run a draft with the real engine, without deploying it")
DRAFT = "draft.bpmn"


@GROUP.post(
    "/simulation",
    "One step of a simulated instance: state and command in, state and events out",
    body=ASK,
    answer=ANSWER,
    changes=False,
    ours=True,
)
def simulate(call: Call) -> dict[str, Any]:
    body = call.body
    found = call.engine.simulator.run(_draft(call), body.get("state"), _ask(body.get("command")), body.get("now"))
    return simulation_json(found)


def _draft(call: Call) -> Any:
    body = call.body
    xml, definition_id = body.get("bpmn"), body.get("processDefinitionId")
    if (xml is None) == (definition_id is None):
        raise BadRequest("Expected exactly one of 'bpmn' and 'processDefinitionId'")
    if xml is None:
        return call.engine.drafts.read_definition(definition_id or "")
    beside = [Resource(one["name"], one["content"].encode()) for one in body.get("resources", ())]
    return call.engine.drafts.read_files([Resource(DRAFT, xml.encode()), *beside], body.get("processId"))


def _ask(command: dict[str, Any] | None) -> SimulationRequest | None:
    if command is None:
        return None
    return SimulationRequest(
        kind=command["type"],
        id=command.get("id"),
        element=command.get("activityId"),
        name=command.get("name"),
        code=command.get("code"),
        message=command.get("message"),
        retries=command.get("retries"),
        business_key=command.get("businessKey"),
        before=command.get("startBefore", ()),
        compensate=command.get("compensate", False),
        variables=command.get("variables", {}),
    )
