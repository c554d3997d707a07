"""What a Baton answers, with Python's names and types. Fields that a newer Baton adds are ignored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from baton.model.values import Value
from baton.worker.values import to_plain_variables

FINAL_STATES = frozenset({"completed", "terminated", "cancelled", "compensated"})


class Shape(BaseModel):
    """Frozen; made from the JSON of the API."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        frozen=True,
        extra="ignore",
        arbitrary_types_allowed=True,
        defer_build=True,
    )


class Definition(Shape):
    """A version of a process."""

    id: str
    key: str
    version: int
    name: str | None = None
    deployment_id: str | None = None
    tenant_id: str | None = None


class Problem(Shape):
    """What the check of a file found: an error refuses the deployment, a warning does not."""

    severity: str
    rule: str
    message: str
    resource: str | None = None
    element: str | None = None
    line: int | None = None


class Deployment(Shape):
    """Files that were deployed together. ``definitions`` are the versions that are new."""

    id: str
    name: str | None = None
    definitions: Sequence[Definition] = ()
    problems: Sequence[Problem] = ()


class Started(Shape):
    """An instance that was begun."""

    id: str
    definition_id: str
    business_key: str | None = None
    tenant_id: str | None = None


class Instance(Shape):
    """Where an instance is. ``tokens`` counts them by element; ``state`` is final in ``FINAL_STATES``."""

    id: str
    definition_id: str
    definition_key: str
    state: str
    started_at: datetime
    ended_at: datetime | None = None
    business_key: str | None = None
    end_element: str | None = None
    reason: str | None = None
    tokens: Mapping[str, int] = Field(default_factory=dict)
    incidents: int = 0
    undoing: bool = False
    tenant_id: str | None = None
    position: int

    @property
    def ended(self) -> bool:
        return self.state in FINAL_STATES


class Event(Shape):
    """One fact of an instance's history. ``position`` counts from 1 without gaps."""

    position: int
    at: datetime
    type: str
    element: str | None = None
    token: int | None = None
    data: Mapping[str, Any] = Field(default_factory=dict)


class LedgerEntry(Shape):
    """A completed activity that can be undone, and what became of that."""

    seq: int
    element: str
    handler: str | None = None
    state: str
    completed_at: datetime
    undone_at: datetime | None = None


class Awaited(Shape):
    """What a token waits for: work, a person, a timer, a message …"""

    id: str
    token: int
    element: str
    kind: str
    name: str | None = None
    due: datetime | None = None
    retries: int | None = None
    worker_id: str | None = None
    locked_until: datetime | None = None
    progress: float | None = None
    progress_text: str | None = None


class InstanceList(list[Instance]):
    """``continue_from``: None if all that match have been looked at, else where the search ended.

    Older instances may match too then: the next call goes on with the same filters and ``continueFrom``.
    """

    def __init__(self, found: Iterable[Instance], continue_from: str | None) -> None:
        super().__init__(found)
        self.continue_from = continue_from


class Incident(Shape):
    """Something that needs a person: ``type`` and ``message`` say what."""

    id: str
    instance_id: str = Field(validation_alias=AliasChoices("processInstanceId", "instanceId"))
    element: str = Field(validation_alias=AliasChoices("activityId", "element"))
    type: str = Field(validation_alias=AliasChoices("incidentType", "type"))
    message: str = Field(validation_alias=AliasChoices("incidentMessage", "message"))
    at: datetime = Field(validation_alias=AliasChoices("incidentTimestamp", "at"))


class UserTask(Shape):
    """Work for a person. ``element`` and ``instance_id`` are None for a task without a process."""

    id: str
    element: str | None = Field(validation_alias=AliasChoices("taskDefinitionKey", "element"))
    instance_id: str | None = Field(validation_alias=AliasChoices("processInstanceId", "instanceId"))
    name: str | None = None
    assignee: str | None = None
    created: datetime
    due: datetime | None = None
    priority: int = 50
    description: str | None = None


TypedVariables = Annotated[dict[str, Any], BeforeValidator(to_plain_variables)]


class Snapshot(Shape):
    """All about an instance at one moment. ``scopes`` holds variables by the number of the token that owns them."""

    instance: Instance = Field(validation_alias=AliasChoices("header", "instance"))
    scopes: Mapping[int, TypedVariables] = Field(validation_alias=AliasChoices("variables", "scopes"))
    ledger: Sequence[LedgerEntry] = ()
    incidents: Sequence[Incident] = ()
    awaited: Sequence[Awaited] = ()

    @property
    def variables(self) -> Mapping[str, Value]:
        """Those of the instance itself."""
        return self.scopes.get(0, {})


class PlannedUndo(Shape):
    """One step of a plan: ``element`` would be undone by ``handler``. ``runs`` is false for a group of others."""

    order: int
    seq: int
    element: str
    handler: str | None = None
    runs: bool = True
