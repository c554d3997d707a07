"""Nodes in columns from left to right, ordered so that few flows cross (the layers of Sugiyama, Tagawa and Toda)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

LONGEST = 30
"""Columns that a flow may pass on its own row; a longer one goes below everything, as those do that lead back."""
SWEEPS = 6

Item = tuple[str, int]
"""A node and 0, or a flow and the column in which it passes."""


@dataclass(frozen=True, slots=True)
class Link:
    """A flow between two nodes of the graph. ``aside``: which boundary event it leaves, counted from the right; 0 for
    one of the main way."""

    id: str
    source: str
    target: str
    aside: int = 0


@dataclass(slots=True)
class Layers:
    """``columns``: the items of each column from the top down. ``chains``: the items of each flow from its source to
    its target. ``below``: flows that go below everything. ``aside``: what only boundary events lead to."""

    columns: list[list[Item]] = field(default_factory=list[list[Item]])
    column_of: dict[str, int] = field(default_factory=dict[str, int])
    chains: dict[str, list[Item]] = field(default_factory=dict[str, list[Item]])
    below: list[Link] = field(default_factory=list[Link])
    before: dict[Item, list[Item]] = field(default_factory=dict[Item, list[Item]])
    after: dict[Item, list[Item]] = field(default_factory=dict[Item, list[Item]])
    aside: dict[Item, int] = field(default_factory=dict[Item, int])


def make_layers(nodes: Sequence[str], links: Sequence[Link], bands: Mapping[str, int]) -> Layers:
    """``bands``: the lane of each node, counted from the top; flows pass in the lane of their source."""
    back = find_back_links(nodes, links)
    forward = [link for link in links if link.id not in back]
    layers = Layers(column_of=_find_columns(nodes, forward))
    layers.columns = [[] for _ in range(max(layers.column_of.values(), default=-1) + 1)]
    for node in nodes:
        layers.columns[layers.column_of[node]].append((node, 0))
    layers.below = [link for link in links if link.id in back]
    for link in forward:
        _add_chain(layers, link)
    band_of = {(node, 0): bands.get(node, 0) for node in nodes}
    for link in forward:
        band_of |= {item: bands.get(link.source, 0) for item in layers.chains.get(link.id, [])[1:-1]}
    _find_aside(layers, forward)
    _order(layers, band_of)
    return layers


def _find_aside(layers: Layers, links: Sequence[Link]) -> None:
    ranks: dict[Item, list[int]] = {}
    for link in links:
        chain = layers.chains.get(link.id)
        if chain is not None:
            for before, item in pairwise(chain):
                ranks.setdefault(item, []).append(link.aside if before == chain[0] else 0)
    for column in layers.columns:
        for item in column:
            before = layers.before.get(item, [])
            ways = [rank or layers.aside.get(other, 0) for rank, other in zip(ranks.get(item, []), before, strict=True)]
            if ways and all(ways):
                layers.aside[item] = min(ways)


def find_back_links(nodes: Sequence[str], links: Sequence[Link]) -> set[str]:
    """The flows that close a loop, seen from where the process begins."""
    leaving: dict[str, list[Link]] = {node: [] for node in nodes}
    for link in links:
        leaving[link.source].append(link)
    entered = {link.target for link in links if link.source != link.target}
    back: set[str] = set()
    state: dict[str, bool] = {}
    for root in [*(node for node in nodes if node not in entered), *nodes]:
        if root not in state:
            _visit(root, leaving, state, back)
    return back


def _visit(root: str, leaving: Mapping[str, list[Link]], state: dict[str, bool], back: set[str]) -> None:
    """Depth first; ``state`` is True while a node is on the path to the current one."""
    state[root] = True
    way = [(root, iter(leaving[root]))]
    while way:
        node, links = way[-1]
        link = next(links, None)
        if link is None:
            state[node] = False
            way.pop()
        elif link.target not in state:
            state[link.target] = True
            way.append((link.target, iter(leaving[link.target])))
        elif state[link.target]:
            back.add(link.id)


def _find_columns(nodes: Sequence[str], links: Sequence[Link]) -> dict[str, int]:
    """The longest way to each node."""
    waiting = dict.fromkeys(nodes, 0)
    leaving: dict[str, list[str]] = {node: [] for node in nodes}
    for link in links:
        waiting[link.target] += 1
        leaving[link.source].append(link.target)
    columns = dict.fromkeys(nodes, 0)
    ready = [node for node in nodes if not waiting[node]]
    for node in ready:
        for target in leaving[node]:
            columns[target] = max(columns[target], columns[node] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return columns


def _add_chain(layers: Layers, link: Link) -> None:
    first, last = layers.column_of[link.source], layers.column_of[link.target]
    if last - first > LONGEST:
        layers.below.append(link)
        return
    passing: list[Item] = [(link.id, column) for column in range(first + 1, last)]
    for item in passing:
        layers.columns[item[1]].append(item)
    chain = [(link.source, 0), *passing, (link.target, 0)]
    layers.chains[link.id] = chain
    for one, two in pairwise(chain):
        layers.after.setdefault(one, []).append(two)
        layers.before.setdefault(two, []).append(one)


def _order(layers: Layers, band_of: Mapping[Item, int]) -> None:
    """Each item near the middle of those it is connected with, in turn from the left and from the right."""
    place = {item: float(number) for column in layers.columns for number, item in enumerate(column)}
    for sweep in range(SWEEPS):
        from_left = sweep % 2 == 0
        neighbours = layers.before if from_left else layers.after
        for column in layers.columns if from_left else reversed(layers.columns):
            for item in column:
                near = neighbours.get(item)
                if near:
                    lower = 1 - 0.5 ** layers.aside.get(item, 0)
                    place[item] = sum(place[other] for other in near) / len(near) + lower
            column.sort(key=lambda item: (band_of.get(item, 0), place[item]))
            place |= {item: float(number) for number, item in enumerate(column)}
