"""A reference to an id that no element of the file has."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import error
from baton.bpmn.schema.references import references
from baton.model.problems import Problem

RULE = "dangling-reference"
REDUNDANT = ("incoming", "outgoing", "flowNodeRef")
"""Lists beside what counts: `flow-lists` looks at them."""


def check(document: Document) -> Iterator[Problem]:
    imports = bool(document.root.all("import"))
    for ref in references(document.typed):
        if ref.name in REDUNDANT:
            continue
        if ref.target not in document.ids and not (imports and ":" in ref.text):
            yield error(
                RULE,
                ref.at,
                f"Expected '{ref.name}' of {ref.owner.label} to name an element, but found no '{ref.text}'",
            )
