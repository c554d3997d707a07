"""People who sign in by an OpenID provider: what it says about them becomes an account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from baton.model.errors import NotSignedIn
from baton.model.identity import PendingSignIn, Role, User
from baton.model.immutable import immutable
from baton.model.times import Millis
from baton.service.core.clock import Clock
from baton.service.identity.accounts import is_id
from baton.service.identity.sign_in import SignIn
from baton.service.identity.tokens import digest_token
from baton.store.store import Store

PENDING_MS: Millis = 600_000
"""How long somebody may take at the provider."""


@immutable
class ExternalProfile:
    """What a provider has said, once its signature was checked. ``groups``: None: nothing about groups."""

    issuer: str
    subject: str
    name: str
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    groups: tuple[str, ...] | None = None

    @property
    def external_id(self) -> str:
        return f"{self.issuer} {self.subject}"


class ExternalAccounts:
    """Raises NotSignedIn for those who may not come in."""

    def __init__(self, store: Store, sign_in: SignIn, clock: Clock) -> None:
        self._store, self._sign_in, self._clock = store.identities, sign_in, clock

    def remember_pending(self, state: str, pending: PendingSignIn) -> None:
        """Somebody is sent to the provider, and comes back with ``state``."""
        self._store.put_pending(digest_token(state), pending, PENDING_MS)

    def take_pending(self, state: str) -> PendingSignIn | None:
        """What was remembered, once; None when it was taken before, is too old, or was never there."""
        return self._store.take_pending(digest_token(state))

    def accept(self, profile: ExternalProfile, roles: Iterable[Role] = ()) -> User:
        """The account of somebody, made at the first time with these roles; names and groups are the provider's."""
        known = self._find(profile.external_id)
        if known is not None and known.disabled:
            raise NotSignedIn(f"Expected a user who may sign in, but '{known.id}' is disabled")
        changes = {
            "first_name": profile.first_name,
            "last_name": profile.last_name,
            "email": profile.email,
            **({} if profile.groups is None else {"groups": tuple(filter(is_id, profile.groups))}),
        }
        user = replace(known or self._make(profile, roles), **changes)
        if user != known:
            self._put(user, new=known is None)
        return user

    def _find(self, external_id: str) -> User | None:
        return next((user for user in self._store.list_users() if user.external_id == external_id), None)

    def _make(self, profile: ExternalProfile, roles: Iterable[Role]) -> User:
        if not is_id(profile.name):
            raise NotSignedIn(
                "Expected a name from the provider of 1 to 64 characters without blanks, colons and slashes, but found "
                f"'{profile.name[:80]}': name another claim with BATON_OPENID_NAME_CLAIM"
            )
        return User(id=profile.name, roles=tuple(roles), created_at=self._clock.now(), external_id=profile.external_id)

    def _put(self, user: User, *, new: bool) -> None:
        """Never takes over an account that somebody else has: only the provider's subject says who it is."""
        if not self._store.put_user(user, new=new):
            raise NotSignedIn(
                f"Expected a name that is free, but there is another user '{user.id}': "
                "an administrator can delete that account, then it is made anew"
            )
        self._sign_in.forget_remembered()
