"""Saved filters of user tasks: who may see them, and how many there may be. What they find is asked elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from baton.model.errors import BadRequest, Conflict, NotFound
from baton.model.reach import Reach
from baton.service.core.clock import Clock
from baton.service.core.ids import Ids
from baton.service.core.matching import matches_like
from baton.store.filters import SavedFilter, SavedFilters

MOST_FILTERS = 1_000
"""Of all tenants together."""
LONGEST_NAME = 255


class Filters:
    """Safe for threads and greenlets, and for several processes on one store.

    ``within``: where the caller may read tasks; filters of other tenants are not there. None: everywhere.
    """

    def __init__(self, stored: SavedFilters, ids: Ids, clock: Clock, within: Reach | None = None) -> None:
        self._stored, self._ids, self._clock, self._within = stored, ids, clock, within

    def find(
        self, *, id_: str | None = None, name: str | None = None, name_like: str | None = None, owner: str | None = None
    ) -> list[SavedFilter]:
        """Those that match all that is given, by name."""
        found = [
            saved
            for saved in self._stored.list()
            if self._is_there(saved)
            and id_ in (None, saved.id)
            and name in (None, saved.name)
            and owner in (None, saved.owner)
            and (name_like is None or matches_like(saved.name, name_like))
        ]
        return sorted(found, key=lambda saved: (saved.name, saved.id))

    def get(self, filter_id: str) -> SavedFilter:
        """Raises NotFound."""
        return self._read(filter_id)[0]

    def create(
        self,
        name: str,
        resource: str,
        owner: str | None,
        query: Mapping[str, Any],
        properties: Mapping[str, Any],
        command_id: str | None = None,
    ) -> SavedFilter:
        """Repeated with the same command id it gives the filter that is there. Raises BadRequest, Conflict."""
        filter_id = command_id or self._ids.make_command_id()
        there = self._stored.get(filter_id)
        if there is not None:
            return there[0]
        saved = SavedFilter(
            id=filter_id,
            name=_check_name(name),
            resource=resource,
            owner=owner,
            query=dict(query),
            properties=dict(properties),
            created_at=self._clock.now(),
            tenant_id=None if self._within is None else self._within.sole_tenant,
        )
        if not self._stored.add(saved, MOST_FILTERS):
            raise Conflict(f"Expected fewer than {MOST_FILTERS} saved filters: delete some first")
        return saved

    def change(
        self,
        filter_id: str,
        *,
        name: str,
        owner: str | None,
        query: Mapping[str, Any] | None,
        properties: Mapping[str, Any],
    ) -> None:
        """``query`` None: as it is. Raises NotFound, BadRequest, Conflict when somebody else was faster."""
        saved, before = self._read(filter_id)
        changed = replace(
            saved,
            name=_check_name(name),
            owner=owner,
            query=saved.query if query is None else dict(query),
            properties=dict(properties),
        )
        if not self._stored.change(changed, before):
            raise Conflict(f"Expected filter '{filter_id}' as it was read, but somebody has changed it: do it again")

    def remove(self, filter_id: str) -> None:
        """Raises NotFound."""
        self._stored.remove(self.get(filter_id).id)

    def _read(self, filter_id: str) -> tuple[SavedFilter, bytes]:
        found = self._stored.get(filter_id)
        if found is None or not self._is_there(found[0]):
            raise NotFound(f"Expected a filter with id '{filter_id}', but there is none")
        return found

    def _is_there(self, saved: SavedFilter) -> bool:
        return self._within is None or saved.tenant_id is None or self._within.contains_part_of(saved.tenant_id)


def _check_name(name: str) -> str:
    if not name.strip():
        raise BadRequest("Expected a value for the field 'name', but found none")
    if len(name) > LONGEST_NAME:
        raise BadRequest(f"Expected a name of at most {LONGEST_NAME} characters, but found {len(name)}")
    return name
