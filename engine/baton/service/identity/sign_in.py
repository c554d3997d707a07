"""Finds the caller: by an API key, a session, or name and password.

A caller is remembered in the process for ``REMEMBER_MS``, a verified password for a minute. A deleted key, or a session
that was ended in another process, still works for this time.
"""

from __future__ import annotations

from dataclasses import replace

from baton.model.errors import NotSignedIn, TooManyAttempts
from baton.model.identity import ApiKey, Grant, HolderKind, Session, User
from baton.model.times import Millis
from baton.service.core.clock import Clock
from baton.service.core.settings import Settings
from baton.service.identity.caller import Caller, CallerKind, make_caller
from baton.service.identity.passwords import Passwords
from baton.service.identity.remembered import Remembered
from baton.service.identity.tokens import digest_token, make_token
from baton.store.store import Store

REMEMBER_MS = 5_000
VERIFIED_MS = 60_000
TOUCH_MS = 60_000
"""A session that is used is written again at most so often."""
MOST_SESSIONS = 100
"""Of one person; a further one ends that which is longest unused."""
MOST_ATTEMPTS = 10
"""In vain, of one name from one address; of one address ten times as many."""
MOST_VISITS = 300
"""To the OpenID provider, from one address."""
FORGET_MS = 900_000
_WRONG = "Expected the name and password of somebody who may sign in, but they do not fit"


