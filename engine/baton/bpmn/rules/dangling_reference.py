"""A reference to an id that no element of the file has."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import refuse, warn
from baton.bpmn.schema.references import find_references
from baton.model.problems import Problem

RULE = "dangling-reference"
REDUNDANT = ("incoming", "outgoing", "flowNodeRef")
"""Lists that only repeat other attributes: `flow-lists` checks them."""
VARIABLES = ("loopDataInputRef", "loopDataOutputRef")
"""Several engines put the name of a variable there."""


CODES = ("errorRef",)
"""Camunda 7 takes an errorRef that names no error for the code itself."""
DRAWN = ("processRef",)
"""A pool whose process is in another file is a drawing."""


def check(document: Document) -> Iterator[Problem]:
    imports = bool(document.root.find_all("import"))
    for ref in find_references(document.typed):
        if ref.name in REDUNDANT or ref.target in document.ids or (imports and ":" in ref.text):
            continue
        message = f"Expected '{ref.name}' of {ref.owner.label} to name an element, but found no '{ref.text}'"
        taken = _describe_use(ref.name, ref.owner)
        if taken is not None:
            yield warn(RULE, ref.at, f"{message}: {taken}")
        else:
            yield refuse(RULE, ref.at, message)


def _describe_use(name: str, owner: Element) -> str | None:
    """What is made of a reference to nothing; None where nothing can be made of it."""
    if name in VARIABLES:
        return "it is taken as the name of a variable"
    if name in CODES and owner.is_bpmn("errorEventDefinition"):
        return "it is taken as the code of the error"
    if name in DRAWN and owner.is_bpmn("participant"):
        return "nothing of this pool is run"
    return None
