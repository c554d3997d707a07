"""Start events that wait: their timers as jobs, their subscriptions. They belong to a definition and to no instance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from baton.model.definition import Definition
from baton.model.errors import NotFound
from baton.model.records import JobKind, SubscriptionKind
from baton.model.times import Millis
from baton.service.deployments.library import DefinitionLibrary
from baton.store.library import ACTIVATION, StartTimer
from baton.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class StartJob:
    """The timer of a start event, with the fields of a job. Its id never has the form of a record's id."""

    id: str
    timer: StartTimer
    definition_id: str
    definition_key: str
    element: str
    due: Millis
    created_at: Millis
    suspended: bool
    tenant_id: str | None
    kind: JobKind = JobKind.TIMER
    retries: int = 3
    priority: int = 0
    instance_id: None = None
    token: int = 0
    error_message: None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartEventSubscription:
    """The message, signal or condition that a start event waits for, with the fields of a subscription."""

    id: str
    definition_id: str
    definition_key: str
    element: str
    kind: SubscriptionKind
    name: str
    created_at: Millis
    tenant_id: str | None
    instance_id: None = None
    token: int = 0


class StartEvents:
    def __init__(self, store: Store, library: DefinitionLibrary) -> None:
        self._store, self._library = store, library

    def list_jobs(self) -> Iterator[StartJob]:
        """The timers that start instances of latest versions, and those that activate versions."""
        for timer in self._store.library.list_timers():
            definition = self._find_definition(timer.definition_id)
            if definition is not None:
                yield _make_job(timer, definition)

    def get_job(self, id_: str) -> StartJob:
        """Raises NotFound."""
        for job in self.list_jobs():
            if job.id == id_:
                return job
        raise NotFound(f"Expected an open job with id '{id_}', but there is none (any more)")

    def list_subscriptions(self) -> Iterator[StartEventSubscription]:
        """What starts instances of latest versions, suspended ones too."""
        for start in self._library.get_current().starts:
            if self._find_definition(start.definition_id) is not None:
                yield StartEventSubscription(
                    id=f"{start.definition_id}:{start.element}:{start.kind}:{start.name}",
                    definition_id=start.definition_id,
                    definition_key=start.key,
                    element=start.element,
                    kind=SubscriptionKind(start.kind),
                    name=start.name,
                    created_at=start.at,
                    tenant_id=start.tenant_id,
                )

    def _find_definition(self, definition_id: str) -> Definition | None:
        """None when it is gone, or about to be."""
        return self._library.get(definition_id) if self._library.is_there(definition_id) else None


def is_start_id(job_id: str) -> bool:
    """Whether a job's id is that of a start event's timer."""
    return ":" in job_id


def _make_job(timer: StartTimer, definition: Definition) -> StartJob:
    return StartJob(
        id=f"{timer.definition_id}:{timer.element}",
        timer=timer,
        definition_id=definition.id,
        definition_key=definition.key,
        element=timer.element,
        due=timer.due,
        created_at=definition.deployed_at,
        suspended=timer.suspended or (definition.suspended and timer.element != ACTIVATION),
        tenant_id=definition.tenant_id,
    )
