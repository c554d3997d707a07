"""Variables that come in, checked by the JSON Schema of their element."""

from __future__ import annotations

from baton.model.definition import Node
from baton.model.errors import BadRequest
from baton.model.values import Variables
from baton.schemas import list_faults


def check(node: Node, schema: str, values: Variables) -> None:
    """Raises BadRequest with the path of each value that does not fit; the values themselves are not named."""
    faults = list_faults(schema, values)
    if faults:
        raise BadRequest(
            f"Expected variables that fit the JSON Schema of {node.kind.value} '{node.id}', but found:\n* "
            + "\n* ".join(faults)
        )
