"""Open records of running instances: one by its id, or all that match a query, narrowed by the best index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Generic, TypeVar

from baton.model.errors import NotFound
from baton.model.ids import parse_record_id
from baton.model.records import ExternalTask, Incident, Job, Subscription, UserTask
from baton.model.times import Millis
from baton.service.core.matching import Predicate, has_filters, make_test, take_page
from baton.service.core.queries import RecordQuery
from baton.service.reads.instance_reader import read_records
from baton.store.scanning import Scored
from baton.store.store import Store

R = TypeVar("R", ExternalTask, UserTask, Job, Subscription, Incident)
Q = TypeVar("Q", bound=RecordQuery)

_BY_AGE = ((), (("created_at", False),), (("created_at", True),))


class OpenRecords(Generic[R, Q]):
    """What all kinds have in common; a kind says how it is indexed and what its filters mean."""

    kind: ClassVar[Any]
    """The class of the records."""
    letter: ClassVar[str]
    """The first letter of the fields in which an instance stores these records."""
    name: ClassVar[str]
    """The name of one of them in messages."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, id_: str) -> R:
        """Raises NotFound."""
        found = self._store.lists.get_record(self.kind, id_) if parse_record_id(id_) is not None else None
        if found is None:
            raise NotFound(f"Expected an open {self.name} with id '{id_}', but there is none (any more)")
        return found

    def find(self, query: Q) -> list[R]:
        """The page of all that match, those created first before the others unless sorted."""
        if query.limit is not None and query.sort in _BY_AGE and not has_filters(query):
            aged = self._list_aged()
            if aged is not None:
                page = take_page(sorted(aged), query, _get_moment)
                return self._store.lists.get_records(self.kind, [id_ for _, id_ in page])
        return take_page(self._find_all(query), query)

    def _list_aged(self) -> Scored | None:
        """When each of all was created, and its id, where an index tells it: a page then reads its own records only."""
        return None

    def _find_all(self, query: Q) -> list[R]:
        candidates = read_candidates(self._store, self.kind, self.letter, query, lambda: self._list_ids(query))
        return self._select(candidates, query)

    def _select(self, candidates: Iterable[Any], query: Q) -> list[Any]:
        fits = make_test(query, self._build_predicates(query))
        return [candidate for candidate in candidates if fits(candidate)]

    def _find_with(self, starts: Callable[[], Iterable[Any]], query: Q) -> list[Any]:
        """As ``find``, with what start events hold open among it; none of it is of an instance or an execution."""
        found = self._find_all(query)
        if query.instance_ids is None and query.execution_id is None:
            found = sorted([*found, *self._select(starts(), query)], key=_get_age)
        return take_page(found, query)

    def count(self, query: Q) -> int:
        """How many match, on all pages together."""
        return len(self.find(replace(query, first=0, limit=None, sort=())))

    def _list_ids(self, query: Q) -> Sequence[str]:
        """Ids from the narrowest index, of all that match and perhaps others."""
        raise NotImplementedError

    def _build_predicates(self, query: Q) -> dict[str, Predicate]:
        """Predicates of filters that are more than a comparison with a field of the same name."""
        del query
        return {}


def read_candidates(
    store: Store, kind: type[R], letter: str, query: RecordQuery, list_ids: Callable[[], Sequence[str]]
) -> list[R]:
    """Records by their ids, else those of the instances that the query names, else from an index; by age."""
    if query.ids is not None:
        found = store.lists.get_records(kind, [id_ for id_ in query.ids if parse_record_id(id_) is not None])
    elif query.instance_ids is not None:
        fields = (store.lists.read_fields(id_) for id_ in query.instance_ids)
        found = [record for each in fields for record in read_records(each, letter, kind)]
    elif query.execution_id is not None:
        found = read_records(store.lists.read_fields(query.execution_id.partition(".")[0]), letter, kind)
    else:
        found = store.lists.get_records(kind, list_ids())
    return sorted(found, key=_get_age)


def _get_moment(aged: tuple[Millis, str], name: str) -> Millis:
    del name
    return aged[0]


def _get_age(value: Any) -> tuple[Millis, str]:
    return value.created_at, value.id
