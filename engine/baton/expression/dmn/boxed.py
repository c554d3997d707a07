"""Boxed expressions to the syntax tree: what FEEL can say as text, drawn as boxes (DMN 1.5, 10.2.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from baton.expression.core.loops import ForEach, Quantified
from baton.expression.core.makers import ListOf, MapOf
from baton.expression.core.tree import Conditional, Literal, Name, Node
from baton.expression.dmn.document import Element
from baton.expression.dmn.findings import Place
from baton.expression.dmn.nodes import ContextResult, Embedded, FilterOf, TableValue, Typed
from baton.expression.dmn.tables import read_table
from baton.expression.dmn.typing import find_type
from baton.expression.feel.closures import FunctionOf, Invoke, Parameter
from baton.expression.feel.types import ANY, Type

MAX_NESTING = 40
"""Boxes in one another."""


def read_boxed(element: Element, place: Place, depth: int = 0) -> Node:
    """The node of a boxed expression. Raises Unreadable, having noted the problem."""
    if depth > MAX_NESTING:
        raise place.findings.add_error(
            "dmn-structure", f"Expected boxes at most {MAX_NESTING} deep in one another, but found deeper ones", element
        )
    read = _READERS.get(element.name)
    if read is None:
        raise place.findings.add_error(
            "dmn-unsupported", f"Expected a boxed expression of DMN, but found '{element.name}'", element
        )
    node = read(element, place, depth)
    wanted = find_type(element.get("typeRef"), place.vocabulary.find_type) if element.name != "decisionTable" else None
    return node if wanted is None or isinstance(node, FunctionOf) else Typed(element.line, node, wanted)


def find_boxed(element: Element) -> Element | None:
    """The expression among the children of an element."""
    return next(element.list_children(*_READERS), None)


def read_inside(element: Element, place: Place, depth: int) -> Node:
    """The expression inside of an element. Raises Unreadable."""
    found = find_boxed(element)
    if found is None:
        raise place.findings.add_error(
            "dmn-structure", f"Expected an expression in '{element.name}', but found none", element
        )
    return read_boxed(found, place, depth + 1)


def _read_named(element: Element, name: str, place: Place, depth: int) -> Node:
    child = element.find_child(name)
    if child is None:
        raise place.findings.add_error(
            "dmn-structure", f"Expected '{name}' in '{element.name}', but found none", element
        )
    return read_inside(child, place, depth)


def _literal(element: Element, place: Place, depth: int) -> Node:  # noqa: ARG001
    compiled = place.compile(element.read_text(), element)
    if compiled is None:
        raise place.findings.add_error("dmn-structure", "Expected an expression, but found an empty text", element)
    return Embedded(element.line, compiled)


def _table(element: Element, place: Place, depth: int) -> Node:  # noqa: ARG001
    return TableValue(element.line, read_table(element, place))


def _context(element: Element, place: Place, depth: int) -> Node:
    inner = place.make_inner()
    entries: list[tuple[str, Node]] = []
    result: Node | None = None
    for entry in element.list_children("contextEntry"):
        variable = entry.find_child("variable")
        name = variable.get("name") if variable is not None else None
        node = read_inside(entry, inner, depth)
        if name is None or variable is None:
            result = node
            continue
        wanted = find_type(variable.get("typeRef"), place.vocabulary.find_type)
        entries.append((name, node if wanted is None else Typed(entry.line, node, wanted)))
        inner.vocabulary.add(name)
    if result is not None:
        return ContextResult(element.line, tuple(entries), result)
    keys = tuple((Literal(element.line, name), node) for name, node in entries)
    return MapOf(element.line, keys, sequential=True)


def _list(element: Element, place: Place, depth: int) -> Node:
    return ListOf(element.line, tuple(read_boxed(item, place, depth + 1) for item in element.list_children(*_READERS)))


def _relation(element: Element, place: Place, depth: int) -> Node:
    columns = [column.get("name") or "" for column in element.list_children("column")]
    rows: list[Node] = []
    for row in element.list_children("row"):
        cells = [read_boxed(cell, place, depth + 1) for cell in row.list_children(*_READERS)]
        if len(cells) != len(columns):
            raise place.findings.add_error(
                "dmn-structure", f"Expected {len(columns)} cells in the row, but found {len(cells)}", row
            )
        keys = [Literal(row.line, column) for column in columns]
        rows.append(MapOf(row.line, tuple(zip(keys, cells, strict=True))))
    return ListOf(element.line, tuple(rows))


def _invocation(element: Element, place: Place, depth: int) -> Node:
    text = element.find_child("literalExpression")
    name = text.read_text() if text is not None else ""
    called = Name(element.line, name) if name in place.vocabulary else read_inside(element, place, depth)
    bindings: dict[str, Node] = {}
    for binding in element.list_children("binding"):
        parameter = binding.find_child("parameter")
        key = (parameter.get("name") if parameter is not None else None) or ""
        found = find_boxed(binding)
        bindings[key] = Literal(binding.line, None) if found is None else read_boxed(found, place, depth + 1)
    return Invoke(element.line, called, tuple(bindings.values()), tuple(bindings))


def read_parameters(element: Element, place: Place) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(item.get("name") or "", find_declared(item, place))
        for item in element.list_children("formalParameter")
    )


def find_declared(element: Element | None, place: Place) -> Type:
    """The type that a ``typeRef`` names, or any."""
    wanted = find_type(element.get("typeRef"), place.vocabulary.find_type) if element is not None else None
    return wanted.type if wanted is not None else ANY


def check_kind(element: Element, place: Place) -> None:
    """Raises Unreadable for a function of Java or PMML."""
    kind = element.get("kind") or "FEEL"
    if kind != "FEEL":
        raise place.findings.add_error("dmn-unsupported", f"Expected a function of FEEL, but found '{kind}'", element)


def _function(element: Element, place: Place, depth: int) -> Node:
    check_kind(element, place)
    parameters = read_parameters(element, place)
    inner = place.make_inner(parameter.name for parameter in parameters)
    return FunctionOf(element.line, parameters, read_inside(element, inner, depth), find_declared(element, place))


def _conditional(element: Element, place: Place, depth: int) -> Node:
    test, then, otherwise = (_read_named(element, name, place, depth) for name in ("if", "then", "else"))
    return Conditional(element.line, test, then, otherwise)


def _filter(element: Element, place: Place, depth: int) -> Node:
    source = _read_named(element, "in", place, depth)
    return FilterOf(element.line, source, _read_named(element, "match", place.make_inner(("item",)), depth))


def _loop(element: Element, place: Place, depth: int) -> Node:
    variable = element.get("iteratorVariable")
    if variable is None:
        raise place.findings.add_error(
            "dmn-structure", f"Expected the name of an iterator variable in '{element.name}', but found none", element
        )
    iterators = ((variable, _read_named(element, "in", place, depth)),)
    body = "return" if element.name == "for" else "satisfies"
    node = _read_named(element, body, place.make_inner((variable,)), depth)
    if element.name == "for":
        return ForEach(element.line, iterators, node)
    return Quantified(element.line, iterators, node, decides=element.name == "some")


_READERS: Mapping[str, Callable[[Element, Place, int], Node]] = {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "invocation": _invocation,
    "functionDefinition": _function,
    "conditional": _conditional,
    "filter": _filter,
    "for": _loop,
    "some": _loop,
    "every": _loop,
}
