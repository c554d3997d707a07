"""Expressions that are evaluated before there is an instance: they see no variables and no execution."""

from __future__ import annotations

from baton.expression.compiled import compile_expression
from baton.expression.core.errors import ExpressionError
from baton.expression.core.limits import describe
from baton.expression.core.scope import MappingScope
from baton.model.attributes import Expression
from baton.model.times import Millis, to_datetime
from baton.model.values import Value


def evaluate_constant(expression: Expression, now: Millis) -> Value:
    """The value of an expression that reads no variable. Raises ExpressionError, also when it reads one."""
    if expression.dialect == "literal":
        return expression.text
    compiled = compile_expression(expression.text, expression.dialect)
    if compiled.names:
        raise ExpressionError(f"Expected an expression without variables, but found '{min(compiled.names)}'")
    return compiled.evaluate(MappingScope({}, {"now": to_datetime(now)}))


def evaluate_constant_name(expression: Expression, now: Millis) -> str:
    """The constant name of a message or signal. Raises ExpressionError, also when it is not text or is empty."""
    value = evaluate_constant(expression, now)
    if not isinstance(value, str) or not value:
        raise ExpressionError(f"Expected a text that is not empty, but found {describe(value)}")
    return value
