"""Evaluating a decision table: its inputs once, then rule by rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from baton.expression.compiled import Compiled
from baton.expression.core.errors import ExpressionError
from baton.expression.core.frame import Frame
from baton.expression.core.limits import describe
from baton.expression.dmn.hit_policies import Hits, apply_hit_policy
from baton.expression.dmn.model import DecisionTable, HitPolicy, Input, Output, Rule
from baton.expression.dmn.typing import convert
from baton.expression.feel.nodes import CELL_INPUT, TESTED
from baton.expression.feel.values import get_number


@dataclass(slots=True)
class TableRecord:
    """What an evaluation of a table has seen: the value of each input, and the rules that matched by their number from
    1 (0: the default outputs) with what they gave; ``hits`` are those that the hit policy left.
    """

    inputs: list[Any] = field(default_factory=list[Any])
    matched: list[tuple[int, dict[str, Any]]] = field(default_factory=list[tuple[int, dict[str, Any]]])
    hits: Hits = field(default_factory=list[dict[str, Any]])


def decide_table(table: DecisionTable, frame: Frame, record: TableRecord | None = None) -> Hits:
    """The results by the hit policy, each as output name -> value. Raises ExpressionError."""
    columns = [_look_at(column, frame, record) for column in table.inputs]
    frame.budget.spend(len(table.rules) * len(columns))
    matched: Hits = []
    for number, rule in enumerate(table.rules, 1):
        if _matches(rule, table, columns, number):
            matched.append(_conclude(rule, table, frame, number))
            if record is not None:
                record.matched.append((number, matched[-1]))
            if table.hit_policy is HitPolicy.FIRST:
                break
    if not matched and any(output.default is not None for output in table.outputs):
        matched.append({output.name: _evaluate(output.default, output, frame, 0) for output in table.outputs})
        if record is not None:
            record.matched.append((0, matched[-1]))
    hits = apply_hit_policy(table, matched, frame)
    if record is not None:
        record.hits = hits
    return hits


def _look_at(column: Input, frame: Frame, record: TableRecord | None) -> Frame:
    """What the cells of a column see: the value of its input, under the names that tests know it by."""
    try:
        value = convert(column.expression.run_in(frame), column.type, lenient=True)
        if record is not None:
            record.inputs.append(value)
        tested = get_number(value) if isinstance(value, float) else value  # else each cell converts it
        names: dict[str, Any] = {TESTED: tested, CELL_INPUT: value}
        if column.variable:
            names[column.variable] = value
        inner = frame.make_inner(names)
        _check_allowed(column, value, inner)
    except ExpressionError as error:
        raise ExpressionError(f"input '{column.label}': {error}", error.kind, error.position) from error
    return inner


def _check_allowed(column: Input, value: Any, inner: Frame) -> None:
    if column.allowed is None or value is None:
        return
    if column.allowed.run_in(inner) is not True:
        raise ExpressionError(f"Expected one of the input values {column.allowed.text}, but found {describe(value)}")


def _matches(rule: Rule, table: DecisionTable, columns: list[Frame], number: int) -> bool:
    at = 0
    try:
        for at, test in enumerate(rule.tests):
            found = test.run_in(columns[at])
            if found is not True:
                return _is_no(found, test)
    except ExpressionError as error:
        raise _place(error, f"rule {number}, input '{table.inputs[at].label}'") from error
    return True


def _is_no(found: Any, test: Compiled) -> bool:
    """Always False; a JUEL or Python cell must say so. Raises ExpressionError."""
    if found is False or found is None or test.dialect == "feel":
        return False
    raise ExpressionError("Expected true or false, but found another value")


def _conclude(rule: Rule, table: DecisionTable, frame: Frame, number: int) -> dict[str, Any]:
    return {
        output.name: _evaluate(conclusion, output, frame, number)
        for output, conclusion in zip(table.outputs, rule.conclusions, strict=True)
    }


def _evaluate(conclusion: Compiled | None, output: Output, frame: Frame, number: int) -> Any:
    if conclusion is None:
        return None
    try:
        return convert(conclusion.run_in(frame), output.type, lenient=True)
    except ExpressionError as error:
        place = f"rule {number}" if number else "default output"
        raise _place(error, f"{place}, output '{output.name}'") from error


def _place(error: ExpressionError, place: str) -> ExpressionError:
    return ExpressionError(f"{place}: {error}", error.kind, error.position)
