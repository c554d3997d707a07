"""Grants: made, changed and removed. Beside roles they alone say what somebody may do, by whichever route they came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from baton.model.errors import BadRequest, NotFound
from baton.model.identity import Grant, GrantKind, HolderKind
from baton.service.core.clock import Clock
from baton.service.core.ids import Ids
from baton.service.identity.resources import BY_KEY, NUMBERS, translate
from baton.service.identity.roles import ALL, list_permissions
from baton.service.identity.sign_in import SignIn
from baton.store.store import Store

ANY = "*"


class Grants:
    def __init__(self, store: Store, sign_in: SignIn, ids: Ids, clock: Clock) -> None:
        self._store, self._sign_in, self._ids, self._clock = store.identities, sign_in, ids, clock

    def get(self, grant_id: str) -> Grant:
        """Raises NotFound."""
        found = self._store.get_grant(grant_id)
        if found is None:
            raise NotFound(f"Expected a grant with id '{grant_id}', but there is none")
        return found

    def list(self) -> list[Grant]:
        """The oldest first."""
        return sorted(self._store.list_grants(), key=lambda grant: (grant.created_at, grant.id))

    def create(self, grant: Grant) -> Grant:
        """With an id of its own. Raises BadRequest for permissions that there are not, or when there are none."""
        made = replace(grant, id=self._ids.make_deployment_id(), created_at=self._clock.now())
        return self._put(made)

    def change(self, grant_id: str, grant: Grant) -> None:
        """Everything but its id and kind. Raises NotFound, BadRequest."""
        before = self.get(grant_id)
        self._put(replace(grant, id=grant_id, kind=before.kind, created_at=before.created_at))

    def remove(self, grant_id: str) -> None:
        """Raises NotFound."""
        self.get(grant_id)
        self._store.remove_grant(grant_id)
        self._sign_in.forget_remembered()

    def _put(self, grant: Grant) -> Grant:
        unknown = sorted(set(grant.permissions) - list_permissions() - {ALL})
        if unknown:
            raise BadRequest(f"Expected permissions as 'resource:action', such as 'task:work', but found {unknown[0]}")
        self._store.put_grant(grant)
        self._sign_in.forget_remembered()
        return grant


def make_camunda_grant(
    kind: GrantKind,
    user_id: str | None,
    group_id: str | None,
    resource: int,
    resource_id: str,
    names: Iterable[str],
    tenants: Iterable[str] = (),
) -> Grant:
    """What an authorization of Camunda 7 says. Raises BadRequest for what Baton does not have."""
    holder_kind, holder = _find_holder(kind, user_id, group_id)
    if resource_id != ANY and resource not in BY_KEY:
        raise BadRequest(
            f"Expected '*' as resourceId of {NUMBERS.get(resource, resource)}, but found '{resource_id}': "
            "rights for single ones are given by the key of their process definition (resourceType 6)"
        )
    named = tuple(names)
    return Grant(
        id="",
        holder_kind=holder_kind,
        holder=holder,
        kind=kind,
        permissions=translate(resource, named),
        definitions=() if resource_id == ANY else (resource_id,),
        tenants=tuple(tenants),
        resource=resource,
        named=named,
    )


def _find_holder(kind: GrantKind, user_id: str | None, group_id: str | None) -> tuple[HolderKind, str]:
    if kind is GrantKind.EVERYBODY or user_id == ANY:
        if group_id is not None or user_id not in (None, ANY):
            raise BadRequest("Expected a global authorization without userId and groupId, but found one")
        return HolderKind.EVERYBODY, ANY
    if (user_id is None) == (group_id is None):
        raise BadRequest("Expected exactly one of userId and groupId")
    return (HolderKind.USER, user_id) if user_id is not None else (HolderKind.GROUP, group_id or "")
