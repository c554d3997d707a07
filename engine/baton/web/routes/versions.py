"""Routes of definitions: each by id, by key, and by key and tenant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, Unpack, get_type_hints

from baton.web.context import RequestContext
from baton.web.routes.declaration import Handler
from baton.web.routes.group import Group, Options

VersionT = TypeVar("VersionT")

SORTS = {
    "category": "category",
    "key": "key",
    "id": "id",
    "name": "name",
    "version": "version",
    "deploymentId": "deployment_id",
    "deployTime": "deployed_at",
    "tenantId": "tenant_id",
    "versionTag": "version_tag",
}


class Versions(Generic[VersionT]):
    """Declares routes below a path; a handler gets the version that was asked for as its second argument."""

    def __init__(
        self,
        group: Group,
        root: str,
        get: Callable[[RequestContext, str], VersionT],
        get_latest: Callable[[RequestContext, str, str | None], VersionT],
    ) -> None:
        self._group, self._root, self._get, self._get_latest = group, root, get, get_latest

    def get(self, path: str, summary: str, **options: Unpack[Options]) -> Callable[[Handler], Handler]:
        return self._declare("get", path, summary, dict(options))

    def post(
        self, path: str, summary: str, *, changes: bool = True, **options: Unpack[Options]
    ) -> Callable[[Handler], Handler]:
        return self._declare("post", path, summary, {**options, "changes": changes})

    def put(self, path: str, summary: str, **options: Unpack[Options]) -> Callable[[Handler], Handler]:
        return self._declare("put", path, summary, dict(options))

    def delete(self, path: str, summary: str, **options: Unpack[Options]) -> Callable[[Handler], Handler]:
        return self._declare("delete", path, summary, dict(options))

    def _declare(self, method: str, path: str, summary: str, options: dict[str, Any]) -> Callable[[Handler], Handler]:
        declare, root = getattr(self._group, method), self._root

        def register(handler: Handler) -> Handler:
            def answer_by_id(context: RequestContext, id: str, **taken: Any) -> Any:
                return handler(context, self._get(context, id), **taken)

            def answer_by_key(context: RequestContext, key: str, **taken: Any) -> Any:
                return handler(context, self._get_latest(context, key, None), **taken)

            def answer_by_tenant(context: RequestContext, key: str, tenant_id: str, **taken: Any) -> Any:
                return handler(context, self._get_latest(context, key, tenant_id), **taken)

            hints = get_type_hints(handler, include_extras=True)
            for item in (answer_by_id, answer_by_key, answer_by_tenant):
                item.__annotations__ = hints
            tenant = f"{root}/key/<key>/tenant-id/<tenant_id>{path}"
            declare(f"{root}/<id>{path}", summary, **options)(answer_by_id)
            declare(f"{root}/key/<key>{path}", f"{summary}: the latest of a key", **options)(answer_by_key)
            declare(tenant, f"{summary}: the latest of a tenant", **options)(answer_by_tenant)
            return handler

        return register
