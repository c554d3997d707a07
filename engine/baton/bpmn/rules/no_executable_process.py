"""A file must hold a process that can be deployed (clause 10.3: ``isExecutable``)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse
from baton.bpmn.lowering.processes import find_executable
from baton.model.problems import Problem

RULE = "no-executable-process"


def check(document: Document) -> Iterator[Problem]:
    if not find_executable(document.root):
        found = document.root.find_all("process")
        what = f"{len(found)} process(es), none of them executable" if found else "no process"
        yield refuse(
            RULE, found[0] if found else document.root, f'Expected a process with isExecutable="true", but found {what}'
        )
