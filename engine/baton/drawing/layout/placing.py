"""Blocks and the flows between them become one sketch: columns side by side, flows in the gaps between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from baton.drawing.layout.blocks import Block
from baton.drawing.layout.heights import Extent, find_heights
from baton.drawing.layout.layers import Item, Layers, Link, make_layers
from baton.drawing.layout.sketch import Point, Rectangle, Sketch, measure_label

GAP, TRACK, EDGE = 40, 12, 16
BELOW = 16
"""Pixels between flows that go below everything."""
PADDING = 20


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow between two blocks. ``exit`` is the boundary event that it leaves, if it leaves one."""

    id: str
    source: str
    target: str
    name: str | None = None
    exit: str | None = None


@dataclass(slots=True)
class Placed:
    """``bands``: top and height of each lane."""

    sketch: Sketch
    bands: dict[int, tuple[float, float]]


def place_blocks(blocks: Mapping[str, Block], flows: Sequence[Flow], bands: Mapping[str, int]) -> Placed:
    return _Placing(blocks, flows, bands).run()


@dataclass(slots=True)
class _Gap:
    """What stands between two columns: the vertical parts of flows, each on a track, and names of flows."""

    tracks: list[list[tuple[float, float]]] = field(default_factory=list[list[tuple[float, float]]])
    track_of: dict[str, int] = field(default_factory=dict[str, int])
    names: float = 0

    def take(self, key: str, one: float, two: float) -> None:
        """A track for what goes from one height to another; flows of one source share theirs."""
        top, bottom = min(one, two) - 2, max(one, two) + 2
        if key in self.track_of:
            self.tracks[self.track_of[key]].append((top, bottom))
            return
        free = (all(bottom < above or top > below for above, below in taken) for taken in self.tracks)
        number = next((number for number, is_free in enumerate(free) if is_free), len(self.tracks))
        if number == len(self.tracks):
            self.tracks.append([])
        self.tracks[number].append((top, bottom))
        self.track_of[key] = number

    @property
    def width(self) -> float:
        tracks = 2 * EDGE + TRACK * max(0, len(self.tracks) - 1) if self.tracks else 0
        return max(GAP, tracks + (self.names + EDGE / 2 if self.names else 0))

    def find_track(self, key: str, left: float) -> float:
        return left + EDGE + TRACK * self.track_of.get(key, 0)


