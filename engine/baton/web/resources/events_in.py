"""``/message``, ``/signal``, ``/condition``: what reaches instances from outside."""

from __future__ import annotations

from baton.model.errors import BadRequest
from baton.service import Correlated
from baton.web.answers.common import make_execution_id
from baton.web.answers.executions import CorrelationResult, Execution
from baton.web.answers.instances import ProcessInstance, show_instance
from baton.web.context import RequestContext
from baton.web.models.events_in import CorrelateMessage, EvaluateCondition, ThrowSignal
from baton.web.routes.group import Group
from baton.web.variables import to_rest_variables

GROUP = Group("Events", "Messages, signals and conditions from outside", resource="event", change="send")


@GROUP.post("/message", "Deliver a message to the one instance that waits for it, or start one")
def correlate_message(context: RequestContext, body: CorrelateMessage) -> list[CorrelationResult] | None:
    body.check_tenant()
    if body.variablesInResultEnabled and not body.resultEnabled:
        raise BadRequest("Expected resultEnabled with variablesInResultEnabled, but found only the latter")
    found = context.engine.messages.correlate(body.to_query(context.command_id))
    if not body.resultEnabled:
        return None
    return [_show(context, item, body.variablesInResultEnabled or False) for item in found]


def _show(context: RequestContext, correlated: Correlated, with_variables: bool) -> CorrelationResult:
    variables = None
    if with_variables:
        variables = to_rest_variables(context.engine.instance_reader.get_variables(correlated.header.id, 0), False)
    if correlated.subscription is None:
        started = show_instance(correlated.header, context.root)
        return CorrelationResult(resultType="ProcessDefinition", processInstance=started, variables=variables)
    execution = Execution(
        id=make_execution_id(correlated.header.id, correlated.subscription.token),
        processInstanceId=correlated.header.id,
        ended=correlated.header.state.is_ended,
        tenantId=correlated.header.tenant_id,
    )
    return CorrelationResult(resultType="Execution", execution=execution, variables=variables)


@GROUP.post("/signal", "Broadcast a signal to everything that waits for it")
def send_signal(context: RequestContext, body: ThrowSignal) -> None:
    body.check_tenant()
    context.engine.messages.send_signal(
        body.name, body.variables or {}, execution_id=body.executionId, command_id=context.command_id
    )


@GROUP.post("/condition", "Start instances whose conditional start event holds")
def evaluate_conditions(context: RequestContext, body: EvaluateCondition) -> list[ProcessInstance]:
    body.check_tenant()
    started = context.engine.starts.evaluate_conditions(
        body.variables,
        business_key=body.businessKey,
        definition_id=body.processDefinitionId,
        command_id=context.command_id,
    )
    return [show_instance(item, context.root) for item in started]
