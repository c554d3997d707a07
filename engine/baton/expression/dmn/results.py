"""``camunda:mapDecisionResult``: the shape in which a process gets a decision's result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from baton.expression.core.errors import ExpressionError, near
from baton.model.values import Value

MAPPINGS = ("singleEntry", "singleResult", "collectEntries", "resultList")


def map_result(results: Sequence[Mapping[str, Value]], mapping: str = "resultList") -> Value:
    """One value, one object, a list of values, or the list of objects. Raises ExpressionError when it does not fit."""
    match mapping:
        case "resultList":
            return [dict(result) for result in results]
        case "singleResult":
            return dict(_single(results, mapping)) if results else None
        case "singleEntry":
            return _entry(_single(results, mapping), mapping) if results else None
        case "collectEntries":
            return [_entry(result, mapping) for result in results]
        case _:
            raise ExpressionError(
                f"Expected one of {', '.join(MAPPINGS)}, but found '{mapping}'{near(mapping, MAPPINGS)}", "syntax"
            )


def _single(results: Sequence[Mapping[str, Value]], mapping: str) -> Mapping[str, Value]:
    if len(results) > 1:
        raise ExpressionError(f"Expected at most one result for '{mapping}', but found {len(results)}")
    return results[0]


def _entry(result: Mapping[str, Value], mapping: str) -> Value:
    if len(result) > 1:
        raise ExpressionError(f"Expected one output for '{mapping}', but found {', '.join(result)}")
    return next(iter(result.values()), None)
