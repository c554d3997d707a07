"""Counting what a history says, for the marks on the diagram."""

from __future__ import annotations

from baton.model.events import Event, EventType
from baton.web.stream.marks import Marks

ENTERED, COMPLETED = EventType.ELEMENT_ENTERED, EventType.ELEMENT_COMPLETED


def event(position: int, type: EventType, token: int, **data: object) -> Event:
    return Event(position=position, at=0, type=type, element="Each", token=token, data=data)  # type: ignore[arg-type]


def test_the_body_of_a_loop_is_not_counted_beside_its_iterations() -> None:
    marks = Marks().add(
        [
            event(1, ENTERED, 1, body=True),
            event(2, ENTERED, 2, parent=1),
            event(3, ENTERED, 3, parent=1),
            event(4, COMPLETED, 2),
            event(5, COMPLETED, 3),
            event(6, COMPLETED, 1),
        ]
    )
    assert marks.elements == {"Each": {"entered": 2, "completed": 2, "cancelled": 0}}
