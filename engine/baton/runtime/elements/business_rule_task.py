"""Business rule task: a decision table, a worker, or an expression (§13.3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from baton.expression.dmn import Results, map_result
from baton.model.attributes import CalledElement
from baton.model.definition import Node
from baton.model.events import EventType
from baton.runtime.core.errors import StepFailed
from baton.runtime.data import variables
from baton.runtime.data.expressions import Compiled, compile_optional, evaluate_text
from baton.runtime.elements.service_task import ServiceTask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from baton.model.values import Value
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Token

RESULT = "decisionResult"
"""Without a result variable the matched rules are a local variable of this name, for output mappings (Camunda 7)."""


class BusinessRuleTask(ServiceTask):
    def __init__(self, spec: Spec, node: Node) -> None:
        super().__init__(spec, node)
        self.decision = compile_optional(node.call.key) if node.call is not None else None
        self.version = compile_optional(node.call.version) if node.call is not None else None

    def run_inline(self, token: Token) -> bool:
        call = self.node.call
        if call is None or self.decision is None:
            return super().run_inline(token)
        rules = self._decide(token, call, self.decision)
        self._record_decisions(token, rules)
        if call.result_variable:
            result = map_result(rules, call.map_decision_result or "resultList")
            variables.set_visible(token, {call.result_variable: result})
        elif call.map_decision_result == "outputs":
            variables.set_visible(token, cast("dict[str, Value]", map_result(rules, "outputs")))
        else:
            variables.set_local(token, {RESULT: map_result(rules)})
        return True

    def _record_decisions(self, token: Token, rules: Sequence[Mapping[str, Value]]) -> None:
        if isinstance(rules, Results) and rules.evaluated:
            data: dict[str, Value] = {"decisions": cast("Value", rules.evaluated)}
            token.workflow.journal.record(EventType.DECISION_EVALUATED, self.name, token.id, data)

    def _decide(self, token: Token, call: CalledElement, decision: Compiled) -> Sequence[Mapping[str, Value]]:
        ports = token.workflow.ports
        if ports.decisions is None:
            raise StepFailed("failedJob", f"Expected a decision engine for '{self.name}', but none is there")
        key = decision.evaluate_text(token)
        if not key:
            raise StepFailed("failedJob", f"Expected the key of a decision at '{self.name}', but found none")
        return ports.decisions.evaluate(
            key,
            call.binding,
            evaluate_text(self.version, token),
            ports.definitions.get_definition(token.spec.definition_id).deployment_id,
            variables.collect_visible(token),
            token.workflow.collect_facts(token),
        )
