"""Diagrams that are made for files without one: every element is there, and no shape lies on another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from baton.bpmn.document import Refused, parse
from baton.bpmn.element import Element
from baton.bpmn.reading import read_checked
from baton.drawing import render_diagram
from baton.drawing.layout import add_diagram, has_diagram
from baton.drawing.layout.sketch import Rectangle
from tests.running import ROOT

BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"
HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">'
POOLS = Path(__file__).with_name("pools.bpmn")
CONTAINERS = ("participant", "lane", "subProcess", "transaction", "adHocSubProcess")


def remove_diagrams(content: bytes) -> bytes:
    root = ElementTree.fromstring(content)
    for diagram in root.findall(f"{BPMNDI}BPMNDiagram"):
        root.remove(diagram)
    return ElementTree.tostring(root, encoding="UTF-8")


def is_readable(path: Path) -> bool:
    try:
        parse(path.read_bytes())
    except Refused:
        return False
    return True


FILES = [
    path
    for folder in (
        "definitions",
        "docs/reference/bpmn/examples",
        "tests/cases",
        "tests/browser/models",
        "tests/drawing",
    )
    for path in sorted((ROOT / folder).rglob("*.bpmn"))
    if is_readable(path)
]


def list_planes(content: bytes) -> Iterator[dict[str, Rectangle]]:
    for plane in ElementTree.fromstring(content).iter(f"{BPMNDI}BPMNPlane"):
        yield {str(shape.get("bpmnElement")): read_bounds(shape) for shape in plane.iter(f"{BPMNDI}BPMNShape")}


def read_bounds(holder: ElementTree.Element) -> Rectangle:
    bounds = holder.find(f"{DC}Bounds")
    assert bounds is not None
    return Rectangle(*(float(bounds.get(name, "")) for name in ("x", "y", "width", "height")))


def list_edges(content: bytes) -> dict[str, list[tuple[float, float]]]:
    return {
        str(edge.get("bpmnElement")): [
            (float(point.get("x", "")), float(point.get("y", ""))) for point in edge.iter(f"{DI}waypoint")
        ]
        for edge in ElementTree.fromstring(content).iter(f"{BPMNDI}BPMNEdge")
    }


def overlaps(one: Rectangle, two: Rectangle) -> bool:
    return one.x < two.right and two.x < one.right and one.y < two.bottom and two.y < one.bottom


def may_overlap(one: Element, two: Element) -> bool:
    """A container and what it holds, a boundary event and its activity."""
    holds = one in two.walk_up() or two in one.walk_up()
    return holds or one.id == two.get_ref("attachedToRef") or two.id == one.get_ref("attachedToRef")


def list_drawn(root: Element) -> set[str]:
    """What has to be drawn: nodes and flows with an id, unless they are inside of what has none."""
    kinds = ("sequenceFlow", "messageFlow", "participant", "lane", "callActivity", "subProcess", "transaction")
    return {
        element.id
        for element in root.walk()
        if element.id and element.is_bpmn(element.name) and element.name.endswith(("Event", "Gateway", "ask", *kinds))
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_everything_is_drawn_and_no_shape_lies_on_another(path: Path) -> None:
    drawn = add_diagram(remove_diagrams(path.read_bytes()))
    document = parse(drawn)
    shown = {id_ for plane in list_planes(drawn) for id_ in plane} | set(list_edges(drawn))
    assert list_drawn(document.root) - shown == set()
    for plane in list_planes(drawn):
        assert all(shape.x >= 0 and shape.y >= 0 for shape in plane.values())
        for (one, shape), (two, other) in combinations(plane.items(), 2):
            pair = document.ids[one], document.ids[two]
            if not may_overlap(*pair) and not any(element.name in ("participant", "lane") for element in pair):
                assert not overlaps(shape, other), f"{one} lies on {two}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_flows_begin_and_end_at_their_nodes(path: Path) -> None:
    drawn = add_diagram(remove_diagrams(path.read_bytes()))
    document = parse(drawn)
    shapes = {id_: shape for plane in list_planes(drawn) for id_, shape in plane.items()}
    for id_, points in list_edges(drawn).items():
        flow = document.ids[id_]
        for end, point in (("sourceRef", points[0]), ("targetRef", points[-1])):
            shape = shapes.get(flow.get_ref(end) or "")
            if flow.is_bpmn("sequenceFlow", "messageFlow") and shape is not None:
                assert shape.x - 1 <= point[0] <= shape.right + 1, id_
                assert shape.y - 1 <= point[1] <= shape.bottom + 1, id_


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_flows_pass_no_node_but_their_own(path: Path) -> None:
    drawn = add_diagram(remove_diagrams(path.read_bytes()))
    document = parse(drawn)
    edges = list_edges(drawn)
    for plane in list_planes(drawn):
        nodes = {id_: shape for id_, shape in plane.items() if document.ids[id_].name not in CONTAINERS}
        for id_, points in edges.items():
            flow = document.ids[id_]
            if flow.is_bpmn("sequenceFlow") and flow.get_ref("targetRef") in plane:
                ends = {flow.get_ref("sourceRef"), flow.get_ref("targetRef")}
                ends |= {document.ids[end].get_ref("attachedToRef") for end in ends if end in document.ids}
                passed = [node for node, shape in nodes.items() if node not in ends and crosses(points, shape)]
                assert passed == [], id_


def crosses(points: list[tuple[float, float]], shape: Rectangle) -> bool:
    """Whether a line of horizontal and vertical parts goes through the inside of a shape."""
    for (x1, y1), (x2, y2) in pairwise(points):
        line = Rectangle(min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))
        inside = Rectangle(shape.x + 1, shape.y + 1, shape.width - 2, shape.height - 2)
        if (
            line.x < inside.right
            and inside.x < line.right + 0.1
            and line.y < inside.bottom
            and inside.y < line.bottom + 0.1
        ):
            return True
    return False


def test_lanes_hold_their_nodes_and_pools_stand_apart() -> None:
    (shapes,) = list_planes(add_diagram(POOLS.read_bytes()))
    for lane, node in (("L1", "check"), ("L21", "pay"), ("L22", "audit"), ("L2", "L22"), ("P1", "L3"), ("P3", "sub")):
        box, inner = shapes[lane], shapes[node]
        assert box.x <= inner.x < inner.right <= box.right, node
        assert box.y <= inner.y < inner.bottom <= box.bottom, node
    assert not any(overlaps(shapes[one], shapes[two]) for one, two in combinations(("P1", "P2", "P3"), 2))
    assert not any(overlaps(shapes[one], shapes[two]) for one, two in combinations(("L1", "L21", "L22", "L3"), 2))


def test_the_main_way_is_one_straight_line() -> None:
    flows = "".join(f'<sequenceFlow id="f{n}" sourceRef="n{n}" targetRef="n{n + 1}"/>' for n in range(3))
    aside = '<boundaryEvent id="b" attachedToRef="n1"/><endEvent id="x"/>'
    aside += '<sequenceFlow id="fx" sourceRef="b" targetRef="x"/>'
    nodes = '<startEvent id="n0"/><task id="n1"/><task id="n2"/><endEvent id="n3"/>'
    (shapes,) = list_planes(
        add_diagram(f'{HEAD}<process id="p">{nodes}{aside}{flows}</process></definitions>'.encode())
    )
    assert len({shapes[f"n{number}"].middle[1] for number in range(4)}) == 1
    assert shapes["x"].y > shapes["n1"].bottom
    assert [shapes[f"n{number}"].x for number in range(4)] == sorted(shapes[f"n{number}"].x for number in range(4))


def test_a_file_with_a_diagram_stays_as_it_is() -> None:
    content = (ROOT / "definitions" / "loan-application" / "loan-application.bpmn").read_bytes()
    assert has_diagram(content)
    assert add_diagram(content) is content


def test_the_process_itself_is_the_same() -> None:
    content = remove_diagrams(POOLS.read_bytes())
    before, after = read_checked(content, "a.bpmn"), read_checked(add_diagram(content), "a.bpmn")
    assert [(m.id, set(m.nodes), set(m.flows)) for m in after] == [(m.id, set(m.nodes), set(m.flows)) for m in before]


def test_each_process_has_its_diagram_and_the_one_asked_for_comes_first() -> None:
    processes = "".join(f'<process id="{name}"><task id="{name}-task"/></process>' for name in ("a", "b"))
    content = f"{HEAD}{processes}</definitions>".encode()
    assert [list(plane) for plane in list_planes(add_diagram(content))] == [["a-task"], ["b-task"]]
    assert [list(plane) for plane in list_planes(add_diagram(content, "b"))] == [["b-task"], ["a-task"]]
    assert "b-task" in render_diagram(content, process_id="b")


@pytest.mark.parametrize("count", [2, 400])
def test_long_chains_and_wide_splits_are_drawn_in_time(count: int) -> None:
    nodes = "".join(f'<task id="n{n}"/><task id="w{n}"/>' for n in range(count))
    flows = "".join(
        f'<sequenceFlow id="f{n}" sourceRef="n{n}" targetRef="n{n + 1}"/>'
        f'<sequenceFlow id="g{n}" sourceRef="n0" targetRef="w{n}"/>'
        f'<sequenceFlow id="h{n}" sourceRef="w{n}" targetRef="n{count - 1}"/>'
        f'<sequenceFlow id="i{n}" sourceRef="n{n}" targetRef="n0"/>'
        for n in range(count - 1)
    )
    drawn = add_diagram(f'{HEAD}<process id="p">{nodes}{flows}</process></definitions>'.encode())
    (shapes,) = list_planes(drawn)
    assert len(shapes) == 2 * count
    assert len(list_edges(drawn)) == 4 * (count - 1)
