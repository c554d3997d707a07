"""What looks into one instance: its snapshot, its state at a moment, what could be undone."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from baton.model.records import InstanceState
from baton.service import PlannedUndo
from baton.web.answers.events import Event
from baton.web.answers.instances import (
    Awaited,
    InstanceHeader,
    LedgerEntry,
    ScopeVariables,
    Token,
    show_ledger_snapshot,
)
from baton.web.answers.work import Incident
from baton.web.models.base import Answer
from baton.web.models.fields import ShownVariables

BY_TOKEN = "variables by the number of the token that owns them"


class ElementCounts(Answer):
    """How often an element was entered and left."""

    entered: int
    completed: int
    cancelled: int


class RecentHistory(Answer):
    """The last events of an instance."""

    omitted = frozenset[str]()

    begin: int = Field(serialization_alias="from", description="the position of the first of them")
    complete: bool = Field(description="whether these are all")
    events: list[Event]

    def to_plain(self) -> dict[str, object]:
        return {"from": self.begin, "complete": self.complete, "events": self.events}


class Snapshot(Answer):
    """Everything that is needed to draw an instance, as of one position."""

    position: int
    at: str
    header: InstanceHeader
    tokens: list[Token]
    variables: dict[str, ShownVariables] = Field(description=BY_TOKEN)
    ledger: list[LedgerEntry]
    incidents: list[Incident]
    awaited: list[Awaited] = Field(description="what the instance waits for: what happens next")
    elements: dict[str, ElementCounts] = Field(description="by element; of a called process behind its definition")
    flows: dict[str, int] = Field(description="how often each sequence flow was taken")
    history: RecentHistory


class PlacedToken(Answer):
    """Where a token was."""

    number: int
    parent: int | None
    element: str


class InstanceTrace(Answer):
    """Where an instance is in traces."""

    traceId: str = Field(description="of the trace that it began in, or else its own")
    url: str | None = Field(description="where people see it; null if the operator has not said")


class StateAt(Answer):
    """Tokens and variables as of a position."""

    position: int
    at: str | None
    state: InstanceState
    tokens: list[PlacedToken]
    variables: dict[str, ShownVariables] = Field(description=BY_TOKEN)


class LedgerEntryWithSnapshot(LedgerEntry):
    """An entry with the variables that its handler would see."""

    snapshot: list[ScopeVariables] = Field(description="innermost scope first")


class PlanStep(Answer):
    """What would be undone, in this order."""

    order: int
    seq: int
    element: str
    handler: str | None
    definitionId: str | None
    scope: int
    runs: bool = Field(description="false: a group, undone when what is inside it is")
    snapshot: list[ScopeVariables] = Field(description="what the handler would see of scopes that have ended")


def show_plan(steps: Iterable[PlannedUndo]) -> list[PlanStep]:
    return [
        PlanStep(
            order=order,
            seq=step.entry.seq,
            element=step.entry.element,
            handler=step.entry.handler,
            definitionId=step.entry.definition_id,
            scope=step.entry.scope,
            runs=step.runs,
            snapshot=show_ledger_snapshot(step.entry),
        )
        for order, step in enumerate(steps, 1)
    ]


class ModificationPreview(Answer):
    """What a modification would lead to."""

    state: InstanceState
    events: list[Event] = Field(description="with the positions that they would have; nothing of them has happened")
