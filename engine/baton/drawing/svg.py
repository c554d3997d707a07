"""A diagram as a picture that stands alone: no script, no font, nothing to fetch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from baton.bpmn.document import Document, Refused, parse
from baton.bpmn.element import Element, get_local_name
from baton.drawing.layout import add_diagram
from baton.drawing.shapes import Box, render_shape, write_name

BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
MARGIN = 40
BELOW = 30
"""Room for the names below the lowest events."""
STYLE = """
svg { background: #fff; font-family: Inter, "Helvetica Neue", Arial, sans-serif; font-size: 11px; }
rect, circle, polygon { fill: #fff; stroke: #22242a; stroke-width: 1.5; }
circle.end { stroke-width: 4; }
polyline { fill: none; stroke: #22242a; stroke-width: 1.5; marker-end: url(#arrow); }
.association polyline, .messageFlow polyline { stroke-dasharray: 4 4; }
.association polyline { marker-end: none; }
text { text-anchor: middle; fill: #22242a; }
path.sign { fill: none; stroke: #22242a; stroke-width: 1.2; stroke-linejoin: round; }
path.filled { fill: #22242a; stroke: #fff; stroke-width: 0.8; }
.covered rect, .covered circle, .covered polygon { fill: #d7f2df; stroke: #1d7a3c; }
.covered polyline { stroke: #1d7a3c; }
.missed rect, .missed circle, .missed polygon { fill: #fde0dc; stroke: #b3261e; }
.missed polyline { stroke: #b3261e; stroke-dasharray: 6 3; }
""".strip()
ARROW = (
    '<marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0 0 10 5 0 10z"/></marker>'
)


class NoDiagram(ValueError):
    """The file is not BPMN, or has no diagram; the message says which."""


def render_diagram(
    content: bytes, marks: Mapping[str, str] | None = None, title: str = "", process_id: str | None = None
) -> str:
    """The first diagram of a BPMN file as SVG, one that is made for it if it has none (that of ``process_id`` first).

    ``marks``: element id -> class, ``covered`` or ``missed``. Raises NoDiagram.
    """
    try:
        document = parse(add_diagram(content, process_id))
    except Refused as error:
        raise NoDiagram(error.problem.message) from None
    plane = next((found for found in document.root.walk() if found.name == "BPMNPlane"), None)
    drawn = list(_draw_plane(document, plane, marks or {})) if plane is not None else []
    if plane is None or not drawn:
        raise NoDiagram("Expected elements with ids that can be drawn in the file, but found none")
    return _assemble(drawn, _measure(plane), title)


def _draw_plane(document: Document, plane: Element, marks: Mapping[str, str]) -> Iterator[str]:
    """Containers first, as in the file; flows before the shapes that they touch would hide their ends."""
    for kind, draw in (("BPMNShape", _draw_shape), ("BPMNEdge", _draw_edge)):
        for drawn in plane.find_all(kind, namespace=BPMNDI):
            element = document.ids.get(get_local_name(drawn.get("bpmnElement") or ""))
            if element is None:
                continue
            classes = " ".join(filter(None, (element.name, marks.get(element.id or ""))))
            yield f"<g id={quoteattr(element.id or '')} class={quoteattr(classes)}>{draw(element, drawn)}</g>"


def _draw_shape(element: Element, drawn: Element) -> str:
    box = _read_box(drawn)
    return "" if box is None else render_shape(element, box, _read_label(drawn))


def _draw_edge(element: Element, drawn: Element) -> str:
    points = list(_read_points(drawn))
    line = f'<polyline points="{" ".join(f"{x:g},{y:g}" for x, y in points)}"/>'
    label = _read_label(drawn)
    return line if label is None else line + write_name(element.get("name"), label)


def _read_points(drawn: Element) -> Iterator[tuple[float, float]]:
    for point in drawn.find_all("waypoint", namespace=DI):
        yield _read_number(point, "x"), _read_number(point, "y")


def _read_label(drawn: Element) -> Box | None:
    label = drawn.find("BPMNLabel", namespace=BPMNDI)
    return None if label is None else _read_box(label)


def _read_box(holder: Element) -> Box | None:
    bounds = holder.find("Bounds", namespace=DC)
    if bounds is None:
        return None
    x, y, width, height = (_read_number(bounds, name) for name in ("x", "y", "width", "height"))
    return Box(x, y, width, height)


def _read_number(element: Element, name: str) -> float:
    try:
        return float(element.get(name) or "")
    except ValueError:
        raise NoDiagram(
            f"Expected a number as '{name}' of {element.label} in line {element.line}, but found {element.get(name)!r}"
        ) from None


def _measure(plane: Element) -> Box:
    """What all shapes and flows take."""
    boxes = [box for shape in plane.find_all("BPMNShape", namespace=BPMNDI) if (box := _read_box(shape)) is not None]
    points = [point for edge in plane.find_all("BPMNEdge", namespace=BPMNDI) for point in _read_points(edge)]
    points += [(box.x, box.y) for box in boxes] + [(box.x + box.width, box.y + box.height) for box in boxes]
    left, top = min(x for x, _ in points), min(y for _, y in points)
    return Box(left, top, max(x for x, _ in points) - left, max(y for _, y in points) - top)


def _assemble(drawn: list[str], box: Box, title: str) -> str:
    width, height = box.width + 2 * MARGIN, box.height + 2 * MARGIN + BELOW
    view = f"{box.x - MARGIN:g} {box.y - MARGIN:g} {width:g} {height:g}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" width="{width:g}" height="{height:g}">'
    named = f"<title>{escape(title)}</title>" if title else ""
    return "\n".join((head, named, f"<style>{STYLE}</style><defs>{ARROW}</defs>", *drawn, "</svg>\n"))
