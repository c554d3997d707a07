"""JSON Schemas of variables (``baton:schema``): in the model itself, or in a file of its deployment, as scripts are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.names import BPMN, CAMUNDA, ZEEBE
from baton.bpmn.script_files import get_file_name, read_script
from baton.schemas import PROPERTY

WORDS = ("property",)


@dataclass(frozen=True, slots=True)
class SchemaPlace:
    """``of``: the BPMN element that the property ``mark`` belongs to."""

    of: Element
    mark: Element

    @property
    def value(self) -> str:
        return self.mark.attributes.get("value", "").strip()


def list_schemas(root: Element) -> Iterator[SchemaPlace]:
    for element in root.walk():
        if element.name != "property" or element.namespace not in (CAMUNDA, ZEEBE) or element.get("name") != PROPERTY:
            continue
        holder = element.parent
        while holder is not None and (holder.namespace != BPMN or holder.name == "extensionElements"):
            holder = holder.parent
        if holder is not None:
            yield SchemaPlace(holder, element)


def find_schema_files(document: Document) -> frozenset[str]:
    """The files of the deployment that the model takes schemas from."""
    names = (get_file_name(place.value) for place in list_schemas(document.root))
    return frozenset(name for name in names if name is not None and name in document.beside)


def insert_schemas(document: Document) -> None:
    """Put the text of each file where the model refers to it. What cannot be read is a rule's finding."""
    for place in list_schemas(document.root):
        name = get_file_name(place.value)
        text = read_script(document, name) if name is not None else None
        if text is not None:
            place.mark.attributes["value"] = text
