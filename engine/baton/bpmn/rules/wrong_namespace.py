"""A prefix that everybody writes for one namespace stands for another: nothing that has it is read."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import warn
from baton.bpmn.names import ALIASES, PREFIXES
from baton.model.problems import Problem

RULE = "wrong-namespace"
_NAMESPACES = {prefix: namespace for namespace, prefix in PREFIXES.items()}


def check(document: Document) -> Iterator[Problem]:
    for prefix, found in document.prefixes.items():
        expected = _NAMESPACES.get(prefix)
        if expected is not None and ALIASES.get(found, found) not in PREFIXES:
            yield warn(
                RULE,
                document.root,
                f"Expected the prefix '{prefix}' to stand for {expected}, but it stands for {found}: "
                "what is written with it has no effect",
            )
