"""An element becomes an external task: topic, inputs, and what it was as properties."""

from __future__ import annotations

from baton.convert.code import Code
from baton.convert.report import NoteKind
from baton.convert.tree import (
    Node,
    Tree,
    describe,
    find_child,
    find_extensions,
    get,
    is_bpmn,
    is_camunda,
    read_text,
    remove,
    remove_attribute,
    rename,
)

WORKERS = ("serviceTask", "sendTask", "businessRuleTask", "messageEventDefinition")
"""Elements that can have a topic."""
CODE_ATTRIBUTES = ("class", "delegateExpression", "expression", "resultVariable")


class Topics:
    """The topics of a file. One name stands for one piece of work: other work gets another name."""

    def __init__(self, tree: Tree) -> None:
        self._work: dict[str, tuple[tuple[str, str], ...]] = {
            name: () for node in tree.root.iter() if isinstance(node.tag, str) and (name := get(node, "topic"))
        }

    def choose(self, code: Code) -> str:
        """The topic for a piece of work: that of the same work, or a free name."""
        number = 1
        while True:
            name = code.topic if number == 1 else f"{code.topic}-{number}"
            if self._work.setdefault(name, code.origin) == code.origin:
                return name
            number += 1


def make_external(tree: Tree, topics: Topics, node: Node, code: Code) -> str:
    """Give the element a topic in place of its code; the topic. What it was stays as properties."""
    topic = topics.choose(code)
    holder = _get_property_holder(node)
    for name in CODE_ATTRIBUTES:
        remove_attribute(node, name)
    tree.set(node, "type", "external")
    tree.set(node, "topic", topic)
    for name, value in code.origin:
        tree.add_property(holder, name, value)
    move_fields(tree, holder)
    tree.note(NoteKind.CHANGED, node, f"{code.words} of {describe(holder)} is now an external task: topic '{topic}'")
    return topic


def _get_property_holder(node: Node) -> Node:
    return node.getparent() if is_bpmn(node, "messageEventDefinition") else node


def make_service_task(node: Node) -> None:
    """Another kind of task becomes one that shows its topic in every modeler."""
    if not is_bpmn(node, *WORKERS):
        rename(node, "serviceTask")


def move_fields(tree: Tree, node: Node) -> None:
    """Injected fields become inputs of the task; of an event, which has no inputs, properties."""
    for field in (*find_extensions(node, "field"), *_find_definition_fields(node)):
        name, text = field.get("name") or "", read_field(field)
        if is_bpmn(node, "intermediateThrowEvent", "endEvent"):
            tree.add_property(node, f"field:{name}", text)
        else:
            tree.add_parameter(node, "inputParameter", name, text)
        what = "a property" if is_bpmn(node, "intermediateThrowEvent", "endEvent") else "an input"
        tree.note(NoteKind.CHANGED, field, f"the injected field '{name}' of {describe(node)} is now {what}")
        remove(field)


def _find_definition_fields(node: Node) -> list[Node]:
    definition = find_child(node, "messageEventDefinition")
    return [] if definition is None else find_extensions(definition, "field")


def read_field(field: Node) -> str:
    """The text or the expression of a ``camunda:field``."""
    inner = next((child for child in field if is_camunda(child, "string", "expression")), None)
    text = field.get("stringValue") or field.get("expression") or (read_text(inner) if inner is not None else "")
    return text.strip()
