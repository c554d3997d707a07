"""``camunda:mapDecisionResult``: the shape in which a process gets a decision's result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from baton.expression.core.errors import ExpressionError, suggest
from baton.expression.dmn.model import Results
from baton.model.values import Value

MAPPINGS = ("singleEntry", "singleResult", "collectEntries", "resultList")
"""Those of ``camunda:mapDecisionResult``. ``value`` and ``outputs`` are what other dialects mean without saying it."""


def map_result(results: Sequence[Mapping[str, Value]], mapping: str = "resultList") -> Value:
    """One value, one object, a list of values, or the list of objects. Raises ExpressionError when it does not fit.

    ``value``: as the hit policy has it, a result of one output as its value (``zeebe:``). ``outputs``: output name ->
    value, or list of values by the hit policy (``spiffworkflow:``).
    """
    many = isinstance(results, Results) and results.many
    match mapping:
        case "resultList":
            return [dict(result) for result in results]
        case "singleResult":
            return dict(_single(results, mapping)) if results else None
        case "singleEntry":
            return _entry(_single(results, mapping), mapping) if results else None
        case "collectEntries":
            return [_entry(result, mapping) for result in results]
        case "value":
            values: list[Value] = [next(iter(item.values())) if len(item) == 1 else dict(item) for item in results]
            return values if many else values[0] if values else None
        case "outputs":
            if not many:
                return dict(_single(results, mapping)) if results else {}
            return {
                name: [item.get(name) for item in results]
                for name in dict.fromkeys(n for item in results for n in item)
            }
        case _:
            raise ExpressionError(
                f"Expected one of {', '.join(MAPPINGS)}, but found '{mapping}'{suggest(mapping, MAPPINGS)}", "syntax"
            )


def _single(results: Sequence[Mapping[str, Value]], mapping: str) -> Mapping[str, Value]:
    if len(results) > 1:
        raise ExpressionError(f"Expected at most one result for '{mapping}', but found {len(results)}")
    return results[0]


def _entry(result: Mapping[str, Value], mapping: str) -> Value:
    if len(result) > 1:
        raise ExpressionError(f"Expected one output for '{mapping}', but found {', '.join(result)}")
    return next(iter(result.values()), None)
