"""A node with everything attached to it: its label, boundary events, compensation handlers, notes and data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from baton.bpmn.element import Element
from baton.drawing.layout.sketch import LABEL, Point, Rectangle, Sketch, measure_label

EVENT, GATEWAY, TASK = (36, 36), (50, 50), (100, 80)
DATA = {"dataObjectReference": (36, 50), "dataStoreReference": (50, 50)}
SCOPES = ("subProcess", "transaction", "adHocSubProcess")
NOTE = 120
"""Width of a text annotation."""
SPACE = 20
LEVEL = 12
"""Pixels between the flows that leave the boundary events of one activity."""


@dataclass(slots=True)
class Block:
    """``middle``: the height at which flows reach and leave the node. ``exits``: where the flows of boundary events
    begin, and the height at which they go to the right."""

    id: str
    sketch: Sketch
    middle: float
    exits: dict[str, tuple[Point, float]] = field(default_factory=dict[str, tuple[Point, float]])

    @property
    def shape(self) -> Rectangle:
        return self.sketch.shapes[self.id]


@dataclass(frozen=True, slots=True)
class Attached:
    """What is attached to the nodes of a scope, by the id of the node."""

    boundaries: dict[str, list[Element]]
    handlers: dict[str, list[tuple[Element, str]]]
    """By the id of the boundary event: the handler, and the id of the association."""
    notes: dict[str, list[Element]]


def is_node(element: Element) -> bool:
    """Whether the element is one that flows connect."""
    name = element.name
    return bool(element.id) and element.is_bpmn(name) and (is_activity(element) or name.endswith(("Event", "Gateway")))


def is_activity(element: Element) -> bool:
    name = element.name
    return name in SCOPES or name == "callActivity" or name == "task" or name.endswith("Task")


def make_block(node: Element, attached: Attached, lay_out: Callable[[Element], Sketch]) -> Block:
    """``lay_out`` draws the inside of a subprocess."""
    inner = lay_out(node) if node.name in SCOPES else None
    size = _measure(node, inner)
    events = attached.boundaries.get(node.id or "", [])
    slots = [max(46, measure_label(event.get("name"), 80)[0] + 24) for event in events]
    width, height = max(size[0], sum(slots) + 20 if events else 0), size[1]
    sketch = Sketch()
    above = _put_above(sketch, attached.notes.get(node.id or "", []))
    left = _make_room(node, events, attached, lay_out, width)
    shape = Rectangle(left, above, width, height)
    sketch.put(node.id or "", shape)
    if inner is not None:
        sketch.add(inner, shape.x + SPACE, shape.y + 2 * SPACE)
        sketch.expanded.add(node.id or "")
    elif not is_activity(node):
        _put_name(sketch, node, shape)
    block = Block(node.id or "", sketch, above + height / 2)
    _put_boundaries(block, events, slots)
    _put_handlers(block, events, attached, lay_out)
    return block


def _measure(node: Element, inner: Sketch | None) -> tuple[float, float]:
    if inner is not None:
        return max(140, inner.width + 2 * SPACE), max(100, inner.height + 3 * SPACE)
    if is_activity(node):
        return TASK
    return GATEWAY if node.name.endswith("Gateway") else EVENT


def _make_room(
    node: Element, events: list[Element], attached: Attached, lay_out: Callable[[Element], Sketch], width: float
) -> float:
    """Pixels left of the shape, for a wide name or for a handler that stands below the leftmost boundary event."""
    if not is_activity(node):
        return max(0, (measure_label(node.get("name"))[0] - width) / 2)
    first = events[0].id if events else None
    handlers = attached.handlers.get(first or "", [])
    return max(0, _make_handler(handlers[0][0], attached, lay_out).sketch.width / 2 - 28) if handlers else 0


def _put_name(sketch: Sketch, node: Element, shape: Rectangle) -> None:
    wide, high = measure_label(node.get("name"))
    if wide:
        sketch.put_label(node.id or "", Rectangle(shape.middle[0] - wide / 2, shape.bottom + 4, wide, high))


def _put_above(sketch: Sketch, notes: Iterable[Element]) -> float:
    """Notes and data side by side; how high they are, with the space below."""
    x = 0.0
    for note in notes:
        wide, high = measure_note(note)
        sketch.put(note.id or "", Rectangle(x, 0, wide, high))
        if note.name in DATA:
            name, lines = measure_label(note.get("name"))
            if name:
                sketch.put_label(note.id or "", Rectangle(x + wide / 2 - min(name, wide) / 2, high + 4, name, lines))
            wide = max(wide, name)
        x += wide + SPACE
    return sketch.height + SPACE if sketch.shapes else 0


def measure_note(note: Element) -> tuple[float, float]:
    """The size of a text annotation or a data reference."""
    if note.name in DATA:
        return DATA[note.name]
    text = note.find("text")
    return NOTE, max(30, measure_label(text.text if text is not None else None, NOTE - 10)[1] + 10)


def _put_boundaries(block: Block, events: list[Element], slots: list[float]) -> None:
    """On the lower edge, from left to right; the flow of the rightmost goes highest, so that none cross."""
    shape, x = block.shape, block.shape.x + 10
    names = 0.0
    for event, slot in zip(events, slots, strict=True):
        place = Rectangle(x, shape.bottom - 18, *EVENT)
        block.sketch.put(event.id or "", place)
        wide, high = measure_label(event.get("name"), 80)
        if wide:
            block.sketch.put_label(event.id or "", Rectangle(place.middle[0] + 4, place.bottom, wide, high))
        names, x = max(names, high), x + slot
    for level, event in enumerate(reversed(events)):
        place = block.sketch.shapes[event.id or ""]
        height = place.bottom + names + LEVEL * (level + 1)
        block.exits[event.id or ""] = ((place.middle[0], place.bottom), height)
        block.sketch.extend(0, height)


def _put_handlers(
    block: Block, events: list[Element], attached: Attached, lay_out: Callable[[Element], Sketch]
) -> None:
    right, top = -SPACE, block.sketch.height + SPACE
    for event in events:
        place = block.sketch.shapes[event.id or ""]
        for handler, association in attached.handlers.get(event.id or "", []):
            made = _make_handler(handler, attached, lay_out)
            x = max(place.middle[0] - made.sketch.width / 2, right + SPACE)
            block.sketch.add(made.sketch, x, top)
            right = x + made.sketch.width
            target = block.sketch.shapes[made.id]
            turn = top - SPACE / 2
            ways = [(place.middle[0], place.bottom), (place.middle[0], turn), (target.middle[0], turn)]
            block.sketch.put_edge(association, [*ways, (target.middle[0], target.y)])


def _make_handler(handler: Element, attached: Attached, lay_out: Callable[[Element], Sketch]) -> Block:
    return make_block(handler, Attached(attached.boundaries, {}, attached.notes), lay_out)


__all__ = ["LABEL", "Attached", "Block", "is_activity", "is_node", "make_block", "measure_note"]
