"""A JSON Schema of variables (``baton:schema``) can be used, and stands where variables come in."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import refuse, warn
from baton.bpmn.lowering.work import read_external_work
from baton.bpmn.script_files import PREFIX, get_file_name
from baton.bpmn.value_schemas import SchemaPlace, list_schemas
from baton.model.problems import Problem
from baton.schemas import PROPERTY, list_mistakes

RULE = "variable-schema"


def check(document: Document) -> Iterator[Problem]:
    for place in list_schemas(document.root):
        if not _takes_variables(place.of):
            yield refuse(
                RULE,
                place.of,
                f"Expected {PROPERTY} at a start event of a process (without an event or with a message), a task with "
                f"a topic or a user task, but found it at {place.of.label}",
            )
            continue
        yield from _check_text(document, place)


def _takes_variables(element: Element) -> bool:
    if element.is_bpmn("startEvent"):
        events = [child for child in element.children if child.name.endswith(("EventDefinition", "eventDefinitionRef"))]
        in_process = element.parent is not None and element.parent.is_bpmn("process")
        return in_process and all(event.is_bpmn("messageEventDefinition") for event in events)
    return element.is_bpmn("userTask") or read_external_work(element) is not None


def _check_text(document: Document, place: SchemaPlace) -> Iterator[Problem]:
    name = get_file_name(place.value)
    if name is not None:
        expected = f"text in UTF-8 in the file '{name}'" if name in document.beside else f"the file '{name}' beside it"
        yield refuse(RULE, place.of, f"Expected {expected}, for the JSON Schema of {place.of.label} ('{PREFIX}…')")
        return
    mistakes, ineffective = list_mistakes(place.value)
    yield from (refuse(RULE, place.of, f"{text} (JSON Schema of {place.of.label})") for text in mistakes)
    yield from (warn(RULE, place.of, f"{text} (JSON Schema of {place.of.label})") for text in ineffective)
