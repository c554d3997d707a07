"""``/message``, ``/signal``, ``/condition``: what reaches instances from outside."""

from __future__ import annotations

from typing import Any

from baton.model.errors import BadRequest
from baton.service import Correlated, MessageQuery
from baton.web.call import Call
from baton.web.fields import Field, Shape, booleans, strings
from baton.web.routing import Group
from baton.web.shapes.common import execution_id
from baton.web.shapes.instances import INSTANCE, instance_json
from baton.web.variables import all_to_rest

GROUP = Group("Events", "Messages, signals and conditions from outside")

MESSAGE = Shape(
    "CorrelateMessage",
    (
        Field("messageName", required=True),
        *strings("businessKey", "tenantId", "processInstanceId", "processDefinitionId"),
        *booleans("withoutTenantId", "all", "resultEnabled", "variablesInResultEnabled", "startMessageOnly"),
        *(
            Field(name, "variables")
            for name in (
                "correlationKeys",
                "localCorrelationKeys",
                "processVariables",
                "processVariablesLocal",
                "processVariablesToTriggeredScope",
            )
        ),
        Field("messageId", doc="a repeated message with this id has no second effect"),
        Field("timeToLive", "integer", "milliseconds that the message waits for a receiver; 0: it must be there"),
    ),
)
RESULT = Shape(
    "CorrelationResult",
    (
        Field("resultType", choices=("Execution", "ProcessDefinition")),
        Field("execution", "object"),
        Field("processInstance", "object", shape=INSTANCE),
        Field("variables", "variables"),
    ),
)
SIGNAL = Shape(
    "ThrowSignal",
    (
        Field("name", required=True),
        *strings("executionId", "tenantId"),
        *booleans("withoutTenantId"),
        Field("variables", "variables"),
    ),
)
CONDITION = Shape(
    "EvaluateCondition",
    (
        Field("variables", "variables", required=True),
        *strings("businessKey", "tenantId", "processDefinitionId"),
        *booleans("withoutTenantId"),
    ),
)


@GROUP.post(
    "/message", "Deliver a message to the one instance that waits for it, or start one", body=MESSAGE, answer=(RESULT,)
)
def message(call: Call) -> list[dict[str, Any]] | None:
    body = call.body
    _one_tenant(body)
    if body.get("variablesInResultEnabled") and not body.get("resultEnabled"):
        raise BadRequest("Expected resultEnabled with variablesInResultEnabled, but found only the latter")
    local = {**body.get("processVariablesLocal", {}), **body.get("processVariablesToTriggeredScope", {})}
    found = call.engine.messages.correlate(
        MessageQuery(
            name=body["messageName"],
            business_key=body.get("businessKey"),
            correlation_keys=body.get("correlationKeys", {}),
            local_correlation_keys=body.get("localCorrelationKeys", {}),
            process_instance_id=body.get("processInstanceId"),
            definition_id=body.get("processDefinitionId"),
            start_only=body.get("startMessageOnly", False),
            variables=body.get("processVariables", {}),
            local_variables=local,
            all=body.get("all", False),
            tenant_id=body.get("tenantId"),
            without_tenant=body.get("withoutTenantId", False),
            message_id=body.get("messageId") or call.command_id,
            ttl_ms=body.get("timeToLive", 0),
        )
    )
    if not body.get("resultEnabled"):
        return None
    return [_result(call, one) for one in found]


def _one_tenant(body: dict[str, Any]) -> None:
    if body.get("tenantId") is not None and body.get("withoutTenantId"):
        raise BadRequest("Expected at most one of tenantId and withoutTenantId, but found both")


def _result(call: Call, one: Correlated) -> dict[str, Any]:
    shown: dict[str, Any] = {"resultType": "Execution", "execution": None, "processInstance": None}
    if one.subscription is None:
        shown.update(resultType="ProcessDefinition", processInstance=instance_json(one.header, call.root))
    else:
        shown["execution"] = {
            "id": execution_id(one.header.id, one.subscription.token),
            "processInstanceId": one.header.id,
            "ended": one.header.state.is_ended,
            "tenantId": one.header.tenant_id,
        }
    if call.body.get("variablesInResultEnabled"):
        shown["variables"] = all_to_rest(call.engine.instance_reader.get_variables(one.header.id, 0), False)
    return shown


@GROUP.post("/signal", "Broadcast a signal to everything that waits for it", body=SIGNAL)
def signal(call: Call) -> None:
    _one_tenant(call.body)
    call.engine.messages.send_signal(
        call.body["name"],
        call.body.get("variables", {}),
        execution_id=call.body.get("executionId"),
        command_id=call.command_id,
    )


@GROUP.post("/condition", "Start instances whose conditional start event holds", body=CONDITION, answer=(INSTANCE,))
def condition(call: Call) -> list[dict[str, Any]]:
    _one_tenant(call.body)
    started = call.engine.starts.evaluate_conditions(
        call.body["variables"],
        business_key=call.body.get("businessKey"),
        definition_id=call.body.get("processDefinitionId"),
        command_id=call.command_id,
    )
    return [instance_json(one, call.root) for one in started]
