"""Which variables a process sets itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from baton.bpmn.queries.expressions import find_scripts
from baton.model.definition import MultiInstance, Node, ProcessModel


@lru_cache(maxsize=2)
def find_set_names(model: ProcessModel) -> frozenset[str]:
    """Names that mappings, results, loops, forms, data, events and scripts of the process set. Others may come from
    outside: with the start, with messages, from workers and people."""
    found = {item.name for item in model.data}
    for node in model.nodes.values():
        found.update(name for name in _list_names(node) if name)
    for place in find_scripts(model):
        found.update(_list_assigned(place.script.source))
    return frozenset(found)


def _list_names(node: Node) -> Iterator[str | None]:
    yield from (mapping.name for mapping in (*node.inputs, *node.outputs))
    yield from (node.result_variable, node.initiator)
    yield from (item.name for item in node.data)
    yield from (association.target for association in (*node.input_data, *node.output_data))
    yield from (field.id for field in (node.form.fields if node.form is not None else ()))
    yield from (mapping.target for mapping in (node.call.outputs if node.call is not None else ()))
    yield from (name for event in node.events for name in (event.code_variable, event.message_variable))
    if isinstance(node.loop, MultiInstance):
        yield from (node.loop.element_variable, node.loop.output_collection)


def _list_assigned(source: str) -> Iterator[str]:
    """What a script in Python assigns; nothing of one that cannot be read."""
    try:
        tree = ast.parse(source.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    yield from (node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
