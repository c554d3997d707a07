"""Events from outside, and requests about those that could not be sent or taken."""

from __future__ import annotations

import json
from typing import Any, Literal
from urllib.parse import unquote

from flask import Request
from pydantic import Field

from baton.service import LetterQuery
from baton.web.models.base import Command, Query
from baton.web.models.fields import NotNegative
from baton.web.models.names import Reading


class DeadLetterFilters(Query):
    """Which of them."""

    place: str | None = Field(None, description="the sink, or where they came from")
    direction: Literal["out", "in"] | None = None
    type: str | None = Field(None, description="of the event")
    element: str | None = Field(None, description="BPMN id of the element that the event comes from")
    text: str | None = Field(None, description="somewhere in the event or in the reason, in any case")

    def to_query(self) -> LetterQuery:
        return LetterQuery(
            place=self.place, direction=self.direction, type=self.type, element=self.element, text=self.text
        )


class DeadLetterPage(DeadLetterFilters):
    """Which of them, and how many."""

    firstResult: NotNegative | None = None
    maxResults: NotNegative | None = None


class ChangeDeadLetter(Command):
    """The event as it is to be sent."""

    event: dict[str, Any] = Field(description="a CloudEvent with the same id and source")


class GivenEvent(Command):
    """A CloudEvent in structured mode; in binary mode its data, with the attributes in headers."""

    specversion: str | None = None
    id: str | None = None
    source: str | None = None
    type: str | None = None
    data: Any = None

    def check_names(self, reading: Reading) -> None:
        """Any other name is an attribute of the event, or of its data."""


_HEADER = "ce-"


def read_event(request: Request) -> dict[str, Any]:
    """The CloudEvent of a request whose body is a JSON object."""
    found: dict[str, Any] = json.loads(request.get_data() or b"{}")
    given = {name.lower(): value for name, value in request.headers.items()}
    if f"{_HEADER}specversion" not in given:
        return found
    # Attributes in headers are percent-encoded.
    names = [name for name in given if name.startswith(_HEADER)]
    return {**{name.removeprefix(_HEADER): unquote(given[name]) for name in names}, "data": found}
