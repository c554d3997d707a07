"""What a token knows about itself beside its variables: one field per fact, stored with the token's row."""

from __future__ import annotations

from typing import Any, dataclass_transform

from baton.model.times import Millis
from baton.model.values import Value

GATHERED, ARRIVED = "gathered", "arrived"


@dataclass_transform(kw_only_default=True, eq_default=False)
class Facts:
    """Fields by annotation. One that is not set has its class's default, so that a new object costs nothing."""

    def __init__(self, **facts: Any) -> None:
        self.__dict__.update(facts)


class TokenState(Facts):
    """Rows leave out what is None. A field's name is the key in the row, but for ``gathered``."""

    # every token
    since: Millis | None = None
    """When it came to its element."""
    via: str | None = None
    """The sequence flow that it came by."""

    # steps
    at: str | None = None
    """How far an activity is; None before it has begun."""
    job: str | None = None
    """Whether an event or gateway waits for its job before or after the work."""
    failed: list[Any] | None = None
    """The step that failed, and how often in a row."""
    heard: int | None = None
    """How many listeners have been called for the step."""
    hearing: bool | None = None
    """A listener's task is open."""
    ran: list[Any] | None = None
    """The event whose listeners run in place, and how many of them have run."""
    received: bool | None = None
    """What the element waits for has come."""
    thrown: int | None = None
    """How many event definitions have been thrown."""
    waited: bool | None = None
    """The definition that is being thrown is done."""
    met: dict[str, bool] | None = None
    """Subscriptions whose condition held when it was last evaluated."""

    # gateways and start quantity
    parked: bool | None = None
    """It waits for others to join it."""
    arrived: dict[str, int] | None = None
    """At a join: how many tokens have come over each flow."""
    gathered: int | None = None
    """At an activity with a start quantity: how many tokens have come."""
    fired: bool | None = None
    """A complex gateway has let a token go, and waits for its reset."""
    past: bool | None = None
    """The token that a complex gateway has let go."""

    # loops and ad-hoc subprocesses
    body: bool | None = None
    """It holds the iterations of a loop or multi-instance activity."""
    inner: bool | None = None
    """It is one of those iterations."""
    index: int | None = None
    """Which one, from 0."""
    done: int = 0
    """How many iterations have been counted as complete."""
    pending: int = 0
    """How many have completed and are not counted yet."""
    todo: list[str] | None = None
    """Elements of an ad-hoc subprocess that start in their turn."""
    complete: bool | None = None
    """The completion condition of an ad-hoc subprocess held."""

    # scopes
    start: str | None = None
    """The start event that has begun an event subprocess."""
    business_key: str | None = None
    """Of a called process."""
    early: list[Any] | None = None
    """Of an observed process: the rows of reports about elements that no token has come to yet."""

    # compensation
    undo: list[Any] | None = None
    """What a thrower undoes: the row of a ``Selection``."""
    turn: int | None = None
    """The order in which undoings began."""
    blocked: bool | None = None
    """The undoing waits for an earlier one."""
    source: str | None = None
    """The throw event for which the undoing goes on beside the flow."""
    then: str | None = None
    """What follows an undoing that no throw event began: ``end``, ``rollback`` or ``cancel``."""
    to: str | None = None
    """The element to go back to."""
    restarts: bool | None = None
    """The scope waits for the events of its event subprocesses again."""
    undoes: int | None = None
    """The ledger number that a handler undoes."""
    thrower: int | None = None
    """The token that a handler runs for."""
    revived: int | None = None
    """The number of the completed scope that this one stands for."""

    @property
    def arrivals(self) -> dict[str, int]:
        """How many tokens have come to a join over each flow; none before the first."""
        return self.arrived or {}

    @classmethod
    def restore(cls, row: dict[str, Any]) -> TokenState:
        """From the row. Rows have one key for what came to a join and to an activity with a start quantity."""
        facts = dict(row)
        if isinstance(facts.get(ARRIVED), int):
            facts[GATHERED] = facts.pop(ARRIVED)
        return cls(**facts)

    def to_row(self) -> dict[str, Value]:
        facts = {name: value for name, value in self.__dict__.items() if value is not None}
        if GATHERED in facts:
            facts[ARRIVED] = facts.pop(GATHERED)
        return facts
