"""People, groups, keys and sessions, under one hash tag."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from baton.model.identity import ApiKey, Grant, PendingSignIn, Session, Tenant, User, UserGroup
from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.store import keys
from baton.store.blobs import BlobCodec
from baton.store.operations import apply_ops
from baton.store.ports import Arg, Backend, iterate_pairs

T = TypeVar("T", User, UserGroup, ApiKey, Session, Tenant, Grant)

MOST_ADDRESSES = 1_000
"""From which attempts to sign in as one person are remembered together."""


class Identities:
    """Rows by their ids; keys and sessions by the SHA-256 of what is shown to prove them."""

    def __init__(self, backend: Backend, blobs: BlobCodec) -> None:
        self._backend, self._blobs = backend, blobs

    # -- people and groups

    def get_user(self, user_id: str) -> User | None:
        return self._get(User, keys.USERS, user_id)

    def list_users(self) -> list[User]:
        return self._list(User, keys.USERS)

    def put_user(self, user: User, *, new: bool) -> bool:
        """Store; False when it is to be new and there is one of that id."""
        return self._put(keys.USERS, user.id, user, new=new)

    def remove_user(self, user_id: str) -> bool:
        """Also its sessions; False when there is none."""
        self.end_sessions(user_id)
        return self._remove(keys.USERS, user_id)

    def get_group(self, group_id: str) -> UserGroup | None:
        return self._get(UserGroup, keys.USER_GROUPS, group_id)

    def list_groups(self) -> list[UserGroup]:
        return self._list(UserGroup, keys.USER_GROUPS)

    def put_group(self, group: UserGroup, *, new: bool) -> bool:
        return self._put(keys.USER_GROUPS, group.id, group, new=new)

    def remove_group(self, group_id: str) -> bool:
        return self._remove(keys.USER_GROUPS, group_id)

    # -- keys of programs

    def get_key(self, digest: str) -> ApiKey | None:
        return self._get(ApiKey, keys.API_KEYS, digest)

    def list_keys(self) -> list[ApiKey]:
        return self._list(ApiKey, keys.API_KEYS)

    def add_key(self, key: ApiKey, most: int) -> bool:
        """False if there are ``most`` already, however many are made at the same time."""
        return self._put(keys.API_KEYS, key.digest, key, new=True, most=most)

    def remove_key(self, digest: str) -> bool:
        return self._remove(keys.API_KEYS, digest)

    # -- tenants and grants

    def get_tenant(self, tenant_id: str) -> Tenant | None:
        return self._get(Tenant, keys.TENANTS, tenant_id)

    def list_tenants(self) -> list[Tenant]:
        return self._list(Tenant, keys.TENANTS)

    def put_tenant(self, tenant: Tenant, *, new: bool) -> bool:
        """Store; False when it is to be new and there is one of that id."""
        return self._put(keys.TENANTS, tenant.id, tenant, new=new)

    def remove_tenant(self, tenant_id: str) -> bool:
        return self._remove(keys.TENANTS, tenant_id)

    def get_grant(self, grant_id: str) -> Grant | None:
        return self._get(Grant, keys.GRANTS, grant_id)

    def list_grants(self) -> list[Grant]:
        return self._list(Grant, keys.GRANTS)

    def put_grant(self, grant: Grant) -> None:
        self._put(keys.GRANTS, grant.id, grant, new=False)

    def remove_grant(self, grant_id: str) -> bool:
        return self._remove(keys.GRANTS, grant_id)

    # -- sessions

    def get_session(self, digest: str) -> Session | None:
        blob = self._backend.read([("GET", keys.name_session(digest))])[0]
        return None if blob is None else from_row(Session, self._blobs.decode(blob, digest))

    def put_session(self, session: Session, lasts_ms: Millis) -> None:
        """Store until so long from now; those of a person are found together."""
        name, of_user = keys.name_session(session.digest), keys.name_sessions_of(session.user_id)
        ops: list[list[Arg]] = [
            ["SET", name, self._blobs.encode(to_row(session), place=session.digest), "PX", str(lasts_ms)],
            ["ZREMRANGEBYSCORE", of_user, "-inf", str(session.seen_at)],
            ["ZADD", of_user, str(session.seen_at + lasts_ms), session.digest],
        ]
        apply_ops(self._backend, keys.USERS, ops)

    def end_oldest_sessions(self, user_id: str, keep: int) -> None:
        """Of a person who has more than ``keep`` sessions: those longest unused."""
        of_user = keys.name_sessions_of(user_id)
        digests = [it.decode() for it in self._backend.read([("ZRANGE", of_user, 0, -keep - 1)])[0]]
        if digests:
            names = [keys.name_session(digest) for digest in digests]
            apply_ops(self._backend, keys.USERS, [["DEL", *names], ["ZREM", of_user, *digests]])

    def end_session(self, session: Session) -> None:
        gone: list[list[Arg]] = [
            ["DEL", keys.name_session(session.digest)],
            ["ZREM", keys.name_sessions_of(session.user_id), session.digest],
        ]
        apply_ops(self._backend, keys.USERS, gone)

    def end_sessions(self, user_id: str) -> int:
        """All of a person; returns how many."""
        of_user = keys.name_sessions_of(user_id)
        digests = cast("list[bytes]", self._backend.read([("ZRANGE", of_user, 0, -1)])[0])
        names = [keys.name_session(digest.decode()) for digest in digests]
        apply_ops(self._backend, keys.USERS, [["DEL", of_user, *names]])
        return len(digests)

    # -- attempts, and the link for the first administrator

    def count_attempts(self, who: str) -> tuple[int, Millis]:
        """Failed attempts of late, and milliseconds until they are forgotten."""
        count, left = self._backend.read([("GET", keys.name_attempts(who)), ("PTTL", keys.name_attempts(who))])
        return int(count or 0), max(int(left), 0)

    def add_attempt(self, who: str, forget_ms: Millis) -> None:
        name = keys.name_attempts(who)
        apply_ops(self._backend, keys.USERS, [["INCR", name], ["PEXPIRE", name, str(forget_ms)]])

    def note_attempt(self, user: str, who: str, now: Millis, forget_ms: Millis) -> None:
        """Remember whose the failed attempts of ``who`` were, so that they can be forgotten together."""
        name = keys.name_attempts(f"at:{user}")
        ops = [
            ["ZADD", name, str(now), who],
            ["ZREMRANGEBYSCORE", name, "-inf", f"({now - forget_ms}"],
            ["ZREMRANGEBYRANK", name, "0", str(-MOST_ADDRESSES - 1)],
            ["PEXPIRE", name, str(forget_ms)],
        ]
        apply_ops(self._backend, keys.USERS, ops)

    def forget_attempts(self, user: str) -> None:
        """The failed attempts to sign in as a user, from the latest ``MOST_ADDRESSES`` addresses."""
        of_user = keys.name_attempts(f"at:{user}")
        found = cast("list[bytes]", self._backend.read([("ZRANGE", of_user, 0, -1)])[0])
        apply_ops(self._backend, keys.USERS, [["DEL", of_user, *(keys.name_attempts(who.decode()) for who in found)]])

    def count_use(self, name: str, more: int, lasts_ms: Millis) -> int:
        """How much there is of something with ``more`` of it; forgotten so long after the last."""
        key = keys.name_use(name)
        total, _ = self._backend.read([("INCRBY", key, more), ("PEXPIRE", key, lasts_ms)])
        return int(total)

    def put_invitation(self, digest: str, lasts_ms: Millis) -> None:
        """Others stay good: several Batons on one store print one each."""
        apply_ops(self._backend, keys.USERS, [["SET", keys.name_invitation(digest), "1", "PX", str(lasts_ms)]])

    def take_invitation(self, digest: str) -> bool:
        """Whether there was this one; it is gone then. Of two that take it at once one gets it."""
        name = keys.name_invitation(digest)
        return apply_ops(self._backend, keys.USERS, [["DEL", name]], [[name, "", "1"]])

    # -- people who were sent to the OpenID provider

    def put_pending(self, digest: str, pending: PendingSignIn, lasts_ms: Millis) -> None:
        """Until so long from now."""
        name = keys.name_pending(digest)
        blob = self._blobs.encode(to_row(pending), place=digest)
        apply_ops(self._backend, keys.USERS, [["SET", name, blob, "PX", str(lasts_ms)]])

    def take_pending(self, digest: str) -> PendingSignIn | None:
        """It is gone then. Of two that take it at once one gets it."""
        name = keys.name_pending(digest)
        blob = self._backend.read([("GET", name)])[0]
        if blob is None or not apply_ops(self._backend, keys.USERS, [["DEL", name]], [[name, "", blob]]):
            return None
        return from_row(PendingSignIn, self._blobs.decode(blob, digest))

    # -- rows

    def _get(self, kind: type[T], name: str, id_: str) -> T | None:
        blob = self._backend.read([("HGET", name, id_)])[0]
        return None if blob is None else from_row(kind, self._blobs.decode(blob, f"{name}/{id_}"))

    def _list(self, kind: type[T], name: str) -> list[T]:
        flat: list[Any] = self._backend.read([("HGETALL", name)])[0]
        return [from_row(kind, self._blobs.decode(blob, f"{name}/{id_.decode()}")) for id_, blob in iterate_pairs(flat)]

    def _put(self, name: str, id_: str, row: object, *, new: bool, most: int | None = None) -> bool:
        blob = self._blobs.encode(to_row(row), place=f"{name}/{id_}")
        expect = [[name, id_, ""]] if new else []
        fewer = [] if most is None else [(name, most)]
        return apply_ops(self._backend, keys.USERS, [["HSET", name, id_, blob]], expect, fewer)

    def _remove(self, name: str, id_: str) -> bool:
        if self._backend.read([("HEXISTS", name, id_)])[0] == 0:
            return False
        return apply_ops(self._backend, keys.USERS, [["HDEL", name, id_]])
