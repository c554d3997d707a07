"""Random nested structures of activities that can be undone, as processes that run."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count, pairwise

from hypothesis import strategies as st

from tests.runtime.compensation.building import (
    CANCEL,
    boundary,
    call,
    compensate,
    each,
    end,
    event_sub,
    file,
    gateway,
    handled,
    process,
    start,
    task,
    throw,
    when,
)

MARKERS = ("", "", "", "parallel", "sequential", "loop")
UNDOABLE = "do"
"""Names of tasks with a handler begin so; all other names have none."""


@dataclass
class Piece:
    """Part of a process: its XML, and where a flow enters and leaves it."""

    xml: str
    first: str
    last: str


@dataclass
class Model:
    xml: bytes
    marks: list[str]
    handled: set[str] = field(default_factory=set[str])
    """Subprocesses with a boundary handler or a compensation event subprocess."""


@dataclass
class _Builder:
    numbers: count[int] = field(default_factory=count)
    handled: set[str] = field(default_factory=set[str])
    called: list[str] = field(default_factory=list[str])

    def name(self, kind: str) -> str:
        return f"{kind}{next(self.numbers)}"

    def build(self, shape: tuple) -> Piece:
        kind, *rest = shape
        return getattr(self, f"_{kind}")(*rest)

    def _task(self, undoable: bool, marker: str) -> Piece:
        name = self.name(UNDOABLE if undoable else "plain")
        return Piece(task(name, f"undo-{name}" if undoable else None, _marked(marker)), name, name)

    def _seq(self, shapes: list[tuple]) -> Piece:
        pieces = [self.build(shape) for shape in shapes]
        return Piece(_chain(pieces), pieces[0].first, pieces[-1].last)

    def _par(self, shapes: list[tuple]) -> Piece:
        fork, join = self.name("fork"), self.name("join")
        pieces = [self.build(shape) for shape in shapes]
        xml = gateway(fork) + gateway(join)
        for piece in pieces:
            xml += piece.xml + _flow(fork, piece.first) + _flow(piece.last, join)
        return Piece(xml, fork, join)

    def _sub(self, shape: tuple, undo: str, marker: str) -> Piece:
        name = self.name("sub")
        inner = self.build(shape)
        begin, over = self.name("begin"), self.name("over")
        xml = start(begin) + inner.xml + end(over) + _flow(begin, inner.first) + _flow(inner.last, over)
        if undo in ("tidy", "inner"):
            xml += self._tidy(throws=undo == "inner")
        if undo != "default":
            self.handled.add(name)
        body = f'<subProcess id="{name}">{xml}{_marked(marker)}</subProcess>'
        return Piece(body + handled(name, f"undo-{name}" if undo == "handler" else None), name, name)

    def _call(self, shape: tuple, undo: str, marker: str) -> Piece:
        name, key, begin, over = (self.name(n) for n in ("call", "called", "begin", "over"))
        inner = self.build(shape)
        xml = start(begin) + inner.xml + end(over) + _flow(begin, inner.first) + _flow(inner.last, over)
        if undo in ("tidy", "inner"):
            xml += self._tidy(throws=undo == "inner")
        if undo != "default":
            self.handled.add(name)
        self.called.append(process(key, xml))
        return Piece(call(name, key, f"undo-{name}" if undo == "handler" else None, _marked(marker)), name, name)

    def _tidy(self, *, throws: bool) -> str:
        asked, tidy, tidied = self.name("asked"), self.name("tidy"), self.name("tidied")
        flow = [asked, tidy, *([self.name("inner")] if throws else []), tidied]
        thrown = throw(flow[2], compensate()) if throws else ""
        body = start(asked, "<compensateEventDefinition/>") + task(tidy) + thrown + end(tidied)
        return event_sub(self.name("es"), body, flow=">".join(flow))

    def _again(self, shape: tuple) -> Piece:
        merge, split, ask = self.name("merge"), self.name("split"), self.name("ask")
        inner = self.build(shape)
        xml = gateway(merge, "exclusive") + inner.xml + task(ask) + gateway(split, "exclusive", f"{split}-on")
        out = self.name("out")
        xml += (
            _flow(merge, inner.first) + _flow(inner.last, ask) + _flow(ask, split) + when(f"${{{ask}}}", split, merge)
        )
        xml += f'<sequenceFlow id="{split}-on" sourceRef="{split}" targetRef="{out}"/>' + gateway(out, "exclusive")
        return Piece(xml, merge, out)

    def _deal(self, shape: tuple) -> Piece:
        """A transaction that a question beside its work may cancel."""
        name, ask, split, stop, fine = (self.name(n) for n in ("deal", "ask", "split", "cancelled", "fine"))
        begin, fork, over, left, out = (self.name(n) for n in ("begin", "fork", "over", "left", "out"))
        inner = self.build(shape)
        xml = start(begin) + gateway(fork) + inner.xml + end(over) + task(ask) + end(stop, CANCEL) + end(fine)
        xml += gateway(split, "exclusive", f"{split}-{fine}") + when(f"${{{ask}}}", split, stop)
        pairs = (begin, fork), (fork, inner.first), (inner.last, over), (fork, ask), (ask, split), (split, fine)
        xml += "".join(_flow(a, b) for a, b in pairs)
        around = (
            f'<transaction id="{name}">{xml}</transaction>' + boundary(left, name, CANCEL) + gateway(out, "exclusive")
        )
        return Piece(around + _flow(left, out) + _flow(name, out), name, out)


def _marked(marker: str) -> str:
    if not marker:
        return ""
    if marker == "loop":
        return '<standardLoopCharacteristics loopMaximum="2"/>'
    return each("${items}", "item", marker == "sequential")


def _flow(source: str, target: str) -> str:
    return f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}"/>'


def _chain(pieces: list[Piece]) -> str:
    flow = "".join(_flow(a.last, b.first) for a, b in pairwise(pieces))
    return "".join(piece.xml for piece in pieces) + flow


tasks = st.tuples(st.just("task"), st.sampled_from([True, True, True, False]), st.sampled_from(MARKERS))
undoings = st.sampled_from(["default", "default", "default", "tidy", "inner", "handler"])


def _larger(inner: st.SearchStrategy[tuple]) -> st.SearchStrategy[tuple]:
    some = st.lists(inner | tasks, min_size=2, max_size=3)
    return st.one_of(
        st.tuples(st.just("seq"), some),
        st.tuples(st.just("par"), some),
        st.tuples(st.sampled_from(["sub", "sub", "call"]), inner, undoings, st.sampled_from(MARKERS)),
        st.tuples(st.just("again"), inner),
        st.tuples(st.just("deal"), inner),
    )


shapes = _larger(_larger(tasks) | tasks) | _larger(tasks)


@st.composite
def models(draw: st.DrawFn) -> Model:
    """One branch of blocks with a plain task before each to go back to; beside it a branch that throws at any time."""
    builder = _Builder()
    marks, pieces = [], []
    for shape in draw(st.lists(shapes, min_size=1, max_size=3)):
        mark = builder.name("mark")
        marks.append(mark)
        pieces += [Piece(task(mark), mark, mark), builder.build(shape)]
    beside = [
        Piece(task("do-beside", "undo-do-beside"), "do-beside", "do-beside"),
        Piece(throw("throw", compensate()), "throw", "throw"),
    ]
    content = start() + gateway("fork") + end("end") + end("end-beside") + _chain(pieces) + _chain(beside)
    ends = (
        ("start", "fork"),
        ("fork", pieces[0].first),
        (pieces[-1].last, "end"),
        ("fork", "do-beside"),
        ("throw", "end-beside"),
    )
    xml = file(process("random", content, "".join(_flow(a, b) for a, b in ends)), *builder.called).encode()
    return Model(xml, marks, builder.handled)
