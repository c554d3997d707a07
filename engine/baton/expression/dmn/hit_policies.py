"""What becomes of the matched rules (DMN 1.3, §8.2.8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from baton.expression.core.errors import ExpressionError
from baton.expression.core.frame import Frame
from baton.expression.dmn.model import Aggregation, DecisionTable, HitPolicy
from baton.expression.feel.meaning import FEEL

Hits = list[dict[str, Any]]


def apply_hit_policy(table: DecisionTable, matched: Hits, frame: Frame) -> Hits:
    """The results of the table. Raises ExpressionError when the matches break the hit policy."""
    return _POLICIES[table.hit_policy](table, matched, frame)


def _unique(_: DecisionTable, matched: Hits, __: Frame) -> Hits:
    if len(matched) > 1:
        raise ExpressionError(f"Expected at most one rule to match (hit policy UNIQUE), but found {len(matched)}")
    return matched


def _any(_: DecisionTable, matched: Hits, frame: Frame) -> Hits:
    for other in matched[1:]:
        if not _equal(frame, matched[0], other):
            raise ExpressionError(f"Expected equal outputs (hit policy ANY), but found {matched[0]} and {other}")
    return matched[:1]


def _first(_: DecisionTable, matched: Hits, __: Frame) -> Hits:
    return matched[:1]


def _all(_: DecisionTable, matched: Hits, __: Frame) -> Hits:
    return matched


def _by_priority(table: DecisionTable, matched: Hits, frame: Frame) -> Hits:
    """Sorted by the position of the outputs in their lists of values, the first output first."""
    ranks = [
        (output.name, [value for listed in output.values for value in listed.run_in(frame)])
        for output in table.outputs
        if output.values
    ]

    def get_ranks(result: Mapping[str, Any]) -> list[int]:
        return [_rank(frame, result[name], values) for name, values in ranks]

    return sorted(matched, key=get_ranks)


def _rank(frame: Frame, value: Any, values: list[Any]) -> int:
    equal = FEEL.operators["="]
    return next((at for at, listed in enumerate(values) if equal(frame, value, listed) is True), len(values))


def _collect(table: DecisionTable, matched: Hits, frame: Frame) -> Hits:
    if table.aggregation is None:
        return matched
    name = table.outputs[0].name
    values = [result[name] for result in matched]
    if table.aggregation is Aggregation.COUNT:
        return [{name: len(values)}]
    if not values:
        return []
    found = FEEL.functions[table.aggregation.lower()].call(frame, values)
    if found is None:
        raise ExpressionError(f"Expected numbers to aggregate ({table.aggregation}), but found {values}")
    return [{name: found}]


def _equal(frame: Frame, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    equal = FEEL.operators["="]
    return all(equal(frame, value, other[name]) is True for name, value in one.items())


_POLICIES: Mapping[HitPolicy, Callable[[DecisionTable, Hits, Frame], Hits]] = {
    HitPolicy.UNIQUE: _unique,
    HitPolicy.ANY: _any,
    HitPolicy.FIRST: _first,
    HitPolicy.PRIORITY: lambda table, matched, frame: _by_priority(table, matched, frame)[:1],
    HitPolicy.RULE_ORDER: _all,
    HitPolicy.OUTPUT_ORDER: _by_priority,
    HitPolicy.COLLECT: _collect,
}
