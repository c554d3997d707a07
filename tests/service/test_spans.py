"""Spans of random processes: all that has ended has one, under the right parent, however often turns come again."""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import pytest

from baton.model.events import UNDO, Event, EventType
from baton.model.traces import make_instance_span_id, make_token_span_id
from baton.service.connecting.span_shapes import Span
from baton.service.connecting.spans import UNDOING, InstanceSpans
from tests.runtime.test_random_processes import run

COUNT = int(os.environ.get("BATON_RANDOM_PROCESSES", "200"))
ENDED = {EventType.ELEMENT_COMPLETED, EventType.ELEMENT_CANCELLED, EventType.TOKEN_MERGED}


def fold(instance_id: str, events: list[Event], random: Random) -> list[Span]:
    """Now and then everything is forgotten, and what is open read from the history again."""
    spans, memory = list[Span](), InstanceSpans(instance_id, "", lambda _, element: (element, ""))
    for place, event in enumerate(events):
        if random.random() < 0.02:
            memory = InstanceSpans(instance_id, "", lambda _, element: (element, ""))
            for earlier in events[:place]:
                memory.apply(earlier)
        spans += memory.apply(event)
    return spans


@pytest.mark.parametrize("part", range(4))
def test_all_that_ended_has_one_span_under_what_it_was_in(part: int) -> None:
    kinds: Counter[str] = Counter()
    for seed in range(part, COUNT, 4):
        lab = run(seed).kept
        spans = fold(lab.instance.id, lab.events, Random(seed))
        try:
            check(lab.instance.id, lab.events, spans)
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise
        kinds.update(span.name.partition(" ")[0] for span in spans)
    assert kinds["attempt"]
    assert kinds[UNDOING]


def check(instance_id: str, events: list[Event], spans: list[Span]) -> None:
    by_id = {span.span_id: span for span in spans}
    assert len(by_id) == len(spans), [span for span, n in Counter(s.span_id for s in spans).items() if n > 1]
    parents = {event.token: event.data.get("parent", 0) for event in events if event.type is EventType.ELEMENT_ENTERED}
    began = {event.token: event.at for event in events if event.type is EventType.ELEMENT_ENTERED}
    handlers = {event.token for event in events if event.type is EventType.UNDO_STARTED}
    over = [event for event in events if event.type in ENDED and event.element != UNDO]

    for event in over:
        span = by_id.pop(make_token_span_id(instance_id, event.token or 0))
        assert (span.begin, span.end) == (began[event.token], event.at)
        if event.token in handlers:
            run_of = next(other for other in spans if other.span_id == span.parent_id)
            assert run_of.name == UNDOING or event.type is EventType.ELEMENT_CANCELLED
            assert span.links
        else:
            assert span.parent_id == make_token_span_id(instance_id, parents[event.token])  # type: ignore[arg-type]
    ended = any(event.type is EventType.INSTANCE_ENDED for event in events)
    assert (by_id.pop(make_instance_span_id(instance_id), None) is not None) == ended
    expected = Counter(event.type for event in events)
    assert len([span for span in by_id.values() if span.kind == "producer"]) == sum(
        expected[kind] for kind in (EventType.MESSAGE_SENT, EventType.SIGNAL_SENT)
    )
    if ended:
        assert len([span for span in spans if span.name == UNDOING]) == expected[EventType.COMPENSATION_STARTED]
        known = {span.span_id for span in spans}
        assert {span.parent_id for span in spans} <= {*known, None}
        undone = {EventType.UNDO_COMPLETED}
        assert all(span.parent_id for span in spans if "baton.undoes" in span.attributes), undone
