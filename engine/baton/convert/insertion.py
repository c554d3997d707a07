"""A service task is put into a sequence flow, in the model and in the picture."""

from __future__ import annotations

from lxml import etree

from baton.bpmn.names import BPMNDI, DC, DI
from baton.convert.tree import Node, Tree, insert_child, is_bpmn

WIDTH, HEIGHT = 100.0, 80.0


def list_flows(tree: Tree, node: Node, end: str) -> list[Node]:
    """The flows whose ``sourceRef`` or ``targetRef`` is the node."""
    return [flow for flow in tree.walk("sequenceFlow") if flow.get(end) == node.get("id")]


def insert_task(tree: Tree, flow: Node, wanted: str, name: str) -> Node:
    """A service task in the middle of the flow; the flow leads to it, and a new one to where it led."""
    target = tree.find(flow.get("targetRef"))
    id_ = tree.make_id(wanted)
    task = _add_beside(flow, "serviceTask", {"id": id_, "name": name})
    rest = _add_beside(task, "sequenceFlow", {"id": tree.make_id(f"{id_}_flow")})
    rest.set("sourceRef", id_)
    rest.set("targetRef", flow.get("targetRef"))
    flow.set("targetRef", id_)
    _list_flow(task, "incoming", flow.get("id"))
    _list_flow(task, "outgoing", rest.get("id"))
    if target is not None:
        _rename_incoming(target, flow.get("id"), rest.get("id"))
        _add_to_lane(tree, target, id_)
    _draw(tree, flow, task, rest)
    return task


def _add_beside(node: Node, name: str, attributes: dict[str, str]) -> Node:
    parent = node.getparent()
    tag = f"{{{etree.QName(node).namespace}}}{name}"
    return insert_child(parent, parent.index(node) + 1, tag, attributes)


def _list_flow(task: Node, name: str, flow: str | None) -> None:
    if flow:
        insert_child(task, None, f"{{{etree.QName(task).namespace}}}{name}").text = flow


def _rename_incoming(target: Node, old: str | None, new: str) -> None:
    for child in target:
        if is_bpmn(child, "incoming") and (child.text or "").strip().rpartition(":")[2] == old:
            child.text = new


def _add_to_lane(tree: Tree, beside: Node, id_: str) -> None:
    for reference in tree.walk("flowNodeRef"):
        if (reference.text or "").strip() == beside.get("id"):
            lane = reference.getparent()
            insert_child(lane, lane.index(reference) + 1, reference.tag).text = id_
            return


def _draw(tree: Tree, flow: Node, task: Node, rest: Node) -> None:
    """The shape in the middle of the edge, which then ends there; a new edge for the other half."""
    edge = next((e for e in tree.root.iter(f"{{{BPMNDI}}}BPMNEdge") if e.get("bpmnElement") == flow.get("id")), None)
    points: list[Node] = edge.findall(f"{{{DI}}}waypoint") if edge is not None else []
    if edge is None or len(points) < 2:
        return
    middle = (len(points) - 1) // 2
    (x1, y1), (x2, y2) = (_read_point(points[at]) for at in (middle, middle + 1))
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    plane = edge.getparent()
    shape = insert_child(plane, plane.index(edge), f"{{{BPMNDI}}}BPMNShape", _make_ids(tree, task))
    bounds = {"x": x - WIDTH / 2, "y": y - HEIGHT / 2, "width": WIDTH, "height": HEIGHT}
    insert_child(shape, None, f"{{{DC}}}Bounds", {name: f"{value:g}" for name, value in bounds.items()})
    second = insert_child(plane, plane.index(edge) + 1, f"{{{BPMNDI}}}BPMNEdge", _make_ids(tree, rest))
    for each in [_find_border(x, y, x2, y2), *(_read_point(point) for point in points[middle + 1 :])]:
        insert_child(second, None, f"{{{DI}}}waypoint", _make_point(*each))
    for point in points[middle + 1 :]:
        edge.remove(point)
    insert_child(edge, middle + 1, f"{{{DI}}}waypoint", _make_point(*_find_border(x, y, x1, y1)))


def _find_border(x: float, y: float, to_x: float, to_y: float) -> tuple[float, float]:
    """Where the line from the middle of a task to a point leaves the task; the point if that is inside."""
    sides = [(WIDTH / 2, abs(to_x - x)), (HEIGHT / 2, abs(to_y - y))]
    part = min((half / length for half, length in sides if length), default=1.0)
    part = min(part, 1.0)
    return x + (to_x - x) * part, y + (to_y - y) * part


def _make_ids(tree: Tree, node: Node) -> dict[str, str]:
    return {"id": tree.make_id(f"{node.get('id')}_di"), "bpmnElement": node.get("id")}


def _read_point(point: Node) -> tuple[float, float]:
    return float(point.get("x")), float(point.get("y"))


def _make_point(x: float, y: float) -> dict[str, str]:
    return {"x": f"{x:g}", "y": f"{y:g}"}
