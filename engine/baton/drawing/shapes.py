"""The shapes of BPMN elements, as SVG without colours: those come from classes."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from xml.sax.saxutils import escape

from baton.bpmn.element import Element
from baton.drawing.signs import EVENTS, GATEWAYS, draw_sign

CONTAINERS = {"subProcess", "transaction", "adHocSubProcess"}
LINE = 13
"""Pixels from one line of text to the next."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where something is, in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


def render_shape(element: Element, box: Box, label: Box | None) -> str:
    """The shape with its name."""
    name = element.name
    if name.endswith("Event"):
        return _draw_event(element, box) + _write_label(element, box, label)
    if name.endswith("Gateway"):
        return _draw_gateway(element, box) + _write_label(element, box, label)
    if name in CONTAINERS:
        return _draw_rectangle(box, 8) + _write(element.get("name"), box.middle[0], box.y + 16, box.width)
    if name in ("participant", "lane"):
        return _draw_rectangle(box, 0) + _write(element.get("name"), box.x + 14, box.middle[1], box.height, turned=True)
    if name in ("dataObjectReference", "dataStoreReference"):
        return _draw_rectangle(box, 0) + _write_label(element, box, label)
    if name == "textAnnotation":
        text = element.find("text")
        return _write(text.text if text is not None else None, *box.middle, box.width)
    return _draw_rectangle(box, 8) + _write(element.get("name"), *box.middle, box.width)


def _draw_rectangle(box: Box, radius: int) -> str:
    return f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="{radius}"/>'


def _draw_event(element: Element, box: Box) -> str:
    (x, y), radius = box.middle, box.width / 2
    ring = ' class="end"' if element.name == "endEvent" else ""
    drawn = f'<circle{ring} cx="{x:g}" cy="{y:g}" r="{radius:g}"/>'
    if element.name not in ("startEvent", "endEvent"):
        drawn += f'<circle cx="{x:g}" cy="{y:g}" r="{radius - 3:g}"/>'
    sign = next((EVENTS[child.name] for child in element.children if child.name in EVENTS), "")
    return drawn + draw_sign(sign, x, y, element.name)


def _draw_gateway(element: Element, box: Box) -> str:
    x, y = box.middle
    corners = f"{x:g},{box.y:g} {box.x + box.width:g},{y:g} {x:g},{box.y + box.height:g} {box.x:g},{y:g}"
    return f'<polygon points="{corners}"/>' + draw_sign(GATEWAYS.get(element.name, ""), x, y, element.name)


def _write_label(element: Element, box: Box, label: Box | None) -> str:
    """Beside the shape, where the diagram says, else below it."""
    place = label or Box(box.middle[0] - 45, box.y + box.height + 4, 90, LINE)
    lines = len(_wrap(element.get("name") or "", 90))
    return _write(element.get("name"), place.middle[0], place.y + lines * LINE / 2, 90)


def write_name(name: str | None, at: Box) -> str:
    """The name of a flow."""
    return _write(name, *at.middle, 90)


def _write(text: str | None, x: float, y: float, width: float, *, turned: bool = False) -> str:
    if not text:
        return ""
    lines = _wrap(text, width)
    top = y - (len(lines) - 1) * LINE / 2 + 4
    spans = "".join(
        f'<tspan x="{x:g}" y="{top + number * LINE:g}">{escape(line)}</tspan>' for number, line in enumerate(lines)
    )
    turn = f' transform="rotate(-90 {x:g} {y:g})"' if turned else ""
    return f"<text{turn}>{spans}</text>"


def _wrap(text: str, width: float) -> list[str]:
    return textwrap.wrap(text, max(8, int(width / 6.2))) or [""]
