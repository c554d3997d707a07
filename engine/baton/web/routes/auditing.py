"""What a request orders, for the audit: written before the handler acts, and again if it comes to nothing.

What workers do is told by the history of the instance; so is what programs start and send.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any, cast

from flask import Request, Response

from baton.model.audit import AuditOutcome
from baton.model.errors import Rejected
from baton.service import Actor, Caller, CallerKind, Engine, find_instance
from baton.web.callers import find_address
from baton.web.context import CALLER
from baton.web.routes.declaration import Declaration
from baton.web.settings import WebSettings

BY_HISTORY = frozenset({"external-task:work"})
"""What is needed for requests that the history of an instance tells of."""
BY_HISTORY_FOR_PROGRAMS = frozenset({"process-definition:start", "event:send"})
LONGEST = 64 * 1024
"""Bytes of a body that are kept as they are; of a larger one size and SHA-256."""
HIDDEN = "***"
_SECRET = frozenset({"password", "authenticatedUserPassword", "current", "token"})


class Auditor:
    """Of one route."""

    def __init__(self, engine: Engine, settings: WebSettings, declared: Declaration) -> None:
        self._engine, self._settings, self._declared = engine, settings, declared
        self._for_people_only = declared.needs in BY_HISTORY_FOR_PROGRAMS
        self._is_audited = declared.audited and declared.needs not in BY_HISTORY

    def counts(self, current: Request) -> bool:
        """Whether this request is to be in the audit."""
        if not self._is_audited:
            return False
        return not self._for_people_only or find_actor(current, self._settings).kind == CallerKind.PERSON

    def record_refusal(self, current: Request, error: Rejected) -> None:
        """What somebody who is known was not allowed."""
        self._engine.audit.record_refusal(
            find_actor(current, self._settings),
            self._declared.operation_id,
            current.path.removeprefix("/engine-rest"),
            error.message,
            _find_instance(current),
        )

    def watch(self, current: Request, act: Callable[[], Response]) -> Response:
        """Record, then act; record once more what came to nothing."""
        audit = self._engine.audit
        entry = audit.record(
            find_actor(current, self._settings),
            self._declared.operation_id,
            current.path.removeprefix("/engine-rest"),
            instance_id=_find_instance(current),
            before=_dump(self._read_before(current)),
            after=_dump(_read_order(current)),
        )
        try:
            return act()
        except Rejected as error:
            audit.record_outcome(entry, AuditOutcome.REFUSED, error.message)
            raise
        except Exception as error:
            audit.record_outcome(entry, AuditOutcome.FAILED, type(error).__name__)
            raise

    def _read_before(self, current: Request) -> Any:
        """What is changed, as it is now; None if it is of a kind that is not looked at, or not there."""
        read = BEFORE.get(self._declared.rule.split("/")[1])
        id_ = (current.view_args or {}).get("id")
        if read is None or id_ is None:
            return None
        try:
            return read(self._engine, str(id_))
        except Rejected:  # it is not there; the handler says so
            return None


def _find_instance(current: Request) -> str | None:
    return find_instance(map(str, (current.view_args or {}).values()))


def make_auditor(engine: Engine, settings: WebSettings, declared: Declaration) -> Auditor:
    return Auditor(engine, settings, declared)


def find_actor(current: Request, settings: WebSettings) -> Actor:
    """The caller of a request, and the address it came from."""
    caller: Caller | None = current.environ.get(CALLER)
    address = find_address(current.environ, settings.behind_proxy)
    if caller is None:
        return Actor(kind=CallerKind.ANYBODY, name="", address=address)
    return Actor(kind=caller.kind, name=caller.name, address=address)


def _read_user(engine: Engine, id_: str) -> Any:
    user = engine.accounts.get_user(id_)
    return {"roles": user.roles, "groups": user.groups, "disabled": user.disabled, "email": user.email}


def _read_group(engine: Engine, id_: str) -> Any:
    group = engine.accounts.get_group(id_)
    return {"name": group.name, "type": group.kind, "roles": group.roles}


def _read_key(engine: Engine, id_: str) -> Any:
    found = [key for key in engine.accounts.list_keys() if key.id == id_]
    return {"name": found[0].name, "roles": found[0].roles, "topics": found[0].topics} if found else None


def _read_instance(engine: Engine, id_: str) -> Any:
    header = engine.instances.get(id_)
    return {"state": header.state, "businessKey": header.business_key, "tokens": dict(header.tokens)}


def _read_definition(engine: Engine, id_: str) -> Any:
    definition = engine.definitions.get(id_)
    return {"suspended": definition.suspended, "historyTimeToLive": definition.history_ttl_days}


def _read_task(engine: Engine, id_: str) -> Any:
    task = engine.user_tasks.get(id_)
    return {"assignee": task.assignee, "owner": task.owner, "name": task.name}


BEFORE: dict[str, Callable[[Engine, str], Any]] = {
    "api-key": _read_key,
    "group": _read_group,
    "process-definition": _read_definition,
    "process-instance": _read_instance,
    "task": _read_task,
    "user": _read_user,
}
"""The first part of a path -> what is read of its thing before it is changed."""


def _read_order(current: Request) -> Any:
    """The query and the body: without passwords, and of what is no JSON or large only what it was."""
    order: dict[str, Any] = {}
    if query := current.args.to_dict():
        order["query"] = query
    if current.content_length and current.mimetype.endswith("json"):
        order["body"] = _read_body(current.get_data(cache=True))
    elif current.content_length:
        order["body"] = {"type": current.mimetype, "bytes": current.content_length}
    return order or None


def _read_body(data: bytes) -> Any:
    if len(data) > LONGEST:
        return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    return _hide_secrets(json.loads(data))


def _hide_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return {name: HIDDEN if name in _SECRET else _hide_secrets(inner) for name, inner in items}
    if isinstance(value, list):
        return [_hide_secrets(item) for item in cast("list[Any]", value)]
    return value


def _dump(value: Any) -> str | None:
    return None if value is None else json.dumps(value)
