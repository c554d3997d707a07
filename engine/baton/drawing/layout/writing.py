"""The diagram as BPMN DI in the file. Nothing else changes, but that flows get the ids that Baton calls them by."""

from __future__ import annotations

from typing import Any

from lxml import etree

from baton.bpmn.document import parse, parse_tree
from baton.bpmn.lowering.processes import make_flow_id
from baton.drawing.layout.planes import lay_out_planes
from baton.drawing.layout.sketch import Rectangle, Sketch

BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
MARGIN = 60


def has_diagram(content: bytes) -> bool:
    """Whether the file has a shape. Raises Refused for what is not BPMN."""
    return any(element.name == "BPMNShape" for element in parse(content).root.walk())


def add_diagram(content: bytes, process_id: str | None = None) -> bytes:
    """The file with a diagram of each process or collaboration, that of ``process_id`` first. Unchanged if it has one.

    Raises Refused for what is not BPMN.
    """
    if has_diagram(content):
        return content
    tree = parse_tree(content)
    _name_flows(tree, content)
    document = parse(etree.tostring(tree, encoding="UTF-8"))
    for empty in tree.findall(f"{{{BPMNDI}}}BPMNDiagram"):
        tree.remove(empty)
    planes = sorted(lay_out_planes(document), key=lambda plane: process_id not in plane[1])
    for number, (element, _, sketch) in enumerate(planes):
        _write_plane(tree, element, sketch, number)
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8")


def _name_flows(tree: Any, content: bytes) -> None:
    document = parse(content)
    taken: dict[str, object] = {}
    for node, element in zip(tree.iter(), document.root.walk(), strict=True):
        if element.is_bpmn("sequenceFlow"):
            id_ = make_flow_id(element, taken, document.ids)
            taken[id_] = element
            node.set("id", id_)


def _write_plane(tree: Any, element: str, sketch: Sketch, number: int) -> None:
    names = {"bpmndi": BPMNDI, "dc": DC, "di": DI}
    diagram = etree.SubElement(tree, f"{{{BPMNDI}}}BPMNDiagram", id=f"BatonDiagram_{number}", nsmap=names)
    plane = etree.SubElement(diagram, f"{{{BPMNDI}}}BPMNPlane", id=f"BatonPlane_{number}", bpmnElement=element)
    for id_, shape in sketch.shapes.items():
        drawn = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNShape", id=f"{id_}_di", bpmnElement=id_)
        if id_ in sketch.expanded:
            drawn.set("isExpanded", "true")
        _write_bounds(drawn, shape)
        _write_label(drawn, sketch.labels.get(id_))
    for id_, points in sketch.edges.items():
        drawn = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNEdge", id=f"{id_}_di", bpmnElement=id_)
        for x, y in points:
            etree.SubElement(drawn, f"{{{DI}}}waypoint", x=f"{x + MARGIN:g}", y=f"{y + MARGIN:g}")
        _write_label(drawn, sketch.labels.get(id_))


def _write_bounds(holder: Any, shape: Rectangle) -> None:
    sizes = {"x": shape.x + MARGIN, "y": shape.y + MARGIN, "width": shape.width, "height": shape.height}
    etree.SubElement(holder, f"{{{DC}}}Bounds", {name: f"{round(size, 1):g}" for name, size in sizes.items()})


def _write_label(holder: Any, label: Rectangle | None) -> None:
    if label is not None:
        _write_bounds(etree.SubElement(holder, f"{{{BPMNDI}}}BPMNLabel"), label)
