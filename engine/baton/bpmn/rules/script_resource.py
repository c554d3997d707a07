"""A script in a file (``camunda:resource``) is read from the same deployment (``deployment://total.py``)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse
from baton.bpmn.script_files import PREFIX, get_file_name, holds_script, list_references, read_script
from baton.model.problems import Problem

RULE = "script-resource"


def check(document: Document) -> Iterator[Problem]:
    for element, reference in list_references(document.root):
        name = get_file_name(reference)
        if not holds_script(element):
            expected = f"a script only in a scriptTask or a camunda:script, not in {element.label}"
        elif name is None:
            expected = f"the script itself in {element.label}, or a file of the deployment ('{PREFIX}…')"
        elif name not in document.beside:
            expected = f"the file '{name}' beside the model in its deployment"
        elif read_script(document, name) is None:
            expected = f"text in UTF-8 in the file '{name}'"
        else:
            continue
        yield refuse(RULE, element, f"Expected {expected}, but found the resource '{reference}'")
