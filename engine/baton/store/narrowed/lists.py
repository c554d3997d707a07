"""Lists of what is within reach: the ids of every index are filtered, and what is read by an id is checked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from baton.model.ids import get_instance_id
from baton.model.records import ExternalTask, Incident, InstanceHeader, InstanceState, Job, Subscription, UserTask
from baton.model.times import Millis
from baton.model.values import Value
from baton.store.lists import Lists, Order, Scope
from baton.store.narrowed.gate import Gate
from baton.store.scanning import Scored, Span

R = TypeVar("R", ExternalTask, UserTask, Job, Subscription, Incident)


class NarrowedLists(Lists):
    """Every method of ``Lists`` is here (a test compares them), so that none is left open."""

    def __init__(self, whole: Lists, gate: Gate) -> None:
        self._whole, self._gate = whole, gate

    def _keep(self, scored: Scored) -> Scored:
        kept = set(self._gate.keep([id_ for _, id_ in scored]))
        return [item for item in scored if item[1] in kept]

    # -- one instance

    def read_fields(self, instance_id: str) -> Mapping[str, bytes]:
        if not self._gate.check([instance_id]):
            return {}
        fields = self._whole.read_fields(instance_id)
        return fields if self._gate.sees_all_tasks(instance_id) else self._hide_tasks(instance_id, fields)

    def read_states(self, instance_ids: Sequence[str]) -> list[Mapping[str, bytes]]:
        return [self.read_fields(instance_id) for instance_id in instance_ids]

    def _hide_tasks(self, instance_id: str, fields: Mapping[str, bytes]) -> dict[str, bytes]:
        """Without the rows of user tasks of others."""
        tasks = {f"{instance_id}.{name[1:]}": name for name in fields if name[0] == "u" and name[1:].isdigit()}
        shown = {task.id for task in self._read_tasks(list(tasks))}
        hidden = {name for id_, name in tasks.items() if id_ not in shown}
        return {name: blob for name, blob in fields.items() if name not in hidden}

    def _read_tasks(self, ids: Sequence[str]) -> list[UserTask]:
        return [task for task in self._whole.get_records(UserTask, ids) if self._gate.sees_task(task)]

    def get_headers(self, instance_ids: Sequence[str]) -> list[InstanceHeader]:
        return self._whole.get_headers(self._gate.check(instance_ids))

    def read_variables(self, scopes: Iterable[Scope], names: Sequence[str]) -> dict[Scope, dict[str, Value]]:
        wanted = list(scopes)
        there = set(self._gate.check([instance_id for instance_id, _ in wanted]))
        found: dict[Scope, dict[str, Value]] = {scope: {} for scope in wanted}
        return {**found, **self._whole.read_variables([scope for scope in wanted if scope[0] in there], names)}

    def count_waiting_commands(self, instance_id: str) -> int:
        return self._whole.count_waiting_commands(instance_id) if self._gate.check([instance_id]) else 0

    def rebuild_header(self, instance_id: str) -> InstanceHeader:
        return self.get_headers([instance_id])[0]

    # -- instances

    def list_instance_ids(self, state: InstanceState, *, since: Millis | None = None) -> Scored:
        return self._keep(self._whole.list_instance_ids(state, since=since))

    def make_span(
        self,
        states: Collection[InstanceState],
        definition_ids: Collection[str] | None = None,
        *,
        by: Order,
        descending: bool = False,
        low: Millis | None = None,
        high: Millis | None = None,
        tasks: bool = False,
    ) -> Span:
        make_span = partial(self._whole.make_span, states, by=by, descending=descending, low=low, high=high)
        known = self._whole.list_definition_ids() if definition_ids is None else list(definition_ids)
        whole, _ = self._gate.divide_definitions(known)
        span = make_span(definition_ids, tasks=tasks)
        if definition_ids is None:
            within = make_span(None).names if len(whole) == len(known) else ()
        else:
            within = make_span(whole).names
        return replace(span, within=frozenset(within))

    def make_undone_span(self, *, descending: bool = False) -> Span:
        return self._whole.make_undone_span(descending=descending)

    def make_keyed_span(self, *, descending: bool = False) -> Span:
        return self._whole.make_keyed_span(descending=descending)

    def scan(self, span: Span, first: int = 0) -> Iterator[Scored]:
        if span.within.issuperset(span.names):
            yield from self._whole.scan(span, first)
            return
        for part in self._whole.scan(span):
            kept = self._keep(part)
            if kept[first:]:
                yield kept[first:]
            first = max(0, first - len(kept))

    def count(self, span: Span) -> int:
        """Sizes of sets, as far as all of their members are within reach; the others are read."""
        within = replace(span, names=tuple(name for name in span.names if name in span.within))
        others = replace(span, names=tuple(name for name in span.names if name not in span.within))
        return self._whole.count(within) + sum(len(self._keep(part)) for part in self._whole.scan(others))

    def estimate(self, span: Span) -> int:
        """Nothing of it is told."""
        return self._whole.estimate(span)

    def list_reached(self) -> frozenset[str] | None:
        whole, part = self._gate.divide_definitions(self._whole.list_definition_ids())
        return frozenset(whole | part)

    def list_definition_ids(self) -> list[str]:
        return self._whole.list_definition_ids()

    def _is_within(self, definition_id: str) -> bool:
        """Whether all instances of the definition are within reach."""
        return bool(self._gate.divide_definitions([definition_id])[0])

    def list_newest_of(self, definition_id: str, limit: int) -> list[str]:
        if self._is_within(definition_id):
            return self._whole.list_newest_of(definition_id, limit)
        found = sorted([*self.list_unfinished(definition_id), *self.list_ended(definition_id)], reverse=True)
        return [id_ for _, id_ in found[:limit]]

    def count_in_state(self, state: InstanceState) -> int:
        return len(self.list_instance_ids(state))

    def count_unfinished(self, definition_id: str) -> int:
        return self.count_each([definition_id])[definition_id]

    def count_ended(self, definition_id: str) -> int:
        return self.count_each([definition_id], ended=True)[definition_id]

    def count_each(self, definition_ids: Sequence[str], *, ended: bool = False) -> dict[str, int]:
        whole, part = self._gate.divide_definitions(definition_ids)
        sizes = self._whole.count_each([id_ for id_ in definition_ids if id_ in whole], ended=ended)
        list_ids = self.list_ended if ended else self.list_unfinished
        return {id_: sizes[id_] if id_ in whole else len(list_ids(id_)) if id_ in part else 0 for id_ in definition_ids}

    def list_unfinished(self, definition_id: str) -> Scored:
        found = self._whole.list_unfinished(definition_id)
        return found if self._is_within(definition_id) else self._keep(found)

    def list_ended(self, definition_id: str, *, until: Millis | None = None) -> Scored:
        found = self._whole.list_ended(definition_id, until=until)
        return found if self._is_within(definition_id) else self._keep(found)

    def find_by_business_key(self, business_key: str, *, whole: bool = True) -> list[str]:
        return self._gate.keep(self._whole.find_by_business_key(business_key, whole=whole))

    def find_few_by_business_key(self, business_key: str, *, whole: bool = True, most: int) -> list[str] | None:
        """None where all are more than that: it chooses how to look for them, and is not told."""
        found = self._whole.find_few_by_business_key(business_key, whole=whole, most=most)
        return None if found is None else self._gate.keep(found)

    # -- records

    def get_records(self, kind: type[R], ids: Sequence[str]) -> list[R]:
        found: list[Any] = self._whole.get_records(kind, self._gate.check(ids))
        return [record for record in found if kind is not UserTask or self._gate.sees_task(record)]

    def list_user_task_ids(
        self, *, assignee: str | None = None, groups: Sequence[str] = (), candidate: str | None = None
    ) -> Scored:
        return self.keep_tasks(self._whole.list_user_task_ids(assignee=assignee, groups=groups, candidate=candidate))

    def keep_tasks(self, scored: Scored) -> Scored:
        """Those of the user tasks that are shown."""
        found = self._keep(scored)
        doubtful = [id_ for _, id_ in found if not self._gate.sees_all_tasks(get_instance_id(id_))]
        hidden = set(doubtful) - {task.id for task in self._read_tasks(doubtful)}
        return [item for item in found if item[1] not in hidden]

    def list_job_ids(self, *, due_until: Millis | None = None) -> Scored:
        return self._keep(self._whole.list_job_ids(due_until=due_until))

    def list_incident_ids(self) -> Scored:
        return self._keep(self._whole.list_incident_ids())

    def count_incidents(self) -> int:
        return len(self.list_incident_ids())

    def count_user_tasks(self) -> int:
        return len(self.list_user_task_ids())

    def count_jobs(self) -> int:
        return len(self.list_job_ids())

    # -- subscriptions

    def list_subscription_names(self) -> list[tuple[str, str]]:
        return [(kind, name) for kind, name in self._whole.list_subscription_names() if self.find_waiting(kind, name)]

    def find_waiting(
        self, kind: str, name: str, *, business_key: str | None = None, correlation_key: str | None = None
    ) -> list[str]:
        found = self._whole.find_waiting(kind, name, business_key=business_key, correlation_key=correlation_key)
        return self._gate.keep(found)

    def group_waiting_by_key(self, kind: str, name: str, limit: int) -> dict[str, list[str]] | None:
        found = self._whole.group_waiting_by_key(kind, name, limit)
        if found is None:
            return None
        kept = {key: self._gate.keep(ids) for key, ids in found.items()}
        return {key: ids for key, ids in kept.items() if ids}
