"""Items of columns get their heights: near those they are connected with, apart from their neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from baton.drawing.layout.layers import Item, Layers

GAP = 30
"""Pixels between two nodes, one below the other."""
SWEEPS = 7
"""Odd, so that the last one comes from the left: then nodes in a row stand on one line."""
LIGHT = 1e-4


@dataclass(frozen=True, slots=True)
class Extent:
    """Pixels that an item takes above and below its middle."""

    above: float
    below: float


FLOW = Extent(4, 4)


def find_heights(
    layers: Layers, extents: Mapping[str, Extent], bands: Mapping[Item, int]
) -> tuple[dict[Item, float], dict[int, tuple[float, float]]]:
    """The middle of each item, within its band, and the highest and lowest pixel of each band."""
    groups = [_split(column, bands) for column in layers.columns]
    middles: dict[Item, float] = {}
    for sweep in range(SWEEPS):
        from_left = sweep % 2 == 0
        neighbours = layers.before if from_left else layers.after
        for column in groups if from_left else groups[::-1]:
            for items in column.values():
                wanted = [_want(item, layers, neighbours, middles, bands) for item in items]
                weights = [_weigh(item, layers) for item in items]
                middles |= zip(items, _spread(items, wanted, weights, extents), strict=True)
    limits: dict[int, tuple[float, float]] = {}
    for item, middle in middles.items():
        extent, band = extents.get(item[0], FLOW), bands.get(item, 0)
        top, bottom = limits.get(band, (middle, middle))
        limits[band] = min(top, middle - extent.above), max(bottom, middle + extent.below)
    return middles, limits


def _split(column: Sequence[Item], bands: Mapping[Item, int]) -> dict[int, list[Item]]:
    found: dict[int, list[Item]] = {}
    for item in column:
        found.setdefault(bands.get(item, 0), []).append(item)
    return found


def _weigh(item: Item, layers: Layers) -> float:
    """What only boundary events lead to gives way, so that the main way is straight."""
    return LIGHT if item in layers.aside else 1


def _want(
    item: Item,
    layers: Layers,
    neighbours: Mapping[Item, Sequence[Item]],
    middles: Mapping[Item, float],
    bands: Mapping[Item, int],
) -> float | None:
    band = bands.get(item, 0)
    near = [other for other in neighbours.get(item, ()) if other in middles and bands.get(other, 0) == band]
    weight = sum(_weigh(other, layers) for other in near)
    return sum(middles[other] * _weigh(other, layers) for other in near) / weight if near else middles.get(item)


def _spread(
    items: Sequence[Item],
    wanted: Sequence[float | None],
    weights: Sequence[float],
    extents: Mapping[str, Extent],
) -> list[float]:
    """The heights nearest to those wanted that keep the order and the gaps (pool adjacent violators)."""
    starts = [0.0]
    for above, below in pairwise(items):
        starts.append(starts[-1] + extents.get(above[0], FLOW).below + GAP + extents.get(below[0], FLOW).above)
    known = [want - start for want, start in zip(wanted, starts, strict=True) if want is not None]
    usual = sum(known) / len(known) if known else 0.0
    pools: list[tuple[float, float, int]] = []
    for want, weight, start in zip(wanted, weights, starts, strict=True):
        value, count = (usual if want is None else want - start), 1
        while pools and pools[-1][0] > value:
            other, heavy, many = pools.pop()
            value = (other * heavy + value * weight) / (heavy + weight)
            weight, count = heavy + weight, many + count
        pools.append((value, weight, count))
    offsets = [value for value, _, count in pools for _ in range(count)]
    return [round(offset + start) for offset, start in zip(offsets, starts, strict=True)]
