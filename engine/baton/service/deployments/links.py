"""What a process has to do with others: whom it calls, which messages it waits for and throws."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field

from baton.bpmn.queries.nodes import catches_link, get_link_name, throws_link
from baton.model.definition import EventDefinition, EventKind, Node, ProcessModel
from baton.service.deployments.form_files import remove_prefix

MOST_NODES = 20_000
"""In larger processes only calls are checked."""
ANY = ""
"""The name of a message that only a run shows: it may be every message."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call activity that names a process, a business rule task that names a decision, or what names a form.

    ``version``: what a binding by version or version tag names.
    """

    element: str
    line: int | None
    key: str
    binding: str
    version: str | None = None


@dataclass(frozen=True, slots=True)
class UsedTopic:
    """An element that puts its work on a topic that the model names."""

    element: str
    line: int | None
    topic: str


@dataclass(frozen=True, slots=True)
class ProcessLinks:
    """``waits`` and ``throws``: node -> name of the message. ``entries``: where a token may be from the beginning.

    ``steps``: node -> what a token may come to when it has passed the node; ``beside``: what may begin while it is
    there. Both are empty for a process without messages. Each is more than what can happen, never less.
    """

    key: str
    resource: str | None = None
    calls: tuple[Call, ...] = ()
    decisions: tuple[Call, ...] = ()
    forms: tuple[Call, ...] = ()
    waits: Mapping[str, str] = field(default_factory=dict[str, str])
    throws: Mapping[str, str] = field(default_factory=dict[str, str])
    lines: Mapping[str, int | None] = field(default_factory=dict[str, "int | None"])
    entries: tuple[str, ...] = ()
    steps: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    topics: tuple[UsedTopic, ...] = ()


def is_met(call: Call, deployed: Container[str]) -> bool:
    """Whether a call means what is deployed with it; bound to its deployment, it means nothing else."""
    return call.binding == "deployment" or (call.binding == "latest" and call.key in deployed)


def make_links(model: ProcessModel, resource: str | None = None) -> ProcessLinks:
    nodes = model.nodes.values()
    waits = {node.id: name for node in nodes if (name := _get_awaited(model, node)) is not None}
    throws = {node.id: name for node in nodes if (name := _get_thrown(node)) is not None}
    calls, decisions, forms = (tuple(list_calls(model, kind)) for kind in ("process", "decision", "form"))
    topics = tuple(
        UsedTopic(node.id, node.line, node.external.topic.text)
        for node in nodes
        if node.external is not None and node.external.topic.dialect == "literal"
    )
    if (not waits and not throws) or len(model.nodes) > MOST_NODES:
        return ProcessLinks(model.id, resource, calls, decisions, forms, topics=topics)
    return ProcessLinks(
        key=model.id,
        resource=resource,
        calls=calls,
        decisions=decisions,
        forms=forms,
        topics=topics,
        waits=waits,
        throws=throws,
        lines={id_: model.nodes[id_].line for id_ in waits},
        entries=(*(node.id for node in model.entries), *_list_inside(model, model.id)),
        steps={node.id: tuple(_list_steps(model, node)) for node in nodes},
        beside={node.id: tuple(_list_beside(model, node)) for node in nodes},
    )


_FORM_FILE = "camunda-forms:deployment:"


def list_calls(model: ProcessModel, kind: str) -> Iterator[Call]:
    """What is named of a kind, ``process``, ``decision`` or ``form``, by a key that is no expression.

    A form is named by a reference, or by a key that says that its file lies in the deployment.
    """
    for node in model.nodes.values():
        call, form = node.call, node.form
        if kind == "form":
            if form is not None and form.ref is not None:
                number = form.ref_version if form.ref_binding == "version" else None
                yield Call(node.id, node.line, form.ref, form.ref_binding, number)
                continue
            key = form.key if form is not None else None
            if key is not None and key.dialect == "literal" and key.text.startswith(_FORM_FILE):
                yield Call(node.id, node.line, remove_prefix(key.text), "deployment")
        elif call is not None and call.kind == kind and call.key.dialect == "literal":
            version = call.version
            if version is None or version.dialect == "literal":
                yield Call(node.id, node.line, call.key.text, call.binding, version.text if version else None)


def _get_awaited(model: ProcessModel, node: Node) -> str | None:
    """The one message that the node waits for. The start of a process waits for none: anybody may send it."""
    begins = node.traits.starts_scope and node.scope == model.id
    if len(node.events) != 1 or begins or node.instantiate or not (node.traits.catches or not node.traits.is_event):
        return None
    return None if node.traits.throws or _get_thrown(node) is not None else _get_constant(node.events[0])


def _get_constant(event: EventDefinition) -> str | None:
    named = event.kind is EventKind.MESSAGE and event.name is not None and event.name.dialect == "literal"
    return event.name.text if named and event.name is not None else None


def _get_thrown(node: Node) -> str | None:
    """What Baton itself delivers; what a worker sends may come back as any message, from outside."""
    sends = node.traits.throws or node.traits.changes_world
    events = [event for event in node.events if event.kind is EventKind.MESSAGE] if sends else []
    if not events or node.external is not None:
        return None
    names = {_get_constant(event) for event in events if event.external is None}
    return next(iter(names)) or ANY if len(names) == 1 else ANY if names else None


def _list_inside(model: ProcessModel, scope: str) -> Iterator[str]:
    """What may begin in a scope by itself: all that no flow leads to."""
    for node in model.members.get(scope, ()):
        if not node.incoming and not catches_link(node) and not node.traits.is_boundary:
            yield node.id


def _list_beside(model: ProcessModel, node: Node) -> Iterator[str]:
    yield from (boundary.id for boundary in model.boundaries.get(node.id, ()))
    if not node.traits.is_scope:
        return
    if node.traits.runs_on_demand:
        yield from (inner.id for inner in model.members.get(node.id, ()))
    else:
        yield from _list_inside(model, node.id)


def _list_steps(model: ProcessModel, node: Node) -> Iterator[str]:
    if throws_link(node):
        name = get_link_name(node)
        yield from (m.id for m in model.members[node.scope] if catches_link(m) and get_link_name(m) == name)
    if not _ends_with_what_is_inside(model, node):
        yield from (model.flows[flow].target for flow in node.outgoing)
    if not node.outgoing:
        yield from _list_after(model, node.scope)


def _list_after(model: ProcessModel, scope: str) -> Iterator[str]:
    """Where a token goes on when one in the scope has come to its end."""
    while scope != model.id:
        around = model.nodes[scope]
        if not _ends_with_what_is_inside(model, around):
            return
        yield from (model.flows[flow].target for flow in around.outgoing)
        if around.outgoing:
            return
        scope = around.scope


def _ends_with_what_is_inside(model: ProcessModel, node: Node) -> bool:
    """Whether a token leaves the node only when one inside has come to an end."""
    return (
        node.traits.is_scope
        and not node.traits.runs_on_demand
        and node.loop is None
        and bool(model.members.get(node.id))
    )
