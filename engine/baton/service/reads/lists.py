"""Lists of instances and of what they hold open: narrowed by the best index, then by the query."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from baton.model.errors import NotFound
from baton.model.ids import parse_record_id
from baton.model.records import (
    ExternalTask,
    Incident,
    InstanceHeader,
    InstanceState,
    Job,
    Lock,
    Subscription,
    SubscriptionKind,
    UserTask,
)
from baton.service.core.ids import Ids
from baton.service.core.matching import Test, execution_id, fits, like, page, variables_fit
from baton.service.core.queries import (
    ExternalTaskQuery,
    IncidentQuery,
    InstanceQuery,
    JobQuery,
    Query,
    SubscriptionQuery,
    UserTaskQuery,
)
from baton.service.reads.views import Views, records_in
from baton.store.store import Store

RUNNING = frozenset({InstanceState.ACTIVE, InstanceState.SUSPENDED})
ENDED = frozenset(InstanceState) - RUNNING
R = TypeVar("R", ExternalTask, UserTask, Job, Subscription, Incident)
Q = TypeVar("Q", bound=Query)


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementStatistics:
    """Tokens at an element, and its open incidents by kind."""

    instances: int = 0
    incidents: dict[str, int]


class Lists:
    def __init__(self, store: Store, views: Views, ids: Ids) -> None:
        self._store, self._views, self._ids = store, views, ids

    # -- instances

    def instances(self, query: InstanceQuery) -> list[InstanceHeader]:
        """Instances that fit, the oldest start first unless sorted."""
        if _is_plain(query) and query.sort in ((), (("started_at", False),), (("started_at", True),)):
            return self._newest_or_oldest(query)
        found = [one for one in self._store.lists.headers(self._candidates(query)) if self._fits(query, one)]
        found.sort(key=lambda one: (one.started_at, one.id))
        return page(found, query)

    def count_instances(self, query: InstanceQuery) -> int:
        lists = self._store.lists
        if _is_plain(query):
            return sum(lists.count_in_state(state) for state in _states(query))
        only_definitions = InstanceQuery(definition_ids=query.definition_ids)
        if query.definition_ids and replace(query, first=0, limit=None, sort=()) == only_definitions:
            return sum(lists.count_unfinished(one) for one in query.definition_ids)
        return len(self.instances(replace(query, first=0, limit=None, sort=())))

    def _newest_or_oldest(self, query: InstanceQuery) -> list[InstanceHeader]:
        """No filter but the state: only the page itself is read."""
        descending = bool(query.sort) and query.sort[0][1]
        states = _states(query)
        if states & ENDED:
            headers = self._store.lists.headers([i for s in states for _, i in self._store.lists.instance_ids(s)])
            return page(sorted(headers, key=lambda one: (one.started_at, one.id)), query)
        last = None if query.limit is None else query.first + query.limit
        if descending and last is not None:
            found = sorted((one for s in states for one in self._store.lists.newest(s, last)), reverse=True)
        else:
            found = sorted((one for s in states for one in self._store.lists.instance_ids(s)), reverse=descending)
        return self._store.lists.headers([id_ for _, id_ in found[query.first : last]])

    def _candidates(self, query: InstanceQuery) -> list[str]:
        lists = self._store.lists
        if query.ids is not None:
            return list(query.ids)
        if query.business_key is not None:
            return lists.with_business_key(query.business_key)
        if query.business_keys is not None:
            return [one for key in query.business_keys for one in lists.with_business_key(key)]
        if query.with_incident or query.incident_id or query.incident_kind or query.incident_message:
            return sorted({id_.partition(".")[0] for _, id_ in lists.incident_ids()})
        states = _states(query)
        if query.definition_ids is not None:
            running = [i for d in query.definition_ids for _, i in lists.unfinished_of(d)] if states & RUNNING else []
            ended = [i for d in query.definition_ids for _, i in lists.ended_of(d)] if states & ENDED else []
            return running + ended
        return [id_ for state in states for _, id_ in lists.instance_ids(state)]

    def _fits(self, query: InstanceQuery, one: InstanceHeader) -> bool:
        if one.state not in _states(query) or not fits(one, query, self._instance_tests()):
            return False
        if query.incident_id or query.incident_kind or query.incident_message or query.incident_message_like:
            incidents = records_in(self._store.lists.fields(one.id), "i", Incident)
            if not any(_incident_fits(query, incident) for incident in incidents):
                return False
        return not query.variables or variables_fit(self._views.variables(one.id), query.variables)

    def _instance_tests(self) -> dict[str, Test]:
        def anything(one: Any, wanted: Any) -> bool:  # noqa: ARG001
            return True

        return {
            "states": anything,
            "include_ended": anything,
            "variables": anything,
            "incident_id": anything,
            "incident_kind": anything,
            "incident_message": anything,
            "incident_message_like": anything,
            "definition_keys_not": lambda one, wanted: one.definition_key not in wanted,
            "elements": lambda one, wanted: any(element in wanted for element, _ in one.tokens),
            "with_incident": lambda one, wanted: (one.incidents > 0) is wanted,
        }

    def statistics(self, definition_id: str) -> dict[str, ElementStatistics]:
        """Of unfinished instances: tokens and incidents by element."""
        tokens: dict[str, int] = {}
        incidents: dict[str, dict[str, int]] = {}
        for header in self._store.lists.headers([i for _, i in self._store.lists.unfinished_of(definition_id)]):
            for element, count in header.tokens:
                tokens[element] = tokens.get(element, 0) + count
        for one in self.incidents(IncidentQuery(definition_ids=(definition_id,))):
            kinds = incidents.setdefault(one.element, {})
            kinds[one.kind] = kinds.get(one.kind, 0) + 1
        elements = [*tokens, *(element for element in incidents if element not in tokens)]
        return {e: ElementStatistics(instances=tokens.get(e, 0), incidents=incidents.get(e, {})) for e in elements}

    # -- external tasks

    def external_tasks(self, query: ExternalTaskQuery) -> list[tuple[ExternalTask, Lock | None]]:
        """Tasks with their locks; a lock may have run out."""
        found = self._records(
            ExternalTask, "x", query, lambda: self._store.tasks.all_of(query.topic, self._store.partitions)
        )
        now = self._ids.now()
        locks = self._store.tasks.locks([one.id for one in found])
        fitting = [one for one in found if fits(one, query, _task_tests(locks, now))]
        descending = next((down for name, down in query.sort if name == "lock_until"), None)
        if descending is not None:
            fitting.sort(key=lambda one: locks[one.id].until if one.id in locks else 0, reverse=descending)
        return [(one, locks.get(one.id)) for one in page(fitting, query)]

    def count_external_tasks(self, query: ExternalTaskQuery) -> int:
        return len(self.external_tasks(replace(query, first=0, limit=None, sort=())))

    # -- user tasks

    def user_task(self, task_id: str) -> UserTask:
        return self._one(UserTask, task_id, "task")

    def user_tasks(self, query: UserTaskQuery) -> list[UserTask]:
        found = self._records(UserTask, "u", query, lambda: [i for _, i in self._user_task_ids(query)])
        fitting = [one for one in found if fits(one, query, self._user_task_tests(query))]
        return page(fitting, query)

    def count_user_tasks(self, query: UserTaskQuery) -> int:
        return len(self.user_tasks(replace(query, first=0, limit=None, sort=())))

    def _user_task_ids(self, query: UserTaskQuery) -> list[tuple[int, str]]:
        lists = self._store.lists
        if query.assignee is not None:
            return lists.user_task_ids(assignee=query.assignee)
        groups = query.candidate_groups or ((query.candidate_group,) if query.candidate_group else ())
        if groups:
            return lists.user_task_ids(groups=groups)
        if query.candidate_user is not None:
            return lists.user_task_ids(candidate=query.candidate_user)
        return lists.user_task_ids()

    def _user_task_tests(self, query: UserTaskQuery) -> dict[str, Test]:
        def open_to(one: UserTask) -> bool:
            return query.include_assigned or one.assignee is None

        def anything(one: Any, wanted: Any) -> bool:  # noqa: ARG001
            return True

        return {
            "execution_ids": lambda one, wanted: execution_id(one) in wanted,
            "assigned": lambda one, wanted: (one.assignee is not None) is wanted,
            "unassigned": lambda one, _: one.assignee is None,
            "candidate_user": lambda one, wanted: wanted in one.candidate_users and open_to(one),
            "candidate_group": lambda one, wanted: wanted in one.candidate_groups and open_to(one),
            "candidate_groups": lambda one, wanted: bool(set(wanted) & set(one.candidate_groups)) and open_to(one),
            "include_assigned": anything,
            "has_candidate_groups": lambda one, wanted: bool(one.candidate_groups) is wanted,
            "has_candidate_users": lambda one, wanted: bool(one.candidate_users) is wanted,
            "involved_user": lambda one, wanted: wanted in (one.assignee, one.owner, *one.candidate_users),
            "without_due": lambda one, _: one.due is None,
            "variables": lambda one, wanted: variables_fit(self._views.variables(one.instance_id), wanted),
        }

    # -- jobs, incidents, subscriptions

    def job(self, job_id: str) -> Job:
        return self._one(Job, job_id, "job")

    def jobs(self, query: JobQuery) -> list[Job]:
        now = self._ids.now()
        until = query.due_before or (now + 1 if query.executable else None)
        found = self._records(Job, "j", query, lambda: [i for _, i in self._store.lists.job_ids(due_until=until)])
        tests: dict[str, Test] = {
            "executable": lambda one, _: one.retries > 0 and one.due <= now and not one.suspended,
            "with_exception": lambda one, _: one.error_message is not None,
            "exception_message": lambda one, wanted: one.error_message == wanted,
            "failed_element": lambda one, wanted: one.error_message is not None and one.element == wanted,
        }
        return page([one for one in found if fits(one, query, tests)], query)

    def count_jobs(self, query: JobQuery) -> int:
        return len(self.jobs(replace(query, first=0, limit=None, sort=())))

    def incident(self, incident_id: str) -> Incident:
        return self._one(Incident, incident_id, "incident")

    def incidents(self, query: IncidentQuery) -> list[Incident]:
        found = self._records(Incident, "i", query, lambda: [i for _, i in self._store.lists.incident_ids()])
        return page([one for one in found if fits(one, query, {})], query)

    def count_incidents(self, query: IncidentQuery) -> int:
        return len(self.incidents(replace(query, first=0, limit=None, sort=())))

    def subscriptions(self, query: SubscriptionQuery) -> list[Subscription]:
        found = self._records(Subscription, "m", query, lambda: self._subscription_ids(query))
        return page([one for one in found if fits(one, query, {})], query)

    def count_subscriptions(self, query: SubscriptionQuery) -> int:
        return len(self.subscriptions(replace(query, first=0, limit=None, sort=())))

    def _subscription_ids(self, query: SubscriptionQuery) -> list[str]:
        lists = self._store.lists
        kinds = [query.kind] if query.kind is not None else list(SubscriptionKind)
        if query.name is not None:
            return [one for kind in kinds for one in lists.waiting_for(kind.value, query.name)]
        names = [(kind, name) for kind, name in lists.subscription_names() if kind in kinds]
        return [one for kind, name in names for one in lists.waiting_for(kind, name)]

    # -- together

    def _one(self, kind: type[R], id_: str, what: str) -> R:
        found = self._store.lists.record(kind, id_) if parse_record_id(id_) is not None else None
        if found is None:
            raise NotFound(f"Expected an open {what} with id '{id_}', but there is none (any more)")
        return found

    def _records(self, kind: type[R], letter: str, query: Any, indexed: Callable[[], Sequence[str]]) -> list[R]:
        """By id, else from the instances named, else from the index; the oldest first."""
        if query.ids is not None:
            found = self._store.lists.records(kind, [one for one in query.ids if parse_record_id(one) is not None])
        elif query.instance_ids is not None:
            fields = (self._store.lists.fields(one) for one in query.instance_ids)
            found = [record for each in fields for record in records_in(each, letter, kind)]
        elif query.execution_id is not None:
            found = records_in(self._store.lists.fields(query.execution_id.partition(".")[0]), letter, kind)
        else:
            found = self._store.lists.records(kind, indexed())
        return sorted(found, key=lambda one: (one.created_at, one.id))


def _states(query: InstanceQuery) -> frozenset[InstanceState]:
    if query.states is not None:
        return query.states
    return frozenset(InstanceState) if query.include_ended else RUNNING


def _is_plain(query: InstanceQuery) -> bool:
    """Nothing is asked but the state, the order and the page."""
    rest = replace(query, states=None, include_ended=False, first=0, limit=None, sort=())
    return rest == InstanceQuery()


def _incident_fits(query: InstanceQuery, incident: Incident) -> bool:
    return (
        query.incident_id in (None, incident.id)
        and query.incident_kind in (None, incident.kind)
        and query.incident_message in (None, incident.message)
        and (query.incident_message_like is None or like(incident.message, query.incident_message_like))
    )


def _task_tests(locks: dict[str, Lock], now: int) -> dict[str, Test]:
    def until(one: ExternalTask) -> int | None:
        lock = locks.get(one.id)
        return lock.until if lock is not None else None

    def held(one: ExternalTask) -> bool:
        moment = until(one)
        return moment is not None and moment > now

    return {
        "locked": lambda one, wanted: held(one) is wanted,
        "worker_id": lambda one, wanted: held(one) and locks[one.id].worker_id == wanted,
        "lock_expires_before": lambda one, wanted: (moment := until(one)) is not None and moment < wanted,
        "lock_expires_after": lambda one, wanted: (moment := until(one)) is not None and moment > wanted,
    }
