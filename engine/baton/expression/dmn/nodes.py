"""Nodes that only decision models have: an expression of any language, a table as a value, a value of a type."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from baton.expression.compiled import Compiled
from baton.expression.core.errors import ExpressionError
from baton.expression.core.frame import Frame
from baton.expression.core.tree import Node
from baton.expression.dmn.hit_policies import Hits
from baton.expression.dmn.model import MULTIPLE, DecisionTable
from baton.expression.dmn.rules import decide_table
from baton.expression.dmn.typing import Wanted, convert
from baton.expression.feel.values import get_number


@dataclass(slots=True, eq=False)
class Embedded(Node):
    """A text within a boxed expression, in its own language."""

    compiled: Compiled

    def run(self, frame: Frame) -> Any:
        return self.compiled.run_in(frame)

    def find_free_names(self) -> frozenset[str]:
        return self.compiled.names

    def count_nodes(self) -> int:
        return self.compiled.count_nodes()


@dataclass(slots=True, eq=False)
class Typed(Node):
    """A boxed expression with a ``typeRef``; a value that does not conform is an error."""

    inner: Node
    wanted: Wanted

    def run(self, frame: Frame) -> Any:
        return convert(self.inner.run(frame), self.wanted)

    def list_children(self) -> Iterable[Node]:
        return (self.inner,)


@dataclass(slots=True, eq=False)
class TableValue(Node):
    """A decision table within a boxed expression or a business knowledge model."""

    table: DecisionTable

    def run(self, frame: Frame) -> Any:
        return get_value(self.table, decide_table(self.table, frame))

    def count_nodes(self) -> int:
        return 1 + len(self.table.rules) * (len(self.table.inputs) + 1)


def get_value(table: DecisionTable, hits: Hits) -> Any:
    """A list if the hit policy gives one; of a table with one output its value, else a context."""
    values = [next(iter(hit.values())) if len(hit) == 1 else hit for hit in hits]
    if table.hit_policy in MULTIPLE and table.aggregation is None:
        return values
    return values[0] if values else None


@dataclass(slots=True, eq=False)
class ContextResult(Node):
    """A boxed context with a last entry that has no name: its value is the result."""

    entries: tuple[tuple[str, Node], ...]
    result: Node

    def run(self, frame: Frame) -> Any:
        made: dict[str, Any] = {}
        inner = frame.make_inner(made)
        for name, node in self.entries:
            made[name] = node.run(inner)
        return self.result.run(inner)

    def list_children(self) -> Iterable[Node]:
        return (*(node for _, node in self.entries), self.result)


@dataclass(slots=True, eq=False)
class FilterOf(Node):
    """A boxed filter: the items for which ``match`` holds."""

    source: Node
    match: Node

    def run(self, frame: Frame) -> Any:
        source = self.source.run(frame)
        if source is None:
            return None
        items: list[Any] = source if isinstance(source, list) else [source]
        cost = self.match.count_nodes()
        kept: list[Any] = []
        for item in items:
            frame.budget.spend(cost)
            inner = frame.make_inner(item if isinstance(item, dict) else {})
            found = self.match.run(inner.make_inner({"item": item}))
            if get_number(found) is not None or not (found is None or isinstance(found, bool)):
                raise ExpressionError("Expected the match of a filter to be true or false, but found another value")
            if found is True:
                kept.append(item)
        return kept

    def list_children(self) -> Iterable[Node]:
        return (self.source, self.match)
