"""What a process or subprocess holds, laid out from the inside to the outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from baton.bpmn.element import Element
from baton.drawing.layout.blocks import DATA, Attached, Block, is_activity, is_node, make_block, measure_note
from baton.drawing.layout.lanes import Lanes
from baton.drawing.layout.placing import Flow, Placed, place_blocks
from baton.drawing.layout.sketch import Rectangle, Sketch, draw_line

SPACE = 30


def lay_out_scope(scope: Element) -> Sketch:
    """The nodes, flows and artifacts of a process or subprocess. Nodes without an id cannot be drawn."""
    return place_scope(scope, Lanes({}, ())).sketch


def place_scope(scope: Element, lanes: Lanes) -> Placed:
    attached, loose = _collect(scope)
    hanging = {e.id for events in attached.boundaries.values() for e in events}
    hanging |= {handler.id for handlers in attached.handlers.values() for handler, _ in handlers}
    nodes = [child for child in scope.children if is_node(child) and child.id not in hanging]
    blocks = {node.id or "": make_block(node, attached, lay_out_scope) for node in nodes}
    owners = {id_: block.id for block in blocks.values() for id_ in block.sketch.shapes}
    flows = list(_list_flows(scope, owners, blocks))
    if lanes.tops:
        placed = place_blocks(blocks, flows, lanes.bands)
    else:
        apart = {node.id for node in nodes if node.get("triggeredByEvent") == "true"}
        parts = sorted(_split(blocks, flows), key=lambda part: all(id_ in apart for id_ in part[0]))
        placed = _stack([place_blocks(part, flows_of, {}) for part, flows_of in parts])
    _put_loose(placed, loose)
    _draw_lines(scope, placed.sketch)
    return placed


def _collect(scope: Element) -> tuple[Attached, list[Element]]:
    """What is attached to nodes, and notes and data without a node."""
    attached = Attached({}, {}, {})
    ids = {child.id: child for child in scope.children if child.id is not None}
    for child in scope.children:
        host = ids.get(child.get_ref("attachedToRef") or "") if child.is_bpmn("boundaryEvent") else None
        if host is not None and is_activity(host) and child.id:
            attached.boundaries.setdefault(host.id or "", []).append(child)
    for events in attached.boundaries.values():
        events.sort(key=lambda event: event.find("compensateEventDefinition") is None)
    notes = [child for child in scope.find_all("textAnnotation", *DATA) if child.id]
    loose = {note.id or "": note for note in notes}
    for id_, one, two in _list_associations(scope):
        _attach(attached, ids, id_, one, two)
        for note, host in ((one, two), (two, one)):
            if note in loose and host in ids and is_node(ids[host]) and not ids[host].is_bpmn("boundaryEvent"):
                attached.notes.setdefault(host, []).append(loose.pop(note))
    return attached, list(loose.values())


def _attach(attached: Attached, ids: Mapping[str, Element], id_: str, one: str, two: str) -> None:
    """The handler at the other end of a compensation boundary event's association, whichever way it was drawn."""
    known = {handler.id for handlers in attached.handlers.values() for handler, _ in handlers}
    for event, handler in ((ids.get(one), ids.get(two)), (ids.get(two), ids.get(one))):
        if event is None or handler is None or handler.id in known or not event.is_bpmn("boundaryEvent"):
            continue
        if is_activity(handler) and handler.get("isForCompensation") == "true":
            attached.handlers.setdefault(event.id or "", []).append((handler, id_))


def _list_associations(scope: Element) -> Iterator[tuple[str, str, str]]:
    """Id and ends of associations, and of those between data and the activities of the scope."""
    for link in scope.find_all("association"):
        yield link.id or "", link.get_ref("sourceRef") or "", link.get_ref("targetRef") or ""
    for node in scope.children:
        for link in node.find_all("dataInputAssociation", "dataOutputAssociation"):
            for data in (*link.get_refs("sourceRef"), *link.get_refs("targetRef")):
                yield link.id or "", data, node.id or ""


def _list_flows(scope: Element, owners: Mapping[str, str], blocks: Mapping[str, Block]) -> Iterator[Flow]:
    for flow in scope.find_all("sequenceFlow"):
        source, target = flow.get_ref("sourceRef") or "", flow.get_ref("targetRef") or ""
        if flow.id and source in owners and target in owners:
            block = blocks[owners[source]]
            leaves = source if source in block.exits else None
            yield Flow(flow.id, block.id, owners[target], flow.get("name"), leaves)


def _split(blocks: Mapping[str, Block], flows: Sequence[Flow]) -> Iterator[tuple[dict[str, Block], list[Flow]]]:
    """Parts that no flow connects."""
    root = {id_: id_ for id_ in blocks}

    def find(id_: str) -> str:
        while root[id_] != id_:
            root[id_] = root[root[id_]]
            id_ = root[id_]
        return id_

    for flow in flows:
        root[find(flow.target)] = find(flow.source)
    parts: dict[str, dict[str, Block]] = {}
    for id_, block in blocks.items():
        parts.setdefault(find(id_), {})[id_] = block
    for part in parts.values():
        yield part, [flow for flow in flows if flow.source in part]


def _stack(parts: Iterable[Placed]) -> Placed:
    whole = Sketch()
    for part in parts:
        whole.add(part.sketch, 0, whole.height)
    return Placed(whole, {0: (0, whole.height)})


def _put_loose(placed: Placed, loose: Sequence[Element]) -> None:
    x, y = 0.0, placed.sketch.height + SPACE
    for note in loose:
        wide, high = measure_note(note)
        placed.sketch.put(note.id or "", Rectangle(x, y, wide, high))
        x += max(wide, 100) + SPACE


def _draw_lines(scope: Element, sketch: Sketch) -> None:
    for id_, one, two in _list_associations(scope):
        if id_ and id_ not in sketch.edges:
            draw_line(sketch, id_, one, two)
