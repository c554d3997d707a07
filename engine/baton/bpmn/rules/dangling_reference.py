"""A reference to an id that no element of the file has."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse, warn
from baton.bpmn.schema.references import find_references
from baton.model.problems import Problem

RULE = "dangling-reference"
REDUNDANT = ("incoming", "outgoing", "flowNodeRef")
"""Lists beside what counts: `flow-lists` looks at them."""
VARIABLES = ("loopDataInputRef", "loopDataOutputRef")
"""Several engines put the name of a variable there."""


def check(document: Document) -> Iterator[Problem]:
    imports = bool(document.root.find_all("import"))
    for ref in find_references(document.typed):
        if ref.name in REDUNDANT or ref.target in document.ids or (imports and ":" in ref.text):
            continue
        message = f"Expected '{ref.name}' of {ref.owner.label} to name an element, but found no '{ref.text}'"
        if ref.name in VARIABLES:
            yield warn(RULE, ref.at, f"{message}: it is taken as the name of a variable")
        else:
            yield refuse(RULE, ref.at, message)
