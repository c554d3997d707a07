"""The lanes of a process: which node stands in which, and their boxes around what was placed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from baton.bpmn.element import Element
from baton.drawing.layout.sketch import Rectangle, Sketch

HEAD = 30
"""Pixels that the name of a pool or lane takes, at its left."""
LEAST = 120
"""Pixels that a lane is high at least."""


@dataclass(frozen=True, slots=True)
class Lanes:
    """``bands``: node id -> number of its innermost lane from the top. ``tops``: the outermost lanes."""

    bands: Mapping[str, int]
    tops: Sequence[Element]


def read_lanes(process: Element) -> Lanes:
    tops = [lane for set_ in process.find_all("laneSet") for lane in set_.find_all("lane") if lane.id]
    bands: dict[str, int] = {}
    for number, lane in enumerate(leaf for top in tops for leaf in list_leaves(top)):
        for around in lane.walk_up():
            if around.is_bpmn("lane"):
                bands |= {node: bands.get(node, number) for node in around.get_refs("flowNodeRef")}
    return Lanes(bands, tops)


def list_inner(lane: Element) -> list[Element]:
    return [inner for set_ in lane.find_all("childLaneSet") for inner in set_.find_all("lane") if inner.id]


def list_leaves(lane: Element) -> Iterator[Element]:
    inner = list_inner(lane)
    if not inner:
        yield lane
    for each in inner:
        yield from list_leaves(each)


def measure_depth(lanes: Sequence[Element]) -> int:
    """How many lanes stand inside one another."""
    return max((1 + measure_depth(list_inner(lane)) for lane in lanes), default=0)


def put_lanes(
    sketch: Sketch, lanes: Sequence[Element], rows: Iterator[tuple[float, float]], left: float, right: float
) -> tuple[float, float]:
    """Boxes of the lanes, from the top down; ``rows`` are top and height of the innermost. Gives top and bottom."""
    tops: list[float] = []
    bottom = 0.0
    for lane in lanes:
        inner = list_inner(lane)
        if inner:
            top, bottom = put_lanes(sketch, inner, rows, left + HEAD, right)
        else:
            top, height = next(rows)
            bottom = top + height
        tops.append(top)
        sketch.put(lane.id or "", Rectangle(left, top, right - left, bottom - top))
    return min(tops, default=0), bottom
