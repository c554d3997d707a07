"""What is laid out: shapes, edges and labels in pixels, which move and grow together."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

LINE = 14
"""Pixels from one line of a label to the next."""
LETTER = 6.3
"""Pixels that a letter of a label takes."""
LABEL = 90
"""Pixels after which the text of a label goes on in the next line."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rectangle:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def move(self, dx: float, dy: float) -> Rectangle:
        return Rectangle(self.x + dx, self.y + dy, self.width, self.height)


@dataclass(slots=True)
class Sketch:
    """Shapes, edges and labels by the ids of their elements, from the corner 0, 0."""

    width: float = 0
    height: float = 0
    shapes: dict[str, Rectangle] = field(default_factory=dict[str, Rectangle])
    edges: dict[str, list[Point]] = field(default_factory=dict[str, list[Point]])
    labels: dict[str, Rectangle] = field(default_factory=dict[str, Rectangle])
    expanded: set[str] = field(default_factory=set[str])

    def put(self, id_: str, shape: Rectangle) -> None:
        self.shapes[id_] = shape
        self.extend(shape.right, shape.bottom)

    def put_label(self, id_: str, label: Rectangle) -> None:
        self.labels[id_] = label
        self.extend(label.right, label.bottom)

    def put_edge(self, id_: str, points: Iterable[Point]) -> None:
        self.edges[id_] = _simplify(points)
        for x, y in self.edges[id_]:
            self.extend(x, y)

    def extend(self, width: float, height: float) -> None:
        self.width, self.height = max(self.width, width), max(self.height, height)

    def add(self, other: Sketch, dx: float, dy: float) -> None:
        """Everything of another sketch, moved."""
        self.shapes |= {id_: shape.move(dx, dy) for id_, shape in other.shapes.items()}
        self.labels |= {id_: label.move(dx, dy) for id_, label in other.labels.items()}
        self.edges |= {id_: [(x + dx, y + dy) for x, y in points] for id_, points in other.edges.items()}
        self.expanded |= other.expanded
        self.extend(other.width + dx, other.height + dy)


def _simplify(points: Iterable[Point]) -> list[Point]:
    """Without points that lie on the straight line between their neighbours."""
    found: list[Point] = []
    for x, y in points:
        point = (round(x, 1), round(y, 1))
        if found and found[-1] == point:
            continue
        if len(found) > 1 and (found[-2][0] == found[-1][0] == point[0] or found[-2][1] == found[-1][1] == point[1]):
            found.pop()
        found.append(point)
    return found if len(found) > 1 else found * 2


def measure_label(text: str | None, width: float = LABEL) -> tuple[float, float]:
    """Width and height of a text that is broken into lines; 0, 0 without one."""
    if not text:
        return 0, 0
    letters = max(1, int(width / LETTER))
    lines, used = 1, 0
    for word in text.split():
        if used and used + 1 + len(word) > letters:
            lines, used = lines + 1, 0
        used += len(word) + (1 if used else 0)
        lines += (used - 1) // letters
        used = (used - 1) % letters + 1
    return width if lines > 1 else max(20, math.ceil(used * LETTER) + 4), lines * LINE


def trim_line(shape: Rectangle, towards: Point) -> Point:
    """Where the line from the middle of a shape to a point leaves the shape."""
    (x, y), (tx, ty) = shape.middle, towards
    dx, dy = tx - x, ty - y
    if not dx and not dy:
        return x, y
    scale = min(shape.width / 2 / abs(dx) if dx else math.inf, shape.height / 2 / abs(dy) if dy else math.inf, 1)
    return x + dx * scale, y + dy * scale


def draw_line(sketch: Sketch, id_: str, source: str, target: str) -> None:
    """A straight line between two shapes that are there; nothing otherwise."""
    one, two = sketch.shapes.get(source), sketch.shapes.get(target)
    if one is not None and two is not None:
        sketch.put_edge(id_, [trim_line(one, two.middle), trim_line(two, one.middle)])
