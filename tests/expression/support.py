"""What the tests of expressions have in common."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from baton.expression import ExpressionError, MappingScope, compile_expression
from baton.model.attributes import Dialect
from baton.model.values import Value

NOW = datetime(2026, 1, 31, 10, 0, tzinfo=UTC)
EXECUTION: dict[str, Value] = {"processInstanceId": "p07-1", "businessKey": "order-1", "activityId": "Pay"}


def scope(**variables: Value) -> MappingScope:
    return MappingScope(variables, {"execution": EXECUTION, "now": NOW})


def value(text: str, dialect: Dialect, /, **variables: Value) -> Value:
    """The value of the expression with these variables."""
    return compile_expression(text, dialect).evaluate(scope(**variables))


def failure(text: str, dialect: Dialect, /, **variables: Value) -> ExpressionError:
    """The error that compiling or evaluating the expression raises."""
    with pytest.raises(ExpressionError) as caught:
        value(text, dialect, **variables)
    return caught.value
