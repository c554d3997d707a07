"""Who uses the service: people with their groups, programs with their keys, and the roles that say what they may do."""

from __future__ import annotations

from enum import StrEnum

from baton.model.immutable import immutable
from baton.model.times import Millis


class Role(StrEnum):
    """What somebody may do, ready-made. Several add up."""

    VIEWER = "viewer"
    STARTER = "starter"
    TASK_USER = "task-user"
    OPERATOR = "operator"
    MODELER = "modeler"
    WORKER = "worker"
    ADMINISTRATOR = "administrator"


@immutable
class User:
    """A person. ``password``: as argon2 encodes it; None: signs in by other means only."""

    id: str
    password: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    groups: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    created_at: Millis = 0
    disabled: bool = False
    external_id: str | None = None
    """Issuer and subject at the OpenID provider, with a blank between them; None: an account of this Baton alone."""


@immutable
class UserGroup:
    """Its members have its roles; a user task may name it as candidate."""

    id: str
    name: str | None = None
    kind: str | None = None
    roles: tuple[Role, ...] = ()


@immutable
class ApiKey:
    """Of a program. Only the SHA-256 of the key is stored. ``topics``: those that a worker may fetch; none: all."""

    id: str
    name: str
    digest: str
    roles: tuple[Role, ...] = ()
    topics: tuple[str, ...] = ()
    created_at: Millis = 0
    ends_at: Millis | None = None
    created_by: str | None = None


@immutable
class Session:
    """Of a person who has signed in with a browser. Only the SHA-256 of its token is stored."""

    digest: str
    user_id: str
    created_at: Millis = 0
    seen_at: Millis = 0
    by_provider: bool = False
    """Begun by the OpenID provider, which is told when it ends."""


@immutable
class PendingSignIn:
    """Somebody was sent to the OpenID provider and is expected back. Found by the SHA-256 of its ``state``."""

    nonce: str
    verifier: str
    """Of PKCE: proves to the provider that who exchanges the code has asked for it."""
    return_to: str = "/"
    """The page to show then."""
