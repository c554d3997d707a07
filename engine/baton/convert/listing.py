"""The topics of a file, with what is known about their work: what stubs are written from."""

from __future__ import annotations

from dataclasses import replace

from baton.convert.external import WORKERS
from baton.convert.listeners import LISTENERS
from baton.convert.report import Topic
from baton.convert.tree import Node, Tree, find_children, find_extension, get, get_nearest_id, is_bpmn, is_camunda


def list_topics(tree: Tree) -> tuple[Topic, ...]:
    """Every topic of the file once, in its order; a topic that is an expression is not known before it runs."""
    found: dict[str, Topic] = {}
    for node in tree.root.iter():
        topic = _read_topic(node)
        if topic is not None and not topic.name.startswith(("${", "#{", "=")):
            found[topic.name] = _join(found.get(topic.name), topic)
    return tuple(found.values())


def _read_topic(node: Node) -> Topic | None:
    if is_camunda(node, *LISTENERS) and node.get("topic"):
        name = node.get("topic")
        return _make_topic(name, node, node.getparent().getparent(), f"{name} ")
    if isinstance(node.tag, str) and get(node, "type") == "external" and (name := get(node, "topic")) is not None:
        holder = node.getparent() if is_bpmn(node, "messageEventDefinition") else node
        topic = _make_topic(name, node, holder, "")
        return replace(topic, inputs=_list_inputs(holder)) if is_bpmn(node, *WORKERS) else topic
    return None


def _make_topic(name: str, node: Node, holder: Node, prefix: str) -> Topic:
    properties = _read_properties(holder)
    known = {key.removeprefix(prefix): value for key, value in properties.items() if key.startswith(prefix)}
    origin = {key: value for key, value in known.items() if " " not in key}
    result = origin.pop("resultVariable", None)
    return Topic(name, (get_nearest_id(node) or "",), result=result, origin=origin)


def _read_properties(holder: Node) -> dict[str, str]:
    properties = find_extension(holder, "properties")
    found = find_children(properties, "property") if properties is not None else []
    return {node.get("name") or "": node.get("value") or "" for node in found}


def _list_inputs(holder: Node) -> tuple[str, ...]:
    mapping = find_extension(holder, "inputOutput")
    found = find_children(mapping, "inputParameter") if mapping is not None else []
    return tuple(name for node in found if (name := node.get("name")))


def _join(first: Topic | None, second: Topic) -> Topic:
    """The same topic at several elements."""
    if first is None:
        return second
    elements = tuple(dict.fromkeys((*first.elements, *second.elements)))
    inputs = tuple(dict.fromkeys((*first.inputs, *second.inputs)))
    return replace(first, elements=elements, inputs=inputs)
