"""Adds a plain diagram (BPMN DI) to a model that has none, so that test files can be opened in a modeler.

Left to right by distance from the start, one row per branch; boundary events sit on the lower edge of their activity,
handlers and event subprocesses in rows below. Run as a script it rewrites the files given: ``python layout.py a.bpmn``.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DI = "http://www.omg.org/spec/DD/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
SCOPES = {"process", "subProcess", "transaction", "adHocSubProcess"}
EVENTS = {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
GATEWAYS = {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"}
TASKS = {
    *("task", "userTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "manualTask", "businessRuleTask"),
    "callActivity",
}
ARTIFACTS = {"dataObjectReference": (36, 50), "dataStoreReference": (50, 50), "textAnnotation": (100, 30)}
GAP_X, GAP_Y, MARGIN = 50, 40, 40


@dataclass
class Box:
    """``x`` and ``y`` are relative to the scope until `shift` has moved the box to its place."""

    id: str
    width: int
    height: int
    x: int = 0
    y: int = 0
    inner: list[Box] = field(default_factory=list)

    def shift(self, dx: int, dy: int) -> None:
        self.x += dx
        self.y += dy
        for box in self.inner:
            box.shift(dx, dy)

    def all(self) -> list[Box]:
        return [self, *(b for box in self.inner for b in box.all())]


def with_diagram(xml: bytes) -> bytes:
    """The file with a diagram; unchanged if it has one, or if it is not well-formed BPMN with ids."""
    root = etree.XML(xml)
    processes = root.findall(f"{{{BPMN}}}process")
    if root.find(f"{{{BPMNDI}}}BPMNDiagram") is not None or not processes:
        return xml
    boxes: list[Box] = []
    bottom = 0
    for process in processes:
        placed, _, height = _scope(process)
        for box in placed:
            box.shift(MARGIN, MARGIN + bottom)
        boxes += placed
        bottom += height + 2 * MARGIN
    _write(root, processes[0], [b for box in boxes for b in box.all()])
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _scope(scope: etree._Element) -> tuple[list[Box], int, int]:
    """The boxes of a scope with its top left at 0, 0; and its width and height."""
    nodes = [
        n for n in scope if n.get("id") and (_name(n) in EVENTS | GATEWAYS | TASKS | SCOPES or _name(n) in ARTIFACTS)
    ]
    boxes = {n.get("id", ""): _box(n) for n in nodes}
    placed = [n.get("id", "") for n in nodes if _name(n) != "boundaryEvent"]
    rank = _ranks(scope, placed)
    rows: dict[int, int] = {}
    widths: dict[int, int] = {}
    for node in placed:
        widths[rank[node]] = max(widths.get(rank[node], 0), boxes[node].width)
    row_height = max((boxes[n].height for n in placed), default=0) + GAP_Y
    for node in placed:
        column = rank[node]
        box = boxes[node]
        left = sum(widths.get(c, 0) + GAP_X for c in range(column))
        row = rows.get(column, 0)
        rows[column] = row + 1
        box.shift(left + (widths[column] - box.width) // 2, row * row_height + (row_height - GAP_Y - box.height) // 2)
    _boundaries(nodes, boxes)
    found = list(boxes.values())
    width = max((b.x + b.width for b in found), default=0)
    height = max((b.y + b.height for b in found), default=0)
    return found, width, height


def _box(node: etree._Element) -> Box:
    name = _name(node)
    if name in SCOPES:
        inner, width, height = _scope(node)
        for box in inner:
            box.shift(30, 40)
        return Box(node.get("id", ""), max(width + 60, 100), max(height + 80, 80), inner=inner)
    size = ARTIFACTS.get(name) or ((36, 36) if name in EVENTS else (50, 50) if name in GATEWAYS else (100, 80))
    return Box(node.get("id", ""), *size)


def _ranks(scope: etree._Element, nodes: list[str]) -> dict[str, int]:
    """Distance from what nothing leads to, over flows and from an activity to what its boundary events lead to."""
    hosts = {b.get("id"): b.get("attachedToRef") for b in scope.findall(f"{{{BPMN}}}boundaryEvent")}
    edges = [
        (hosts.get(f.get("sourceRef"), f.get("sourceRef")), f.get("targetRef"))
        for f in scope.findall(f"{{{BPMN}}}sequenceFlow")
    ]
    rank = dict.fromkeys(nodes, 0)
    for _ in range(min(len(nodes), 200)):
        changed = False
        for source, target in edges:
            if source in rank and target in rank and source != target and rank[target] < rank[source] + 1 < len(nodes):
                rank[target], changed = rank[source] + 1, True
        if not changed:
            break
    return rank


def _boundaries(nodes: list[etree._Element], boxes: dict[str, Box]) -> None:
    taken: dict[str, int] = {}
    for node in nodes:
        host = boxes.get(node.get("attachedToRef") or "")
        if _name(node) == "boundaryEvent" and host is not None:
            number = taken.get(host.id, 0)
            taken[host.id] = number + 1
            boxes[node.get("id", "")].shift(host.x + host.width - 36 - 40 * number, host.y + host.height - 18)


def _write(root: etree._Element, process: etree._Element, boxes: list[Box]) -> None:
    diagram = etree.SubElement(root, f"{{{BPMNDI}}}BPMNDiagram", nsmap={"bpmndi": BPMNDI, "di": DI, "dc": DC})
    plane = etree.SubElement(diagram, f"{{{BPMNDI}}}BPMNPlane", bpmnElement=process.get("id") or "process")
    places = {box.id: box for box in boxes}
    for box in boxes:
        shape = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNShape", id=f"{box.id}_di", bpmnElement=box.id)
        if box.inner:
            shape.set("isExpanded", "true")
        bounds = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
        etree.SubElement(shape, f"{{{DC}}}Bounds", {key: str(value) for key, value in bounds.items()})
    for edge in root.iter(f"{{{BPMN}}}sequenceFlow", f"{{{BPMN}}}association"):
        source, target = places.get(edge.get("sourceRef", "")), places.get(edge.get("targetRef", ""))
        id_ = edge.get("id")
        if source is None or target is None or not id_:
            continue
        drawn = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNEdge", id=f"{id_}_di", bpmnElement=id_)
        for x, y in _waypoints(source, target):
            etree.SubElement(drawn, f"{{{DI}}}waypoint", x=str(x), y=str(y))


def _waypoints(source: Box, target: Box) -> list[tuple[int, int]]:
    middle = source.y + source.height // 2, target.y + target.height // 2
    if source.x + source.width <= target.x:
        return [(source.x + source.width, middle[0]), (target.x, middle[1])]
    if source.y + source.height <= target.y:
        return [(source.x + source.width // 2, source.y + source.height), (target.x + target.width // 2, target.y)]
    return [(source.x, middle[0]), (target.x + target.width, middle[1])]


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_bytes(with_diagram(path.read_bytes()))
