"""Evaluating a decision: required decisions first, then the rules, then the hit policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from baton.expression.compiled import Compiled
from baton.expression.core.equality import measure
from baton.expression.core.errors import ExpressionError
from baton.expression.core.limits import describe
from baton.expression.core.scope import MappingScope
from baton.expression.dmn.hit_policies import Hits, apply_hit_policy
from baton.expression.dmn.model import Decision, DecisionTable, HitPolicy, Input, LiteralDecision, Output, Results
from baton.expression.dmn.typing import convert
from baton.expression.feel.nodes import CELL_INPUT, TESTED
from baton.expression.feel.values import export
from baton.model.values import Value, Variables


def evaluate(decision: Decision, variables: Variables, context: Mapping[str, Value] | None = None) -> Results:
    """The matched rules, each as output name -> value. ``context`` as in ``Scope.context`` (``now``).

    Raises ExpressionError: an expression fails, or the matches break the hit policy.
    """
    results = _Evaluation(variables, context or {}, {}).evaluate(decision)
    measure(results)
    return Results((export(result) for result in results), many=decision.many)


@dataclass
class _Evaluation:
    variables: Variables
    context: Mapping[str, Value]
    done: dict[str, Hits]

    def evaluate(self, decision: Decision) -> Hits:
        """The hits of the decision, each decision evaluated once."""
        if decision.id in self.done:
            return self.done[decision.id]
        names: dict[str, Any] = dict(self.variables)
        for required in decision.required:
            names.update(_offered(required, self.evaluate(required)))
        scope = MappingScope(names, self.context)
        try:
            self.done[decision.id] = self._decide(decision, scope)
        except ExpressionError as error:
            raise ExpressionError(f"In decision '{decision.id}': {error}", error.kind, error.position) from error
        return self.done[decision.id]

    def _decide(self, decision: Decision, scope: MappingScope) -> Hits:
        if isinstance(decision.logic, LiteralDecision):
            value = convert(decision.logic.expression.evaluate_raw(scope), decision.logic.type)
            return [{decision.variable or decision.name or decision.id: value}]
        return _decide_table(decision.logic, scope)


def _offered(decision: Decision, hits: Hits) -> dict[str, Any]:
    """What a required decision gives to the one that needs it: its outputs, and its value under its own names."""
    many = decision.many
    values = [next(iter(result.values())) if len(result) == 1 else result for result in hits]
    whole: Any = values if many else values[0] if values else None
    names = [name for name in (decision.id, decision.name, decision.variable) if name]
    outputs = decision.logic.outputs if isinstance(decision.logic, DecisionTable) else ()
    offered: dict[str, Any] = {}
    for output in outputs:
        column = [result[output.name] for result in hits if output.name in result]
        offered[output.name] = column if many else column[0] if column else None
    return {**offered, **dict.fromkeys(names, whole)}


def _decide_table(table: DecisionTable, scope: MappingScope) -> Hits:
    values = [_input(column, scope) for column in table.inputs]
    matched: Hits = []
    for number, rule in enumerate(table.rules, 1):
        if not all(
            _holds(test, column, value, scope, number)
            for test, column, value in zip(rule.tests, table.inputs, values, strict=True)
        ):
            continue
        matched.append(
            {
                output.name: _conclusion(conclusion, output, scope, number)
                for output, conclusion in zip(table.outputs, rule.conclusions, strict=True)
            }
        )
        if table.hit_policy is HitPolicy.FIRST:
            break
    if not matched and any(output.default is not None for output in table.outputs):
        matched.append({output.name: _conclusion(output.default, output, scope, 0) for output in table.outputs})
    return apply_hit_policy(table, matched, scope)


def _input(column: Input, scope: MappingScope) -> Any:
    try:
        value = convert(column.expression.evaluate_raw(scope), column.type)
        _check_allowed(column, value, scope)
        return value
    except ExpressionError as error:
        raise ExpressionError(f"input '{column.label}': {error}", error.kind, error.position) from error


def _holds(test: Compiled, column: Input, value: Any, scope: MappingScope, number: int) -> bool:
    names = {TESTED: value, CELL_INPUT: value}
    if column.variable:
        names[column.variable] = value
    try:
        found = test.evaluate_raw(scope, names)
    except ExpressionError as error:
        raise ExpressionError(f"rule {number}, input '{column.label}': {error}", error.kind, error.position) from error
    if isinstance(found, bool) or found is None or test.dialect == "feel":
        return found is True
    raise ExpressionError(f"rule {number}, input '{column.label}': Expected true or false, but found another value")


def _check_allowed(column: Input, value: Any, scope: MappingScope) -> None:
    if column.allowed is None or value is None:
        return
    if column.allowed.evaluate_raw(scope, {TESTED: value, CELL_INPUT: value}) is not True:
        raise ExpressionError(f"Expected one of the input values {column.allowed.text}, but found {describe(value)}")


def _conclusion(conclusion: Compiled | None, output: Output, scope: MappingScope, number: int) -> Any:
    if conclusion is None:
        return None
    try:
        return convert(conclusion.evaluate_raw(scope), output.type)
    except ExpressionError as error:
        place = f"rule {number}" if number else "default output"
        raise ExpressionError(f"{place}, output '{output.name}': {error}", error.kind, error.position) from error
