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
    """A person. ``password``: as argon2 encodes it; None: signs in by other means only.

    ``tenants``: whose member the person is: the roles count for these only; none: for all.
    """

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
    tenants: tuple[str, ...] = ()


@immutable
class UserGroup:
    """Its members have its roles; a user task may name it as candidate."""

    id: str
    name: str | None = None
    kind: str | None = None
    roles: tuple[Role, ...] = ()
    tenants: tuple[str, ...] = ()


@immutable
class ApiKey:
    """Of a program. Only the SHA-256 of the key is stored. ``topics``: those that a worker may fetch; none: all.

    ``tenants``: as of a user. ``variables``: those that a worker may see; none: all.
    """

    id: str
    name: str
    digest: str
    roles: tuple[Role, ...] = ()
    topics: tuple[str, ...] = ()
    created_at: Millis = 0
    ends_at: Millis | None = None
    created_by: str | None = None
    tenants: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()


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


@immutable
class Tenant:
    """A party that shares the server with others and sees nothing of them."""

    id: str
    name: str | None = None


class GrantKind(StrEnum):
    """``everybody``: for each person who signs in; a revoked permission is taken away from its holder."""

    EVERYBODY = "everybody"
    GRANT = "grant"
    REVOKE = "revoke"


class HolderKind(StrEnum):
    """Who has a grant."""

    EVERYBODY = "everybody"
    USER = "user"
    GROUP = "group"
    KEY = "key"


@immutable
class Grant:
    """Roles and permissions (``resource:action``) for some definitions of some tenants.

    ``definitions``: their keys; none: all. ``tenants``: none: those of the holder, or all; an empty text: what belongs
    to no tenant. ``resource``, ``named``: Camunda 7's number of a resource and names of permissions, if it came by its
    API.
    """

    id: str
    holder_kind: HolderKind
    holder: str
    kind: GrantKind = GrantKind.GRANT
    roles: tuple[Role, ...] = ()
    permissions: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    tenants: tuple[str, ...] = ()
    resource: int | None = None
    named: tuple[str, ...] = ()
    created_at: Millis = 0
