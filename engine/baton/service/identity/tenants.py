"""Tenants and their members."""

from __future__ import annotations

from baton.model.errors import Conflict, NotFound
from baton.model.identity import Tenant, User, UserGroup
from baton.service.identity.accounts import Accounts, check_id
from baton.store.store import Store


class Tenants:
    """Raises NotFound for what there is not. Who is a member of any has their roles for these only."""

    def __init__(self, store: Store, accounts: Accounts) -> None:
        self._store, self._accounts = store.identities, accounts

    def get(self, tenant_id: str) -> Tenant:
        found = self._store.get_tenant(tenant_id)
        if found is None:
            raise NotFound(f"Expected a tenant with id '{tenant_id}', but there is none")
        return found

    def list(self) -> list[Tenant]:
        return sorted(self._store.list_tenants(), key=lambda tenant: tenant.id)

    def create(self, tenant: Tenant) -> None:
        """Raises Conflict when the id is taken, BadRequest for one that does not fit."""
        check_id("tenant", tenant.id)
        if not self._store.put_tenant(tenant, new=True):
            raise Conflict(f"Expected an id that is free, but there is a tenant '{tenant.id}'")

    def change_name(self, tenant_id: str, name: str | None) -> None:
        self.get(tenant_id)
        self._store.put_tenant(Tenant(id=tenant_id, name=name), new=False)

    def remove(self, tenant_id: str) -> None:
        """What belongs to it stays. Raises Conflict while it has members: without a tenant they would be for all."""
        self.get(tenant_id)
        if members := [*self._list_users(tenant_id), *self._list_groups(tenant_id)]:
            names = ", ".join(sorted(member.id for member in members))
            raise Conflict(f"Expected a tenant without members, since they would be for all, but found {names}")
        self._store.remove_tenant(tenant_id)

    def _list_users(self, tenant_id: str) -> list[User]:
        return [user for user in self._store.list_users() if tenant_id in user.tenants]

    def _list_groups(self, tenant_id: str) -> list[UserGroup]:
        return [group for group in self._store.list_groups() if tenant_id in group.tenants]

    def set_user(self, tenant_id: str, user_id: str, *, member: bool) -> None:
        self.get(tenant_id)
        before = self._accounts.get_user(user_id).tenants
        self._accounts.change_user(user_id, tenants=_change(before, tenant_id, member))

    def set_group(self, tenant_id: str, group_id: str, *, member: bool) -> None:
        self.get(tenant_id)
        before = self._accounts.get_group(group_id).tenants
        self._accounts.change_group(group_id, tenants=_change(before, tenant_id, member))


def _change(before: tuple[str, ...], tenant_id: str, member: bool) -> tuple[str, ...]:
    rest = tuple(tenant for tenant in before if tenant != tenant_id)
    return (*rest, tenant_id) if member else rest