class SignIn:
    """All methods raise NotSignedIn when they do not know the caller."""

    def __init__(self, store: Store, passwords: Passwords, settings: Settings, clock: Clock) -> None:
        self._store, self._passwords, self._clock = store.identities, passwords, clock
        self._idle_ms = settings.session_idle_minutes * 60_000
        self._longest_ms = settings.session_hours * 3_600_000
        self._callers = Remembered[Caller](REMEMBER_MS, clock.now)
        self._grants = Remembered[list[Grant]](REMEMBER_MS, clock.now)
        self._verified = Remembered[str](VERIFIED_MS, clock.now)

    # -- programs

    def find_by_key(self, key: str) -> Caller:
        digest = digest_token(key)
        found = self._callers.get(digest)
        if found is None:
            found = self._read_key(self._store.get_key(digest))
            self._callers.put(digest, found)
        return found

    def _read_key(self, key: ApiKey | None) -> Caller:
        if key is None:
            raise NotSignedIn("Expected an API key of this server, but it is none (any more)")
        if key.ends_at is not None and key.ends_at <= self._clock.now():
            raise NotSignedIn(f"Expected an API key that is valid, but '{key.name}' has ended")
        grants = [grant for grant in self._list_grants() if is_held(grant, HolderKind.KEY, (key.id,))]
        return make_caller(
            CallerKind.KEY,
            key.name,
            key.roles,
            topics=key.topics,
            tenants=key.tenants,
            grants=grants,
            variables=key.variables,
        )

    def find_by_name(self, who: str) -> Caller:
        """Somebody who was proved by other means: ``key:<name>`` or ``user:<id>``."""
        found = self._callers.get(who)
        if found is None:
            kind, _, name = who.partition(":")
            found = self._read_user(name) if kind == "user" else self._read_key_named(name)
            self._callers.put(who, found)
        return found

    def _read_user(self, user_id: str) -> Caller:
        user = self._store.get_user(user_id)
        if user is None or user.disabled:
            raise NotSignedIn(f"Expected a user '{user_id}' who may sign in, but there is none")
        return self.describe_user(user)

    def _read_key_named(self, name: str) -> Caller:
        """Of several with the name the one that lasts longest."""
        named = [key for key in self._store.list_keys() if key.name == name]
        if not named:
            raise NotSignedIn(f"Expected an API key with the name '{name}', but there is none")
        return self._read_key(max(named, key=lambda key: (key.ends_at is None, key.ends_at or 0)))

    # -- people

    def find_by_password(self, name: str, password: str, address: str) -> Caller:
        """For clients that send both with each request. Raises TooManyAttempts too."""
        proof = digest_token(f"{name}\0{password}")
        found = self._callers.get(proof)
        if found is None:
            user = self._check_password(name, password, address, proof)
            found = self.describe_user(user)
            self._callers.put(proof, found)
        return found

    def sign_in(self, name: str, password: str, address: str) -> tuple[str, Caller]:
        """The token of a new session, to be shown with each request, and whose it is. Raises TooManyAttempts too."""
        user = self._check_password(name, password, address, None)
        return self.begin_session(user), self.describe_user(user)

    def begin_session(self, user: User, *, by_provider: bool = False) -> str:
        """Of somebody who has proved who they are; the token of it."""
        token, now = make_token(), self._clock.now()
        session = Session(
            digest=digest_token(token), user_id=user.id, created_at=now, seen_at=now, by_provider=by_provider
        )
        self._store.put_session(session, min(self._idle_ms, self._longest_ms))
        self._store.end_oldest_sessions(user.id, MOST_SESSIONS)
        return token

    def count_visit(self, address: str) -> None:
        """Somebody is sent to the OpenID provider, which costs room in the store. Raises TooManyAttempts."""
        limits = {f"provider@{address}": MOST_VISITS}
        self._refuse_many(limits)
        self._count_attempt(limits)

    def find_by_session(self, token: str, *, renew: bool = True) -> Caller:
        """``renew``: the session is in use; otherwise it is only looked at."""
        digest = digest_token(token)
        found = self._callers.get(digest)
        if found is None:
            session = self._store.get_session(digest)
            user = self._store.get_user(session.user_id) if session is not None else None
            if session is None or self._has_ended(session) or user is None or user.disabled:
                raise NotSignedIn("Expected a session that goes on, but it has ended: sign in again")
            found = self.describe_user(user)
            if renew:  # what is remembered is not read again, and so not renewed
                self._touch(session)
                self._callers.put(digest, found)
        return found

    def sign_out(self, token: str) -> Session | None:
        """The session that has ended, if there was one."""
        digest = digest_token(token)
        self._callers.forget(digest)
        session = self._store.get_session(digest)
        if session is not None:
            self._store.end_session(session)
        return session

    def unlock(self, user_id: str) -> None:
        """Forget the failed attempts to sign in as a user; those of an address at many users stay counted."""
        self._store.forget_attempts(digest_token(user_id))

    def forget_remembered(self) -> None:
        """Something about people or keys has changed in this process."""
        self._callers.clear()
        self._grants.clear()

    def _has_ended(self, session: Session) -> bool:
        """The store forgets it some time later, by its own clock."""
        now = self._clock.now()
        return now >= session.seen_at + self._idle_ms or now >= session.created_at + self._longest_ms

    def _touch(self, session: Session) -> None:
        """It ends so long after its last use, and in any case so long after its beginning."""
        now = self._clock.now()
        if now - session.seen_at >= min(TOUCH_MS, self._idle_ms // 2):
            left = session.created_at + self._longest_ms - now
            if left > 0:
                self._store.put_session(replace(session, seen_at=now), min(self._idle_ms, left))

    def describe_user(self, user: User) -> Caller:
        """The user as a caller, with what their groups and grants give."""
        groups = [group for name in user.groups if (group := self._store.get_group(name)) is not None]
        roles = [*user.roles, *(role for group in groups for role in group.roles)]
        tenants = [*user.tenants, *(tenant for group in groups for tenant in group.tenants)]
        grants = [
            grant
            for grant in self._list_grants()
            if grant.holder_kind is HolderKind.EVERYBODY
            or is_held(grant, HolderKind.USER, (user.id,))
            or is_held(grant, HolderKind.GROUP, user.groups)
        ]
        return make_caller(CallerKind.PERSON, user.id, roles, user.groups, tenants=tenants, grants=grants)

    def _list_grants(self) -> list[Grant]:
        """Remembered as long as callers are."""
        found = self._grants.get("")
        if found is None:
            found = self._store.list_grants()
            self._grants.put("", found)
        return found

    def _check_password(self, name: str, password: str, address: str, proof: str | None) -> User:
        """As many verifications for a name that there is not as for a wrong password."""
        limits = {f"{name}@{address}": MOST_ATTEMPTS, f"@{address}": 10 * MOST_ATTEMPTS}
        self._refuse_many(limits)
        user = self._store.get_user(name)
        kept = user.password if user is not None else None
        known = proof is not None and kept is not None and self._verified.get(proof) == kept
        if not known and not self._passwords.verify(password, kept):
            self._count_attempt(limits)
            who = digest_token(f"{name}@{address}")
            self._store.note_attempt(digest_token(name), who, self._clock.now(), FORGET_MS)
            raise NotSignedIn(_WRONG)
        if user is None or user.disabled:
            raise NotSignedIn(_WRONG)
        if proof is not None and kept is not None:
            self._verified.put(proof, kept)
        return user

    def _refuse_many(self, limits: dict[str, int]) -> None:
        for who, most in limits.items():
            count, left = self._store.count_attempts(digest_token(who))
            if count >= most:
                raise TooManyAttempts(
                    f"Expected at most {most} attempts to sign in, but there were {count}: "
                    f"try again in {_to_seconds(left)} s",
                    _to_seconds(left),
                )

    def _count_attempt(self, limits: dict[str, int]) -> None:
        for who in limits:
            self._store.add_attempt(digest_token(who), FORGET_MS)


def is_held(grant: Grant, kind: HolderKind, holders: tuple[str, ...]) -> bool:
    """Whether one of these has the grant."""
    return grant.holder_kind is kind and grant.holder in holders


def _to_seconds(left: Millis) -> int:
    return -(-left // 1000)
