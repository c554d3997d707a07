"""What one plane of a diagram shows: a process, or the pools of a collaboration and the messages between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from baton.bpmn.document import Document
from baton.bpmn.element import Element, get_local_name
from baton.drawing.layout.blocks import measure_note
from baton.drawing.layout.lanes import HEAD, LEAST, list_leaves, measure_depth, put_lanes, read_lanes
from baton.drawing.layout.placing import Placed
from baton.drawing.layout.scopes import lay_out_scope, place_scope
from baton.drawing.layout.sketch import Point, Rectangle, Sketch, draw_line, measure_label

BETWEEN = 80
"""Pixels between two pools: the messages go there."""
PADDING = 20
TRACK = 10
BLACK_BOX = 60
"""How high a pool without a process is."""
NARROWEST = 400


def lay_out_planes(document: Document) -> Iterator[tuple[str, list[str], Sketch]]:
    """The element of each plane, the processes on it, and what it shows; what has nothing to show is left out."""
    shown: set[str] = set()
    processes = {process.id: process for process in document.root.find_all("process") if process.id}
    for collaboration in document.root.find_all("collaboration"):
        pools = [pool for pool in collaboration.find_all("participant") if pool.id]
        inside = [name for pool in pools if (name := pool.get_ref("processRef")) in processes and name not in shown]
        if collaboration.id and pools:
            shown.update(inside)
            yield collaboration.id, inside, _lay_out_pools(collaboration, pools, {i: processes[i] for i in inside})
    for id_, process in processes.items():
        if id_ not in shown:
            sketch = _lay_out_process(process).sketch
            if sketch.shapes:
                yield id_, [id_], sketch


def _lay_out_process(process: Element) -> Placed:
    """The process with its lanes, from the corner 0, 0."""
    lanes = read_lanes(process)
    if not lanes.tops:
        return Placed(lay_out_scope(process), {})
    placed = place_scope(process, lanes)
    leaves = [leaf for top in lanes.tops for leaf in list_leaves(top)]
    rows, moves, top = list[tuple[float, float]](), dict[int, float](), 0.0
    for number, _ in enumerate(leaves):
        begin, height = placed.bands.get(number, (0, 0))
        moves[number] = top - begin
        rows.append((top, max(height, LEAST)))
        top += max(height, LEAST)
    sketch = _move_bands(placed, moves)
    left = measure_depth(lanes.tops) * HEAD + PADDING
    whole = Sketch()
    # Before the nodes, which are drawn over them.
    put_lanes(whole, lanes.tops, iter(rows), 0, max(left + sketch.width, NARROWEST) + PADDING)
    whole.add(sketch, left, 0)
    return Placed(whole, {})


def _move_bands(placed: Placed, moves: dict[int, float]) -> Sketch:
    """Lanes that are lower than a lane must be, or empty, push those below them down."""
    starts = sorted((begin, moves.get(number, 0)) for number, (begin, _) in placed.bands.items())

    def choose_move(y: float) -> float:
        return next((move for begin, move in reversed(starts) if y >= begin), 0)

    found = Sketch(width=placed.sketch.width, expanded=set(placed.sketch.expanded))
    for id_, shape in placed.sketch.shapes.items():
        found.put(id_, shape.move(0, choose_move(shape.middle[1])))
    for id_, label in placed.sketch.labels.items():
        found.put_label(id_, label.move(0, choose_move(label.y)))
    for id_, points in placed.sketch.edges.items():
        found.put_edge(id_, [(x, y + choose_move(y)) for x, y in points])
    return found


def _lay_out_pools(collaboration: Element, pools: list[Element], processes: dict[str, Element]) -> Sketch:
    whole = Sketch()
    contents = {pool.id: _lay_out_content(pool, processes) for pool in pools}
    wide = max((content.width for content in contents.values()), default=0)
    y, taken = 0.0, set[str]()
    for pool in pools:
        content = contents[pool.id]
        name = pool.get_ref("processRef") or ""
        drawn = content if name not in taken else Sketch()
        taken.add(name)
        height = drawn.height or BLACK_BOX
        whole.put(pool.id or "", Rectangle(0, y, max(wide, NARROWEST) + HEAD, height))
        whole.add(replace(drawn, width=0, height=0), HEAD, y)
        y += height + BETWEEN
    for lane in (lane for process in processes.values() for lane in read_lanes(process).tops):
        _widen_lanes(whole, lane, max(wide, NARROWEST) + HEAD)
    _put_notes(whole, collaboration)
    _draw_messages(whole, collaboration, pools)
    return whole


def _lay_out_content(pool: Element, processes: dict[str, Element]) -> Sketch:
    process = processes.get(pool.get_ref("processRef") or "")
    if process is None:
        return Sketch()
    sketch = _lay_out_process(process).sketch
    if not sketch.shapes or read_lanes(process).tops:
        return sketch
    padded = Sketch()
    padded.add(sketch, PADDING, 0)
    padded.extend(padded.width + PADDING, LEAST)
    return padded


def _widen_lanes(whole: Sketch, lane: Element, right: float) -> None:
    for each in lane.walk():
        shape = whole.shapes.get(each.id or "") if each.is_bpmn("lane") else None
        if shape is not None:
            whole.shapes[each.id or ""] = replace(shape, width=right - shape.x)


def _put_notes(whole: Sketch, collaboration: Element) -> None:
    x, y = 0.0, whole.height + PADDING
    for note in collaboration.find_all("textAnnotation"):
        if note.id:
            whole.put(note.id, Rectangle(x, y, *measure_note(note)))
            x += whole.shapes[note.id].width + PADDING
    for link in collaboration.find_all("association"):
        if link.id:
            draw_line(whole, link.id, link.get_ref("sourceRef") or "", link.get_ref("targetRef") or "")


def _draw_messages(whole: Sketch, collaboration: Element, pools: list[Element]) -> None:
    for number, flow in enumerate(collaboration.find_all("messageFlow")):
        ends = [get_local_name(flow.get(name) or "") for name in ("sourceRef", "targetRef")]
        if not flow.id or any(end not in whole.shapes for end in ends):
            continue
        points = _trace_message(whole, ends[0], ends[1], {pool.id or "" for pool in pools}, number)
        whole.put_edge(flow.id, points)
        wide, high = measure_label(flow.get("name"))
        if wide:
            x, y = points[-2][0], points[-2][1]
            whole.put_label(flow.id, Rectangle(x + 4, y + 4, wide, high))


def _trace_message(whole: Sketch, source: str, target: str, pools: set[str], number: int) -> list[Point]:
    """Down or up from the source, along the gap beside its pool, and on to the target."""
    one, two = whole.shapes[source], whole.shapes[target]
    down = one.middle[1] <= two.middle[1]
    x = two.middle[0] if source in pools else one.middle[0]
    end = x if target in pools else two.middle[0]
    if source in pools and target in pools:
        x = end = 60.0 + 30 * number
    begin, finish = (one.bottom, two.y) if down else (one.y, two.bottom)
    around = next((whole.shapes[p] for p in pools if _holds(whole.shapes[p], one)), one)
    offset = 12 + TRACK * (number % 6)
    turn = around.bottom + offset if down else around.y - offset
    return [(x, begin), (x, turn), (end, turn), (end, finish)]


def _holds(pool: Rectangle, shape: Rectangle) -> bool:
    return pool.y <= shape.middle[1] <= pool.bottom
