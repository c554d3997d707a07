"""What history keeps of evaluations: the inputs and outputs of each decision, as plain values of bounded size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from baton.expression.dmn.model import Decision, DecisionTable
from baton.expression.dmn.rules import TableRecord
from baton.expression.feel.values import export
from baton.model.values import Value

MOST_WEIGHT = 4_000
"""About the characters of a value that is kept; of a larger one only that it was too large."""
MOST_TOGETHER = 50_000
"""The same for all values of an evaluation."""
MOST_OUTPUTS = 1_000
"""Of one decision; more are only counted."""
MOST_DECISIONS = 100
"""Of one evaluation, those that were done last."""


class Recorder:
    """One evaluation. ``evaluated`` has, for each decision in the order in which they were done: ``key``, ``name``,
    ``inputs``, ``outputs``, ``collectResultValue`` of an aggregation.
    """

    def __init__(self) -> None:
        self.evaluated: list[dict[str, Value]] = []
        self._left = MOST_TOGETHER

    def record(self, decision: Decision, record: TableRecord, hits: Sequence[Mapping[str, Any]]) -> None:
        """Note a decision that has been evaluated; ``hits`` is what it gave."""
        row: dict[str, Any] = {"key": decision.id, "name": decision.name, "inputs": [], "outputs": []}
        if isinstance(decision.logic, DecisionTable):
            self._add_table(row, decision.logic, record)
        else:
            row["outputs"] = [{"clauseId": None, "variableName": name, **self._show(hits[0][name])} for name in hits[0]]
        self.evaluated = [*self.evaluated[-MOST_DECISIONS + 1 :], row]

    def _add_table(self, row: dict[str, Any], table: DecisionTable, record: TableRecord) -> None:
        row["inputs"] = [
            {"clauseId": column.id, "clauseName": column.label, **self._show(value)}
            for column, value in zip(table.inputs, record.inputs, strict=True)
        ]
        if table.aggregation is None:
            left = {id(hit) for hit in record.hits}
            matched = [(number, hit) for number, hit in record.matched if id(hit) in left]
        else:
            matched = record.matched
            row["collectResultValue"] = export(record.hits[0][table.outputs[0].name]) if record.hits else None
        row["outputs"] = list(self._list_outputs(table, matched))

    def _list_outputs(
        self, table: DecisionTable, matched: Sequence[tuple[int, Mapping[str, Any]]]
    ) -> Iterator[dict[str, Any]]:
        rules = MOST_OUTPUTS // len(table.outputs)
        for number, hit in matched[:rules]:
            for output in table.outputs:
                yield {
                    "clauseId": output.id,
                    "clauseName": output.label,
                    "ruleId": table.rules[number - 1].id if number else None,
                    "ruleOrder": number or None,
                    "variableName": output.name,
                    **self._show(hit[output.name]),
                }
        if more := len(matched[rules:]):
            yield {"clauseId": None, "errorMessage": f"The outputs of {more} more rules are not kept"}

    def _show(self, value: Any) -> dict[str, Any]:
        plain = export(value)
        weight = _weigh(plain)
        if weight <= min(MOST_WEIGHT, self._left):
            self._left -= weight
            return {"value": plain}
        return {"errorMessage": "The value is not kept: it is too large, or there are too many in this evaluation"}


def _weigh(value: Any) -> int:
    """About the characters of a value; no further than ``MOST_WEIGHT``."""
    weight, pending = 0, [value]
    while pending and weight <= MOST_WEIGHT:
        item = pending.pop()
        weight += 8
        if isinstance(item, str | bytes):
            weight += len(item)
        elif isinstance(item, dict):
            fields = cast("dict[str, Any]", item)
            weight += sum(map(len, fields))
            pending += fields.values()
        elif isinstance(item, list):
            pending += cast("list[Any]", item)
    return weight
