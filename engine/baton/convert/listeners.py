"""Listeners that are Java or foreign scripts: workers do them, as listeners of activities or as tasks in the flow."""

from __future__ import annotations

from baton.bpmn.schema.types import is_a
from baton.convert.code import Code, find_java, read_script
from baton.convert.external import Topics, make_external, read_field
from baton.convert.insertion import insert_task, list_flows
from baton.convert.report import NoteKind
from baton.convert.tree import Node, Tree, describe, find_children, is_camunda, remove, split

LISTENERS = ("executionListener", "taskListener")
_CALLED = {"executionListener": ("start", "end"), "taskListener": ("create", "complete")}
"""The events for which workers are called at activities."""


def convert_listeners(tree: Tree, topics: Topics) -> None:
    for listener in _order([node for node in tree.root.iter() if is_camunda(node, *LISTENERS)]):
        host = _get_host(listener)
        code = _find_code(tree, listener, host) if host is not None and not _has_topic(listener) else None
        if host is not None and code is not None:
            _convert_listener(tree, topics, listener, host, code)


def _order(listeners: list[Node]) -> list[Node]:
    """So that tasks in one flow are passed in the order in which the listeners were called.

    A task is put in before the others of a flow where its listener was called on leaving, else behind them. Those of
    the process come last: they were called before and after all others.
    """
    places: list[list[Node]] = [[], [], [], [], []]
    for listener in listeners:
        places[_find_place(listener)].append(listener)
    arriving, taken, leaving, ended, started = places
    return [*arriving, *reversed(taken), *reversed(leaving), *ended, *reversed(started)]


def _find_place(listener: Node) -> int:
    host, event = _get_host(listener), listener.get("event")
    name = split(host)[1] if host is not None else ""
    if name == "process":
        return 4 if event == "start" else 3
    if name == "sequenceFlow":
        return 1
    return 2 if _is_called_on_leaving(name, event) else 0


def _get_host(listener: Node) -> Node | None:
    parent = listener.getparent()
    return parent.getparent() if parent is not None else None


def _is_called_on_leaving(name: str, event: str | None) -> bool:
    """Nothing leads to start and boundary events, and nothing out of end events."""
    return name in ("startEvent", "boundaryEvent") or (event == "end" and name != "endEvent")


def _has_topic(listener: Node) -> bool:
    fields = find_children(listener, "field")
    return bool(listener.get("topic")) or any(field.get("name") == "topic" for field in fields)


def _find_code(tree: Tree, listener: Node, host: Node) -> Code | None:
    fallback = f"{host.get('id') or split(host)[1]}-{listener.get('event') or 'start'}"
    script = next(iter(find_children(listener, "script")), None)
    if script is not None:
        read = read_script(tree, script)
        return None if read.runs else read.make_code(fallback)
    return find_java(listener, fallback)


def _convert_listener(tree: Tree, topics: Topics, listener: Node, host: Node, code: Code) -> None:
    kind = split(listener)[1]
    event = listener.get("event") or ("take" if is_a(split(host)[1], "sequenceFlow") else "start")
    if is_a(split(host)[1], "activity"):
        called = event in _CALLED[kind] and (kind == "executionListener" or split(host)[1] == "userTask")
        (_call_worker if called else _drop_listener)(tree, topics, listener, host, code)
        return
    flows = _find_flows(tree, host, event)
    if flows:
        _insert_tasks(tree, topics, listener, host, code, flows)
    else:
        _drop_listener(tree, topics, listener, host, code)


def _call_worker(tree: Tree, topics: Topics, listener: Node, host: Node, code: Code) -> None:
    topic = topics.choose(code)
    event = listener.get("event") or "start"
    for name in ("class", "delegateExpression", "expression"):
        listener.attrib.pop(name, None)
    for script in find_children(listener, "script"):
        remove(script)
    for field in find_children(listener, "field"):
        tree.add_property(host, f"{topic} field:{field.get('name')}", read_field(field))
        remove(field)
    listener.set("topic", topic)
    for name, value in code.origin:
        tree.add_property(host, f"{topic} {name}", value)
    message = f"the listener '{event}' of {describe(host)} ({code.words}) is now done by a worker: topic '{topic}'"
    tree.note(NoteKind.CHANGED, listener, message)
    tree.note(NoteKind.TO_DO, listener, f"topic '{topic}' needs a worker that does what {code.words} did")


def _drop_listener(tree: Tree, topics: Topics, listener: Node, host: Node, code: Code) -> None:
    """No worker can be called there: what it was stays as properties of the host."""
    del topics
    event = listener.get("event") or "start"
    for name, value in code.origin:
        tree.add_property(host, f"{event} {name}", value)
    message = (
        f"the listener '{event}' of {describe(host)} ({code.words}) is no longer called: Baton calls no worker there"
    )
    tree.note(NoteKind.CHANGED, listener, message)
    advice = "write it as an expression or as a script in Python, or do it in a task before or after"
    tree.note(NoteKind.TO_DO, listener, f"{code.words} of {describe(host)}: {advice}")
    remove(listener)


def _find_flows(tree: Tree, host: Node, event: str) -> list[Node]:
    """Where a task in the flow is passed at the time the listener was called; none where it would not be."""
    name = split(host)[1]
    if name == "sequenceFlow":
        found = [host]
    elif name == "process":
        found = _find_flows_of_process(tree, host, event)
    elif _is_called_on_leaving(name, event):
        found = list_flows(tree, host, "sourceRef")
    else:
        found = list_flows(tree, host, "targetRef")
    return found if all(_may_hold_task(tree, flow) for flow in found) else []


def _find_flows_of_process(tree: Tree, process: Node, event: str) -> list[Node]:
    kind, end = ("startEvent", "sourceRef") if event == "start" else ("endEvent", "targetRef")
    ids = {child.get("id") for child in process if isinstance(child.tag, str) and split(child)[1] == kind}
    return [flow for flow in tree.walk("sequenceFlow") if flow.get(end) in ids]


def _may_hold_task(tree: Tree, flow: Node) -> bool:
    source = tree.find(flow.get("sourceRef") or "")
    return source is None or split(source)[1] != "eventBasedGateway"


def _insert_tasks(tree: Tree, topics: Topics, listener: Node, host: Node, code: Code, flows: list[Node]) -> None:
    event = listener.get("event") or "take"
    fields = {field.get("name") or "": read_field(field) for field in find_children(listener, "field")}
    message = f"the listener '{event}' of {describe(host)} ({code.words}) is now a task in the flow"
    tree.note(NoteKind.CHANGED, listener, message)
    for flow in flows:
        task = insert_task(tree, flow, f"{host.get('id') or 'listener'}_{event}", f"{code.topic} ({event})")
        topic = make_external(tree, topics, task, code)
        for name, text in fields.items():
            tree.add_parameter(task, "inputParameter", name, text)
        advice = f"topic '{topic}' needs a worker that does what {code.words} did; the picture has a new task there"
        tree.note(NoteKind.TO_DO, host, advice)
    remove(listener)
