"""Business rule task: a decision table, a worker, or an expression (§13.3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.definition import Node
from baton.runtime import variables
from baton.runtime.elements.service_task import ServiceTask
from baton.runtime.expressions import maybe, string
from baton.runtime.failures import StepFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from baton.model.values import Value
    from baton.runtime.spec import Spec
    from baton.runtime.token import Token


class BusinessRuleTask(ServiceTask):
    def __init__(self, spec: Spec, node: Node) -> None:
        super().__init__(spec, node)
        self.decision = maybe(node.call.key) if node.call is not None else None
        self.version = maybe(node.call.version) if node.call is not None else None

    def behave_here(self, token: Token) -> bool:
        call, ports = self.node.call, token.workflow.ports
        if call is None or self.decision is None:
            return super().behave_here(token)
        if ports.decisions is None:
            raise StepFailed("failedJob", f"Expected a decision engine for '{self.name}', but none is there")
        key = self.decision.string(token) or ""
        deployment = ports.definitions.definition(token.spec.definition_id).deployment_id
        version = string(self.version, token)
        rules = ports.decisions.evaluate(key, call.binding, version, deployment, variables.visible(token))
        if call.result_variable:
            result = mapped(rules, call.map_decision_result or "resultList", key)
            variables.set_visible(token, {call.result_variable: result})
        return True


def mapped(rules: Sequence[Mapping[str, Value]], how: str, key: str) -> Value:
    """The matched rules in the shape of ``camunda:mapDecisionResult``. Raises StepFailed where they do not fit it."""
    if how == "resultList":
        return [dict(rule) for rule in rules]
    if how == "collectEntries":
        return [_single(rule, key) for rule in rules]
    if len(rules) > 1:
        raise StepFailed("expression", f"Expected at most one rule of decision '{key}' to match, but {len(rules)} did")
    if not rules:
        return None
    return dict(rules[0]) if how == "singleResult" else _single(rules[0], key)


def _single(rule: Mapping[str, Value], key: str) -> Value:
    if len(rule) > 1:
        raise StepFailed("expression", f"Expected decision '{key}' to have one output, but found {', '.join(rule)}")
    return next(iter(rule.values()), None)
