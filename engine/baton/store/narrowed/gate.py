"""Decides for each id whether it is within reach: by the definition and tenant that its instance belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from baton.model.errors import Forbidden
from baton.model.ids import get_instance_id
from baton.model.reach import Access
from baton.model.records import UserTask
from baton.store.library import Library
from baton.store.lists import Lists

MOST_REMEMBERED = 200_000
"""About 40 MB."""


class Owners:
    """Definition key and tenant of instances. They never change, so they are remembered; shared by all callers."""

    def __init__(self, lists: Lists, library: Library) -> None:
        self._lists, self._library = lists, library
        self._known: dict[str, tuple[str, str | None]] = {}
        self._tenants: dict[str, str | None] = {}
        self._asked = set[str]()

    def find_tenants(self, definition_ids: Iterable[str]) -> dict[str, str | None]:
        """The tenants of definitions, which never change either; without those that were deleted before anybody asked.

        Instances of a definition that has a tenant belong to it; those of others to the tenants of their starters.
        """
        wanted = set(definition_ids)
        if not wanted <= self._asked:
            self._tenants.update({item.id: item.tenant_id for item in self._library.get_definitions()})
            self._asked |= wanted
        return {id_: self._tenants[id_] for id_ in wanted if id_ in self._tenants}

    def find(self, instance_ids: Iterable[str]) -> dict[str, tuple[str, str | None]]:
        """Those of the instances that there are."""
        wanted = set(instance_ids)
        if missing := [id_ for id_ in wanted if id_ not in self._known]:
            if len(self._known) > MOST_REMEMBERED:
                self._known.clear()
            found = {h.id: (h.definition_key, h.tenant_id) for h in self._lists.get_headers(missing)}
            self._known.update(found)
        known = self._known
        return {id_: known[id_] for id_ in wanted if id_ in known}


class Gate:
    """Of one access. Ids are those of instances, or of anything that belongs to one."""

    def __init__(self, owners: Owners, access: Access) -> None:
        self._owners, self.access = owners, access

    def divide_definitions(self, definition_ids: Sequence[str]) -> tuple[set[str], set[str]]:
        """Of which definitions all instances are within reach, and of which perhaps some are."""
        tenants, may = self._owners.find_tenants(definition_ids), self.access.may
        whole, part = set[str](), set[str]()
        for id_ in definition_ids:
            key, tenant = id_.partition(":")[0], tenants.get(id_)
            if may.contains_all_of(key) or (tenant is not None and may.contains(key, tenant)):
                whole.add(id_)
            elif tenant is None and may.contains_any_of(key):
                part.add(id_)
        return whole, part

    def keep(self, ids: Sequence[str]) -> list[str]:
        """Those that the permission reaches: for what an index has found."""
        owners = self._owners.find(map(get_instance_id, ids))
        may = self.access.may
        return [id_ for id_ in ids if (owner := owners.get(get_instance_id(id_))) is not None and may.contains(*owner)]

    def check(self, ids: Sequence[str]) -> list[str]:
        """Those that the caller may know of: for what was asked for by its id.

        Raises Forbidden for one that they know of, but that the permission does not reach.
        """
        owners = self._owners.find(map(get_instance_id, ids))
        return [
            id_
            for id_ in ids
            if (owner := owners.get(get_instance_id(id_))) is not None and self.is_there(*owner, f"'{id_}'")
        ]

    def is_there(self, key: str, tenant_id: str | None, what: str, *, definition: bool = False) -> bool:
        """Whether the caller may know of it. Raises Forbidden if they may, but the permission does not reach it."""
        if self.can_reach(key, tenant_id, definition=definition):
            return True
        sees = self.access.sees.contains_shared if definition else self.access.sees.contains
        if sees(key, tenant_id):
            raise self._make_refusal(key, tenant_id, what)
        return False

    def require(self, key: str, tenant_id: str | None, what: str) -> None:
        """For what is to be made. Raises Forbidden."""
        if not self.access.may.contains(key, tenant_id):
            raise self._make_refusal(key, tenant_id, what)

    def _make_refusal(self, key: str, tenant_id: str | None, what: str) -> Forbidden:
        tenant = "no tenant" if tenant_id is None else f"tenant '{tenant_id}'"
        return Forbidden(
            f"Expected a caller who may '{self.access.permission}' {what} (process '{key}', {tenant}), "
            f"but {self.access.whose} has no grant for it"
        )

    def can_reach(self, key: str, tenant_id: str | None, *, definition: bool = False) -> bool:
        """Whether the permission reaches it. Definitions of no tenant are shared, unless they are to be changed."""
        access = self.access
        contains = access.may.contains_shared if definition and access.shared else access.may.contains
        return contains(key, tenant_id)

    def sees_all_tasks(self, instance_id: str) -> bool:
        """Whether all user tasks of an instance are shown."""
        owner = self._owners.find([instance_id]).get(instance_id)
        return owner is not None and self.access.others.contains(*owner)

    def sees_task(self, task: UserTask) -> bool:
        """Whether a user task is the caller's, or those of others are shown."""
        access = self.access
        if access.others.contains(task.definition_key, task.tenant_id):
            return True
        return (
            access.person in (task.assignee, task.owner, *task.candidate_users)
            or not set(access.groups).isdisjoint(task.candidate_groups)
        )  # fmt: skip
