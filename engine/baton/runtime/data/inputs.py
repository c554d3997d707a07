"""Variables that come in, checked by the JSON Schemas of the elements that name them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from baton.model.errors import BadRequest
from baton.runtime.data import variables
from baton.schemas import list_faults, list_faults_by_name

if TYPE_CHECKING:
    from baton.model.definition import Node
    from baton.model.values import Variables
    from baton.runtime.core.token import Token

    Schemas = Sequence[tuple[Node, str]]
    """Elements with what they say of variables, as text."""


def check(node: Node, schema: str, values: Variables) -> None:
    """Raises BadRequest with the path of each value that does not fit; the values themselves are not named."""
    faults = list_faults(schema, values)
    if faults:
        raise _make_refusal([node], faults)


def check_set(token: Token, values: Variables, *, local: bool = False) -> None:
    """Variables that somebody sets where the token is, or with ``local`` in the scope that it owns.

    Those that a process holds must fit a schema that names them; a scope inside may give a name another meaning.
    Raises BadRequest.
    """
    if token.spec.schemas:
        owners = {name: token if local else variables.find_owner(token, name) for name in values}
        check_named(
            token.spec.schemas, {name: values[name] for name, owner in owners.items() if owner.task_spec.is_process}
        )


def check_named(schemas: Schemas, values: Variables) -> None:
    """Variables of a process, some of all that it has: each must fit one of the schemas that name it.

    Raises BadRequest.
    """
    found: dict[str, list[tuple[Node, list[str]]]] = {}
    for node, text in schemas:
        for name, faults in list_faults_by_name(text, values).items():
            found.setdefault(name, []).append((node, faults))
    wrong = [said for said in found.values() if all(faults for _, faults in said)]
    if wrong:
        nodes = {node.id: node for said in wrong for node, _ in said}
        raise _make_refusal(nodes.values(), [fault for said in wrong for fault in said[0][1]])


def _make_refusal(nodes: Iterable[Node], faults: Iterable[str]) -> BadRequest:
    named = " or ".join(f"{node.kind.value} '{node.id}'" for node in nodes)
    return BadRequest(f"Expected variables that fit the JSON Schema of {named}, but found:\n* " + "\n* ".join(faults))
