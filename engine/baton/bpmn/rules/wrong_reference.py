"""A reference to an element of another kind than the standard asks for."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse
from baton.bpmn.rules.dangling_reference import REDUNDANT
from baton.bpmn.schema.references import find_references
from baton.bpmn.schema.types import is_a
from baton.model.problems import Problem

RULE = "wrong-reference"


def check(document: Document) -> Iterator[Problem]:
    kinds = {id(element): kind.name for element, kind in document.typed.elements}
    for ref in find_references(document.typed):
        target = document.ids.get(ref.target)
        if target is None or not ref.types or ref.name in REDUNDANT:
            continue
        kind = kinds.get(id(target), target.name)
        if not is_a(kind, *ref.types):
            wanted = " or ".join("data element" if kind == "itemAware" else kind for kind in ref.types)
            yield refuse(
                RULE, ref.at, f"Expected '{ref.name}' of {ref.owner.label} to name {wanted}, but found {target.label}"
            )
