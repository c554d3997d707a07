"""Which variables a process reads and writes, by element: as far as the file alone can tell."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from baton.bpmn.queries.expressions import find_expressions, find_scripts
from baton.expression import ExpressionError, compile_expression
from baton.expression.scripts import PYTHON, get_dialect
from baton.model.attributes import CallMapping, Dialect, Form, Script
from baton.model.definition import MultiInstance, Node, ProcessModel

Access = Literal["read", "write"]


@dataclass(frozen=True, slots=True, order=True)
class VariableUse:
    """``element`` reads or writes the variable; ``place`` says in which of its parts: ``condition``, ``inputs`` …"""

    name: str
    element: str
    access: Access
    place: str


_CONTEXT = frozenset(
    ("execution", "task", "loopCounter", "nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances")
)
"""What expressions can name without a variable of that name."""
_MODULES = frozenset(("math", "datetime", "json", "re"))
"""What scripts use without an import in other engines."""


def list_variable_uses(model: ProcessModel) -> list[VariableUse]:
    """Every use once, by name, then by element. What workers and messages bring is not in the file, and not here."""
    found: set[VariableUse] = set()
    for node in model.nodes.values():
        found.update(_list_of_node(node))
    for place in find_expressions(model):
        names = _list_names(place.expression.text, place.expression.dialect)
        found.update(VariableUse(name, place.element, "read", place.what) for name in names)
    for place in find_scripts(model):
        found.update(VariableUse(n, place.element, "read", place.what) for n in _list_read(place.script))
        found.update(VariableUse(n, place.element, "write", place.what) for n in _list_set(place.script))
    return sorted(use for use in found if use.name not in _CONTEXT)


def _list_names(text: str, dialect: Dialect) -> frozenset[str]:
    """The free names of an expression; none of one that cannot be read: that is another finding."""
    try:
        return compile_expression(text, dialect).names
    except ExpressionError:
        return frozenset()


def _list_of_node(node: Node) -> Iterator[VariableUse]:
    read, write = partial(_make, node.id, "read"), partial(_make, node.id, "write")
    yield from (write(mapping.name, "inputs") for mapping in node.inputs)
    yield from (write(mapping.name, "outputs") for mapping in node.outputs)
    yield from (write(name, "result") for name in (node.result_variable,) if name)
    yield from (write(name, "initiator") for name in (node.initiator,) if name)
    for association in (*node.input_data, *node.output_data):
        yield from (read(source, "data") for source in association.sources)
        yield from (write(name, "data") for name in (association.target,) if name)
    if node.form is not None:
        yield from _list_of_form(node.id, node.form)
    if node.call is not None:
        yield from (read(name, "call") for name in _list_sources(node.call.inputs))
        yield from (write(mapping.target, "call") for mapping in node.call.outputs if mapping.target)
    if node.call is not None and node.call.result_variable:
        yield write(node.call.result_variable, "result")
    for event in node.events:
        yield from (write(name, "event") for name in (event.code_variable, event.message_variable) if name)
        yield from (read(name, "event") for name in (*event.variable_names, *_list_sources(event.payload)))
    if isinstance(node.loop, MultiInstance):
        yield from (write(n, "loop") for n in (node.loop.element_variable, node.loop.output_collection) if n)


def _make(element: str, access: Access, name: str, place: str) -> VariableUse:
    return VariableUse(name, element, access, place)


def _list_sources(mappings: tuple[CallMapping, ...]) -> Iterator[str]:
    yield from (mapping.source for mapping in mappings if mapping.source)


def _list_of_form(element: str, form: Form) -> Iterator[VariableUse]:
    """A field shows what its variable holds, and puts what is entered there."""
    for field in form.fields:
        yield VariableUse(field.id, element, "read", "form")
        yield VariableUse(field.id, element, "write", "form")


def _list_read(script: Script) -> set[str]:
    try:
        dialect = get_dialect(script)
    except ExpressionError:
        return set()
    if dialect is not None:
        return set(_list_names(script.source.strip(), dialect))
    tree = _parse(script.source)
    called = {id(at.func) for at in ast.walk(tree) if isinstance(at, ast.Call)}
    names = {at.id for at in _list_python(tree, ast.Load) if id(at) not in called}
    return {name for name in names if not hasattr(builtins, name)} - set(_list_declared(tree)) - _MODULES


def _list_set(script: Script) -> set[str]:
    tree = _parse(script.source) if script.language.strip().lower() in PYTHON else ast.Module([], [])
    return {at.id for at in _list_python(tree, ast.Store)} - set(_list_declared(tree))


def _parse(source: str) -> ast.AST:
    """The tree of a script; an empty one of what cannot be read: that is another finding."""
    try:
        return ast.parse(source.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _list_python(tree: ast.AST, context: type[ast.expr_context]) -> Iterator[ast.Name]:
    yield from (at for at in ast.walk(tree) if isinstance(at, ast.Name) and isinstance(at.ctx, context))


def _list_declared(tree: ast.AST) -> Iterator[str]:
    """What the script itself defines and does not leave behind: functions, parameters, imports, comprehensions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, ast.comprehension):
            yield from (name.id for name in ast.walk(node.target) if isinstance(name, ast.Name))
