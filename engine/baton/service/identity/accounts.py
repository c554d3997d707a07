"""People, groups and API keys: made, changed and removed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from baton.model.errors import BadRequest, Conflict, Forbidden, NotFound
from baton.model.identity import ApiKey, Role, User, UserGroup
from baton.model.times import Millis
from baton.service.core.clock import Clock
from baton.service.identity.passwords import Passwords
from baton.service.identity.sign_in import SignIn
from baton.service.identity.tokens import KEY_PREFIX, digest_token, make_token
from baton.store.store import Store

INVITATION_MS = 86_400_000
MOST_KEYS = 10_000
_ID = re.compile(r"[^\s:/\\\x00-\x1f\x7f]{1,64}")
"""Of people and groups: HTTP Basic ends a name at a colon, and ids are parts of paths."""


class Accounts:
    """Raises BadRequest for what does not fit, NotFound for what there is not."""

    def __init__(self, store: Store, passwords: Passwords, sign_in: SignIn, clock: Clock) -> None:
        self._store, self._passwords, self._sign_in, self._clock = store.identities, passwords, sign_in, clock

    # -- people

    def get_user(self, user_id: str) -> User:
        user = self._store.get_user(user_id)
        if user is None:
            raise NotFound(f"Expected a user with id '{user_id}', but there is none")
        return user

    def list_users(self) -> list[User]:
        return sorted(self._store.list_users(), key=lambda user: user.id)

    def create_user(self, user: User, password: str | None) -> User:
        """Raises Conflict when the id is taken."""
        check_id("user", user.id)
        kept = self._passwords.hash(password) if password is not None else None
        made = replace(user, password=kept, created_at=self._clock.now())
        if not self._store.put_user(made, new=True):
            raise Conflict(f"Expected an id that is free, but there is a user '{user.id}'")
        return made

    def change_user(self, user_id: str, **changes: Any) -> User:
        """Names, mail address, groups, roles, ``disabled``. Raises Conflict for the last administrator."""
        changed = replace(self.get_user(user_id), **changes)
        self._keep_an_administrator(user_id, changed)
        self._put_user(changed)
        if changed.disabled:
            self._store.end_sessions(user_id)
        return changed

    def set_password(self, user_id: str, password: str) -> None:
        """Also ends the sessions of the user."""
        self._put_user(replace(self.get_user(user_id), password=self._passwords.hash(password)))
        self._store.end_sessions(user_id)

    def remove_user(self, user_id: str) -> None:
        """Raises Conflict for the last administrator."""
        self.get_user(user_id)
        self._keep_an_administrator(user_id, None)
        self._store.remove_user(user_id)
        self._sign_in.forget_remembered()

    def end_sessions(self, user_id: str) -> int:
        """Sign out everywhere; returns how many sessions there were."""
        ended = self._store.end_sessions(self.get_user(user_id).id)
        self._sign_in.forget_remembered()
        return ended

    def _put_user(self, user: User) -> None:
        self._store.put_user(user, new=False)
        self._sign_in.forget_remembered()

    def _keep_an_administrator(self, user_id: str, changed: User | None) -> None:
        after = [changed if user.id == user_id else user for user in self._store.list_users()]
        before = self._store.get_user(user_id)
        if before is None or not _administers(before) or any(user is not None and _administers(user) for user in after):
            return
        raise Conflict(f"Expected an administrator to be left, but '{user_id}' is the only one")

    # -- groups

    def get_group(self, group_id: str) -> UserGroup:
        group = self._store.get_group(group_id)
        if group is None:
            raise NotFound(f"Expected a group with id '{group_id}', but there is none")
        return group

    def list_groups(self) -> list[UserGroup]:
        return sorted(self._store.list_groups(), key=lambda group: group.id)

    def create_group(self, group: UserGroup) -> UserGroup:
        """Raises Conflict when the id is taken."""
        check_id("group", group.id)
        if not self._store.put_group(group, new=True):
            raise Conflict(f"Expected an id that is free, but there is a group '{group.id}'")
        return group

    def change_group(self, group_id: str, **changes: Any) -> UserGroup:
        changed = replace(self.get_group(group_id), **changes)
        self._store.put_group(changed, new=False)
        self._sign_in.forget_remembered()
        return changed

    def remove_group(self, group_id: str) -> None:
        """Its members stay."""
        self.get_group(group_id)
        self._store.remove_group(group_id)
        for user in self._store.list_users():
            if group_id in user.groups:
                self._put_user(replace(user, groups=tuple(name for name in user.groups if name != group_id)))
        self._sign_in.forget_remembered()

    # -- API keys

    def list_keys(self) -> list[ApiKey]:
        return sorted(self._store.list_keys(), key=lambda key: (key.name, key.created_at))

    def create_key(
        self,
        name: str,
        roles: Iterable[Role],
        *,
        topics: Iterable[str] = (),
        tenants: Iterable[str] = (),
        variables: Iterable[str] = (),
        ends_at: Millis | None = None,
        by: str | None = None,
    ) -> tuple[str, ApiKey]:
        """The key, which is shown this once, and what is kept of it."""
        if not name.strip():
            raise BadRequest("Expected a name that tells what the key is for, but it is empty")
        token = make_token(KEY_PREFIX)
        digest = digest_token(token)
        key = ApiKey(
            id=digest[:12],
            name=name.strip(),
            digest=digest,
            roles=tuple(roles),
            topics=tuple(topics),
            tenants=tuple(tenants),
            variables=tuple(variables),
            created_at=self._clock.now(),
            ends_at=ends_at,
            created_by=by,
        )
        if not self._store.add_key(key, MOST_KEYS):
            raise BadRequest(f"Expected at most {MOST_KEYS} API keys, but there are so many: delete some first")
        return token, key

    def remove_key(self, key_id: str) -> None:
        found = [key for key in self._store.list_keys() if key.id == key_id]
        if not found:
            raise NotFound(f"Expected an API key with id '{key_id}', but there is none")
        for key in found:
            self._store.remove_key(key.digest)
        self._sign_in.forget_remembered()

    def remove_keys_named(self, name: str) -> None:
        """All keys of a name, if there are any."""
        for key in self._store.list_keys():
            if key.name == name:
                self._store.remove_key(key.digest)
        self._sign_in.forget_remembered()

    # -- the first administrator

    def has_administrator(self) -> bool:
        return any(_administers(user) for user in self._store.list_users())

    def invite_first_administrator(self) -> str | None:
        """The token of a link that is good once, for a day; None when there is an administrator."""
        if self.has_administrator():
            return None
        token = make_token()
        self._store.put_invitation(digest_token(token), INVITATION_MS)
        return token

    def create_first_administrator(self, token: str, user: User, password: str) -> User:
        """Raises Forbidden for a link that was used or has ended; it stays good when something else is refused."""
        check_id("user", user.id)
        kept = self._passwords.hash(password)
        if self.has_administrator() or not self._store.take_invitation(digest_token(token)):
            raise Forbidden(
                "Expected the link that the server printed at its start, but this one is not good (any more)"
            )
        made = replace(user, password=kept, roles=(Role.ADMINISTRATOR,), created_at=self._clock.now())
        self._put_user(made)
        return made


def _administers(user: User) -> bool:
    return Role.ADMINISTRATOR in user.roles and not user.disabled


def is_id(text: str) -> bool:
    """Whether a person or a group may have this id."""
    return _ID.fullmatch(text) is not None


def check_id(what: str, id_: str) -> None:
    if not is_id(id_):
        raise BadRequest(
            f"Expected the id of a {what} to be 1 to 64 characters without blanks, colons and slashes, "
            f"but found '{id_}'"
        )
