"""Tokens from their rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from baton.model.declared import FIELD, read_declared
from baton.model.values import Value
from baton.runtime.core.token import Token
from baton.runtime.core.workflow import TokenWorkflow


def split(name: str) -> tuple[int, str]:
    """``v12/amount`` as 12 and ``amount``."""
    number, _, rest = name[1:].partition("/")
    return int(number), rest


def restore_tokens(workflow: TokenWorkflow, fields: Mapping[str, Value]) -> None:
    """Build the tree. A parent's number is lower than its children's, so the order of numbers is the order of birth."""
    numbers = sorted(int(name[1:]) for name in fields if name[0] == "t")
    for number in numbers:
        token = _token(workflow, number, cast("list[Any]", fields[f"t{number}"]))
        if number == 0:
            workflow.task_tree = token
        if token.memory.undo is not None:
            workflow.throwers.add(number)
        if token.memory.parked:
            workflow.parked[(token.scope.id, token.task_spec.name)] = token.id


def restore_declarations(workflow: TokenWorkflow, fields: Mapping[str, Value]) -> None:
    """Give variables, which have been restored, the types that were declared of them."""
    for name, row in fields.items():
        if name[0] != FIELD:
            continue
        number, variable = split(name[len(FIELD) :])
        data = workflow.tasks[number].data if number in workflow.tasks else {}
        if variable in data:
            data[variable] = read_declared(data[variable], row)


def _token(workflow: TokenWorkflow, number: int, row: list[Any]) -> Token:
    element, parent_number, state, memory, *definition = row
    parent = workflow.tasks[parent_number] if parent_number is not None else None
    spec = parent.spec if parent is not None and not definition else workflow.ports.get_spec(definition[0])
    token = Token(workflow, spec.elements[element], parent, number)
    token.restore(state, dict(memory))
    workflow.mark_stored(number)
    return token
