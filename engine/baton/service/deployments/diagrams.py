"""A diagram for a file that has none, to be shown: what is deployed stays as it is."""

from __future__ import annotations

from baton.bpmn.document import Refused
from baton.drawing.layout import add_diagram
from baton.model.errors import DeploymentRefused


def draw_file(content: bytes, process_id: str | None) -> bytes:
    """The BPMN file with a diagram, that of ``process_id`` first; as it is if it has one. Raises DeploymentRefused."""
    try:
        return add_diagram(content, process_id)
    except Refused as error:
        raise DeploymentRefused([error.problem]) from None