class _Placing:
    def __init__(self, blocks: Mapping[str, Block], flows: Sequence[Flow], bands: Mapping[str, int]) -> None:
        self._blocks = blocks
        self._flows = {flow.id: flow for flow in flows}
        links = [Link(flow.id, flow.source, flow.target, self._rank(flow)) for flow in flows]
        self._layers: Layers = make_layers(list(blocks), links, bands)
        self._band_of = self._find_bands(bands)
        self._below: dict[str, float] = {}
        self._sketch = Sketch()

    def _rank(self, flow: Flow) -> int:
        return 0 if flow.exit is None else 1 + list(self._blocks[flow.source].exits).index(flow.exit)

    def _find_bands(self, bands: Mapping[str, int]) -> dict[Item, int]:
        found: dict[Item, int] = {(node, 0): bands.get(node, 0) for node in self._blocks}
        for id_, chain in self._layers.chains.items():
            found |= {item: bands.get(self._flows[id_].source, 0) for item in chain[1:-1]}
        return found

    def run(self) -> Placed:
        extents = {id_: Extent(b.middle, b.sketch.height - b.middle) for id_, b in self._blocks.items()}
        middles, limits = find_heights(self._layers, extents, self._band_of)
        bands = self._stack(limits)
        self._middles = {
            item: middle + bands[self._band_of.get(item, 0)][0] + PADDING - limits[self._band_of.get(item, 0)][0]
            for item, middle in middles.items()
        }
        self._gaps = self._fill_gaps()
        self._place()
        self._draw()
        last = max((top + height for top, height in bands.values()), default=0)
        self._sketch.extend(0, last)
        return Placed(self._sketch, bands)

    def _stack(self, limits: Mapping[int, tuple[float, float]]) -> dict[int, tuple[float, float]]:
        """Lane below lane; what goes below everything has its room in the lower lane of its ends."""
        rooms: dict[int, list[str]] = {}
        for link in self._layers.below:
            band = max(self._band_of[(link.source, 0)], self._band_of[(link.target, 0)])
            rooms.setdefault(band, []).append(link.id)
        top, found = 0.0, dict[int, tuple[float, float]]()
        for band in sorted(limits):
            high = limits[band][1] - limits[band][0]
            for number, id_ in enumerate(rooms.get(band, [])):
                self._below[id_] = top + PADDING + high + BELOW * (number + 1)
            height = high + 2 * PADDING + BELOW * len(rooms.get(band, []))
            found[band] = (top, height)
            top += height
        return found

    # -- flows in the gaps

    def _start(self, flow: Flow) -> tuple[Point | None, float]:
        """Where the flow of a boundary event begins (None: right of the node), and the height at which it goes on."""
        middle = self._middles[(flow.source, 0)]
        if flow.exit is None:
            return None, middle
        block = self._blocks[flow.source]
        (x, y), height = block.exits[flow.exit]
        return (x, y - block.middle + middle), height - block.middle + middle

    def _fill_gaps(self) -> list[_Gap]:
        """The gap left of each column, and one behind the last."""
        gaps = [_Gap() for _ in range(len(self._layers.columns) + 1)]
        for flow in self._flows.values():
            column = self._layers.column_of[flow.source] + 1
            for gap, one, two in self._list_turns(flow):
                if one != two:
                    gaps[gap].take(self._name_track(flow, gap), one, two)
                    self._widen(gaps[gap], flow) if gap == column else None
            if flow.name:
                self._widen(gaps[column], flow)
        return gaps

    def _widen(self, gap: _Gap, flow: Flow) -> None:
        gap.names = max(gap.names, measure_label(flow.name)[0])

    def _name_track(self, flow: Flow, gap: int) -> str:
        """Flows that leave one point share a track; where several go back to one node, they share that."""
        if flow.id in self._below and gap == self._layers.column_of[flow.target]:
            return f"to {flow.target}"
        return f"from {flow.exit or flow.source}" if gap == self._layers.column_of[flow.source] + 1 else flow.id

    def _list_turns(self, flow: Flow) -> Iterable[tuple[int, float, float]]:
        """Each gap that the flow passes: the heights at which it comes and goes."""
        height = self._start(flow)[1]
        column = self._layers.column_of[flow.source] + 1
        if flow.id in self._below:
            yield column, height, self._below[flow.id]
            yield self._layers.column_of[flow.target], self._below[flow.id], self._middles[(flow.target, 0)]
            return
        for item in self._layers.chains[flow.id][1:]:
            yield column, height, self._middles[item]
            height, column = self._middles[item], column + 1

    # -- where everything is

    def _place(self) -> None:
        self._lefts: list[float] = []
        x = self._gaps[0].width if self._gaps[0].tracks else 0
        for number, column in enumerate(self._layers.columns):
            wide = max((self._blocks[item[0]].sketch.width for item in column if item[0] in self._blocks), default=0)
            self._lefts.append(x)
            for item in column:
                block = self._blocks.get(item[0])
                if block is not None:
                    at = x + (wide - block.sketch.width) / 2, self._middles[item] - block.middle
                    self._sketch.add(block.sketch, *at)
            x += wide
            self._lefts.append(x)
            x += self._gaps[number + 1].width

    def _get_gap_left(self, gap: int) -> float:
        return 0 if gap == 0 else self._lefts[2 * gap - 1]

    def _draw(self) -> None:
        for flow in self._flows.values():
            points = self._trace(flow)
            self._sketch.put_edge(flow.id, points)
            if flow.name:
                self._name(flow, points)

    def _trace(self, flow: Flow) -> list[Point]:
        source, target = self._sketch.shapes[flow.source], self._sketch.shapes[flow.target]
        begin, height = self._start(flow)
        if begin is None:
            points: list[Point] = [(source.right, height)]
        else:
            x = self._sketch.shapes[flow.exit or ""].middle[0]
            points = [(x, begin[1]), (x, height)]
        for gap, one, two in self._list_turns(flow):
            if one != two:
                x = self._gaps[gap].find_track(self._name_track(flow, gap), self._get_gap_left(gap))
                points += [(x, one), (x, two)]
        return [*points, (target.x, self._middles[(flow.target, 0)])]

    def _name(self, flow: Flow, points: Sequence[Point]) -> None:
        """Above the line, at the end of the first gap."""
        wide, high = measure_label(flow.name)
        gap = self._layers.column_of[flow.source] + 1
        end = self._get_gap_left(gap) + self._gaps[gap].width
        _, _, height = next(iter(self._list_turns(flow)))
        if flow.id in self._below:
            _, height = points[1]
        x = (
            min(end - wide - EDGE / 2, self._sketch.shapes[flow.target].x - wide - 4)
            if flow.id not in self._below
            else (points[1][0] + 4)
        )
        self._sketch.put_label(flow.id, Rectangle(x, height - high - 2, wide, high))
