"""The store with narrowed parts; what has none is the whole store's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import replace

from baton.model.events import Event
from baton.model.ids import get_instance_id
from baton.model.reach import Access
from baton.model.times import Millis
from baton.store.drafts import Draft, DraftContent, StoredDrafts
from baton.store.evaluations import Evaluation, Evaluations
from baton.store.history import ChangeEvent, StoredHistory
from baton.store.narrowed.called import NarrowedCalled
from baton.store.narrowed.gate import Gate, Owners
from baton.store.narrowed.library import NarrowedLibrary
from baton.store.narrowed.lists import NarrowedLists
from baton.store.narrowed.task_changes import NarrowedTaskChanges
from baton.store.narrowed.urgent_tasks import NarrowedUrgentTasks
from baton.store.narrowed.variables import NarrowedVariables
from baton.store.store import Store
from baton.store.tasks import Tasks


class NarrowedHistory(StoredHistory):
    """The history of instances within reach; of others there are no events."""

    def __init__(self, whole: StoredHistory, gate: Gate) -> None:
        self._whole, self._gate = whole, gate

    def iterate(self, instance_id: str, first: int = 1, last: int | None = None) -> Iterator[Event]:
        return self._whole.iterate(instance_id, first, last) if self._gate.check([instance_id]) else iter(())

    def read_each(self, instance_ids: Sequence[str]) -> list[list[Event] | None]:
        there = list(dict.fromkeys(self._gate.check(instance_ids)))
        found = dict(zip(there, self._whole.read_each(there), strict=True)) if there else {}
        return [found.get(id_, []) for id_ in instance_ids]

    def iterate_backwards(self, instance_id: str) -> Iterator[Event]:
        return self._whole.iterate_backwards(instance_id) if self._gate.check([instance_id]) else iter(())

    def replace_events(self, instance_id: str, change: ChangeEvent, first: int = 1, last: int | None = None) -> int:
        return self._whole.replace_events(instance_id, change, first, last) if self._gate.check([instance_id]) else 0


class NarrowedEvaluations(Evaluations):
    """Evaluations within reach, by the key of their decision and their tenant."""

    def __init__(self, whole: Evaluations, gate: Gate) -> None:
        self._whole, self._gate = whole, gate

    def add(self, evaluation: Evaluation, most: int) -> None:
        """One of a decision of no tenant belongs to the tenant of who asks."""
        if not self._gate.can_reach(evaluation.key, evaluation.tenant_id):
            evaluation = replace(evaluation, tenant_id=self._gate.access.may.sole_tenant)
        self._whole.add(evaluation, most)

    def get(self, evaluation_id: str) -> Evaluation | None:
        found = self._whole.get(evaluation_id)
        return found if found is not None and self._is_there(found) else None

    def _is_there(self, found: Evaluation) -> bool:
        return self._gate.is_there(found.key, found.tenant_id, f"'{found.id}'")

    def iterate(self) -> Iterator[Evaluation]:
        return (found for found in self._whole.iterate() if self._gate.can_reach(found.key, found.tenant_id))

    def delete_decision(self, evaluation_id: str, index: int) -> bool:
        return self.get(evaluation_id) is not None and self._whole.delete_decision(evaluation_id, index)

    def set_removal(self, evaluation_id: str, moment: Millis | None) -> bool:
        return self.get(evaluation_id) is not None and self._whole.set_removal(evaluation_id, moment)


class NarrowedTasks(Tasks):
    """External tasks: their indexes give those within reach."""

    def __init__(self, whole: Tasks, gate: Gate) -> None:
        super().__init__(whole._backend, whole._blobs)  # pyright: ignore[reportPrivateUsage]
        self._whole, self._gate = whole, gate

    def list_due(self, topic: str, *, now: Millis, limit: int, partitions: Sequence[int]) -> list[str]:
        """Looks further until there are enough: the first that are due may all be those of others."""
        ahead = limit
        while True:
            due = self._whole.list_due(topic, now=now, limit=ahead, partitions=partitions)
            found = self._gate.keep(due)
            if len(found) >= limit or len(due) < ahead:
                return found[:limit]
            ahead *= 4

    def list_all(self, topic: str | None, partitions: Sequence[int]) -> list[str]:
        return self._gate.keep(self._whole.list_all(topic, partitions))

    def list_topics(self, partitions: Sequence[int]) -> list[str]:
        return [topic for topic in self._whole.list_topics(partitions) if self.list_all(topic, partitions)]


class NarrowedDrafts(StoredDrafts):
    """Drafts within reach, by the key of their process and their tenant."""

    def __init__(self, whole: StoredDrafts, gate: Gate) -> None:
        self._whole, self._gate = whole, gate

    def list(self) -> list[Draft]:
        return [draft for draft in self._whole.list() if self._gate.can_reach(draft.key or "", draft.tenant_id)]

    def get(self, draft_id: str) -> tuple[Draft, bytes] | None:
        found = self._whole.get(draft_id)
        return found if found is not None and self._is_there(found[0]) else None

    def _is_there(self, draft: Draft) -> bool:
        return self._gate.is_there(draft.key or "", draft.tenant_id, f"the draft '{draft.id}'")

    def read_content(self, draft_id: str, number: int) -> DraftContent | None:
        return None if self.get(draft_id) is None else self._whole.read_content(draft_id, number)

    def add(self, draft: Draft, content: DraftContent, most: int) -> bool:
        """Raises Forbidden for a process that the permission does not reach."""
        self._gate.require(draft.key or "", draft.tenant_id, "a draft")
        return self._whole.add(draft, content, most)

    def change(self, draft: Draft, content: DraftContent, before: bytes, gone: Iterable[int]) -> bool:
        """Raises Forbidden for a process that the permission does not reach."""
        self._gate.require(draft.key or "", draft.tenant_id, "a draft")
        return self._whole.change(draft, content, before, gone)

    def remove(self, draft_id: str) -> None:
        if self.get(draft_id) is not None:
            self._whole.remove(draft_id)


class NarrowedStore(Store):
    """The store as an access reaches it."""

    def __init__(self, whole: Store, owners: Owners, access: Access) -> None:
        self.__dict__.update(copy(whole).__dict__)
        self.gate = gate = Gate(owners, access)
        self.lists = NarrowedLists(whole.lists, gate)
        self.called = NarrowedCalled(whole.called, self.lists, gate)
        self.task_changes = NarrowedTaskChanges(whole.task_changes, gate)
        self.urgent_tasks = NarrowedUrgentTasks(whole.urgent_tasks, self.lists)
        self.indexing = whole.indexing
        self.variables = NarrowedVariables(whole.variables, gate)
        self.library = NarrowedLibrary(whole.library, gate)
        self.history = NarrowedHistory(whole.history, gate)
        self.tasks = NarrowedTasks(whole.tasks, gate)
        self.drafts = NarrowedDrafts(whole.drafts, gate)
        self.evaluations = NarrowedEvaluations(whole.evaluations, gate)

    def forget_traces(self, instance_id: str) -> bool:
        """Nobody knows whose the traces of an instance without a state are: nothing is removed."""
        del instance_id
        return False

    def is_within(self, id_: str) -> bool:
        """Whether an instance, or what belongs to one, is within reach. Raises Forbidden as ``Gate.check``."""
        return bool(self.gate.check([get_instance_id(id_)]))
